// The whole cluster as one picture, put together from what its nodes say of themselves: who is there, who leads which
// group, who is a member and how far behind, who is suspected. It asks nobody (survey does) and prints nothing.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/group_view.hpp"
#include "client/cli/survey.hpp"

namespace gavel::cli {

/// What was found out, at about one moment: the nodes with their own words, and the auctions as the directory has them.
struct Sight {
  std::vector<Surveyed> nodes;
  std::map<GroupId, directory::Auction> auctions;
  std::map<GroupId, directory::StandingGroup> standing;

  /// At least one node answered.
  bool any_answer() const;
};

/// A member of a group, or a node that holds a replica of it without belonging to it.
struct MemberView {
  Uid uid;
  std::string name;
  /// "leader", "candidate", "recovering", "follower", "learner", "unlisted", "observer"; "silent" if it said nothing.
  std::string role;
  bool is_voter = false;
  bool is_learner = false;
  bool is_leader = false;
  /// Why it is thought to be gone: "not heard by the leader", "not heard by most members"; empty if it is not.
  std::string suspicion;
  /// Its own word; null if it did not answer.
  const wire::GroupStatus* own = nullptr;
  /// Slots that the leader has committed and it has not applied, and slots that the leader has and it has not on disk;
  /// nothing where that is not known.
  std::optional<std::uint64_t> lag;
  std::optional<std::uint64_t> durable_lag;
};

struct GroupView {
  GroupId id;
  /// "directory", "lobby", "likes", an auction's id, or "group 17".
  std::string title;
  /// Null for the directory, and for what the directory does not know.
  const directory::Auction* auction = nullptr;
  /// Null unless it is of a standing service.
  const directory::StandingGroup* standing = nullptr;
  /// Its auction was closed: what is left of it only answers questions.
  bool ended = false;
  /// 0 if nobody says that it leads and no majority follows one.
  Uid leader;
  /// What the leader says; null if it did not answer.
  const wire::GroupStatus* word = nullptr;
  /// The newest configuration that anybody tells of.
  wire::Config config;
  /// Voters in ring order, then learners, then the others.
  std::vector<MemberView> members;
  /// Voters that are there: that the leader hears, or, without its word, that answered.
  std::size_t heard = 0;
  /// What is still to happen until its members are those that the directory wants.
  std::vector<std::string> healing;

  /// Its voters are the directory's, or are to be.
  bool has_voters_of_directory() const { return id == kDirectoryGroup || standing != nullptr; }
  std::size_t majority() const { return config.voters.size() / 2 + 1; }
  bool has_majority() const { return heard >= majority(); }
};

/// Everything points into `sight`, which must stay. Groups by id, the directory first; also those of running auctions
/// and standing services that no node which answered serves.
std::vector<GroupView> groups_in(const Sight& sight);
/// The names of all nodes.
Names names_in(const Sight& sight);

/// Asks everybody. When nobody tells which nodes there are, those of `before` are asked. Throws Failure{no_quorum} if
/// none is known either way.
Sight look_around(House& house, const Sight* before = nullptr);

}  // namespace gavel::cli
