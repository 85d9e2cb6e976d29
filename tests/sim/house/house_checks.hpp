// What must hold in a whole house, whatever happens to its nodes: the decided entries and the states of every group are
// the same wherever they are seen (4); nobody leads a term twice (1); every auction's accepted bids rise strictly and
// each counts once (7, 8); what a client was told stays true (6); no item is sold twice, no auction is lost, its
// watchers miss nothing and hear nothing twice.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/wire/services/auction.hpp"
#include "common/wire/services/directory.hpp"
#include "node/host/node.hpp"
#include "tests/sim/checkers/linearizability.hpp"
#include "tests/sim/house/directory_history.hpp"
#include "tests/sim/house/directory_replay.hpp"
#include "tests/sim/house/kept_replicas.hpp"
#include "tests/sim/house/likes_checks.hpp"
#include "tests/sim/house/room_checks.hpp"

namespace gavel {
class Room;
}

namespace gavel::sim {

/// One auction, as the order and its clients know it.
class AuctionChecks {
 public:
  /// What a bid is compared with: everything that its client, or any other, knew before.
  std::int64_t begin() const { return known_.begin(); }
  /// A replica holds these accepted bids, `seen` of which were compared before.
  void holds(Uid node, const std::vector<auction::BidRecord>& bids, std::size_t seen);
  /// A client was told the verdict on its bid.
  void told(std::int64_t begun_at, SessionId session, RequestNumber number, const auction::Bid& bid,
            const auction::BidReply& reply);
  /// A read through the log saw this leading amount.
  void read(std::int64_t begun_at, std::int64_t amount);
  /// A watcher heard of a bid; `gap`: it was told before that it may have missed some.
  void heard(std::size_t watcher, const auction::BidRecord& bid, bool gap);
  /// A replica holds this outcome.
  void ended(Uid node, const auction::Outcome& outcome);
  /// In the end: everything told is there, on this replica.
  void ends_with(Uid node, const auction::Terms& terms, const std::vector<auction::BidRecord>& bids,
                 const std::optional<auction::Outcome>& outcome) const;

  std::size_t told_accepted() const { return told_.size(); }
  std::size_t count() const { return bids_.size(); }
  const std::vector<auction::BidRecord>& bids() const { return bids_; }
  const std::optional<auction::Outcome>& outcome() const { return outcome_; }
  /// The last bid that a watcher heard of.
  std::uint64_t heard_up_to(std::size_t watcher) const {
    const auto it = heard_.find(watcher);
    return it == heard_.end() ? 0 : it->second;
  }

 private:
  struct Told {
    SessionId session;
    RequestNumber number;
    std::int64_t amount = 0;
  };
  std::vector<auction::BidRecord> bids_;  ///< in the decided order
  std::set<std::pair<SessionId, RequestNumber>> counted_;
  std::map<std::uint64_t, Told> told_;          ///< by ordinal
  std::map<std::size_t, std::uint64_t> heard_;  ///< by watcher: the last ordinal
  std::optional<auction::Outcome> outcome_;
  Linearizability known_;
};

class HouseChecks {
 public:
  /// `options` are those of the nodes.
  explicit HouseChecks(const order::Options& options = {}) : replay_(options, directory) {}

  DirectoryHistory directory;
  KeptReplicas kept;

  /// After each event of a node, before its effects are carried out.
  void stepped(Uid uid, Incarnation life, const host::Node& node, const host::NodeEffects& effects);
  /// The node died: what it applied is compared again from the start.
  void died(Uid uid) { seen_.erase(uid); }

  /// The group has lost the majority of its disks for good: what replicas still hold of it need not be all.
  void group_lost(GroupId group) { lost_.insert(group); }
  /// What a node keeps of an auction when its replica goes.
  void archived(Uid uid, GroupId group, BytesView file);
  bool has_archive(GroupId group) const { return archived_.contains(group); }
  void item_added(const std::string& item) { items_.insert(item); }
  void auction_started(const directory::Auction& auction);
  /// True if nobody was told before.
  bool standing_opened(const directory::StandingGroup& standing);
  RoomChecks& room(GroupId group, const std::string& name) { return rooms_[{group, name}]; }
  LikesChecks& likes(const std::string& thing) { return likes_[thing]; }
  const std::map<std::pair<GroupId, std::string>, RoomChecks>& rooms() const { return rooms_; }
  AuctionChecks& auction(GroupId group) { return auctions_[group]; }
  const std::map<std::string, directory::Auction>& started() const { return started_; }
  std::size_t acknowledged() const;
  std::size_t decided_slots() const { return decided_.size(); }

  /// In the end, on each node that lives.
  void ends_with(const host::Node& node);
  /// In the end, when all nodes have been asked.
  void end();

 private:
  struct Seen {
    Slot commit;
    wire::Term led;
    std::size_t bids = 0;
    std::map<std::string, std::uint64_t> lines;  ///< by room
    wire::Config config;
    /// Who is to serve the group, by the directory up to this slot.
    Slot directory;
    std::vector<Uid> wanted;
  };
  void follow_group(Uid uid, Incarnation life, GroupId group, const host::Node& node);
  void follow_services(Uid uid, GroupId group, const order::Replica& replica, Seen& seen);
  void follow_room(Uid uid, GroupId group, const Room& room, Seen& seen);
  void end_with_services(Uid uid, GroupId group, const order::Replica& replica);
  void follow_config(Uid uid, GroupId group, const host::Node& node);
  static void note_wanted(const host::Node& node, GroupId group, Seen& seen);

  DirectoryReplay replay_;
  std::map<Uid, std::map<GroupId, Seen>> seen_;
  std::map<std::pair<GroupId, Slot>, Digest> decided_;
  std::map<std::pair<GroupId, Slot>, Digest> states_;
  std::map<std::pair<GroupId, wire::Term>, wire::Member> leaders_;
  std::set<std::string> items_;
  std::set<GroupId> lost_;
  std::set<GroupId> archived_;
  std::map<std::string, directory::Auction> started_;
  std::map<GroupId, AuctionChecks> auctions_;
  std::map<std::string, directory::StandingGroup> standing_;
  std::map<std::pair<GroupId, std::string>, RoomChecks> rooms_;
  std::map<std::string, LikesChecks> likes_;
};

}  // namespace gavel::sim
