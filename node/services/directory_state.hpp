// The state of the directory: nodes, items and auctions, each sorted by its id, and the numbers that are given out
// next. Plain records; what may be done with them is for the service to say (directory.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/wire/services/directory.hpp"
#include "node/services/records.hpp"

namespace gavel {

struct DirectoryState {
  std::map<Uid, directory::NodeRecord> nodes;
  std::map<std::string, directory::Item> items;
  std::map<std::string, directory::Auction> auctions;
  std::map<std::string, directory::StandingGroup> standing;
  /// Nodes that ever joined, lots that were named here, and groups that were given out, the directory's own included.
  std::uint64_t joined = 0;
  std::uint64_t lots = 0;
  std::uint64_t groups = kDirectoryGroup.value;

  // Kept in step with `auctions`, so that nobody scans those that ended long ago: the ids of the running ones, and the
  // id of each group's.
  std::set<std::string> running;
  std::map<GroupId, std::string> by_group;
  /// Those that have ended, the first one first.
  std::set<std::pair<WallTime, std::string>> ended;

  /// A new auction, running.
  void open(const directory::Auction& auction);
  /// It runs no longer; its seats are free.
  void close(directory::Auction& auction, const auction::Outcome& outcome);

  /// Whether it is one of the last kRecentlyEnded that ended.
  bool is_recent(const directory::Auction& auction) const;
  // Where there is room for no more: each is false if there is none of the kind.
  /// Forgets the item that was sold first, and its auctions.
  bool forget_first_sold();
  /// Forgets the auction that ended first, with its item if that was sold.
  bool forget_first_ended();

  void append_to(Bytes& snapshot) const;
  /// Error: malformed, or over the limits.
  static Result<DirectoryState> read_from(RecordReader& reader);

 private:
  void forget(const directory::Auction& auction);
};

/// Who should be a voter of the directory's group, ascending by uid: seven nodes; those that may be relied upon
/// (neither lost nor draining) before others, then those that joined earlier.
std::vector<Uid> voters_wanted(const DirectoryState& state);

/// Running auctions that the node is a member of.
std::uint32_t auctions_served_by(const DirectoryState& state, Uid uid);

/// Null if there is no such group.
const directory::Auction* auction_of(const DirectoryState& state, GroupId group);

/// Null if there is no such group.
const directory::StandingGroup* standing_of(const DirectoryState& state, GroupId group);

/// The auction of that id; an item's id means its latest auction, "lot-7.1" its first. Null if there is none.
const directory::Auction* find_auction(const DirectoryState& state, const std::string& id);

/// The id of an item's n-th auction, n >= 1: the item's own id, then "lot-7.2", "lot-7.3", …
std::string auction_id(const std::string& item, std::uint32_t run);

/// Where clients reach the members of an auction, in their order; empty for one that has left.
std::vector<std::string> client_endpoints(const DirectoryState& state, const directory::Auction& auction);

}  // namespace gavel
