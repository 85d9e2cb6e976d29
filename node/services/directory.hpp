// The directory as a replicated service, the idle node manager's memory: which nodes there are, what is on offer, which
// auctions run where and how they ended, and where the standing services are. Every node applies it, so every node can
// tell what it has to host; its leader says which nodes live. Whatever changes what the nodes can do ends with seats
// being given anew (directory_staff.hpp). A group's number is given out once, and so is an auction's id.
#pragma once

#include <optional>

#include "common/base/digest.hpp"
#include "common/wire/services/directory.hpp"
#include "node/services/directory_state.hpp"
#include "node/services/service.hpp"

namespace gavel {

class DirectoryService {
 public:
  Bytes apply(const Context& context, BytesView command, Events& events);
  Bytes query(BytesView question) const;

  /// None: what ends by itself are auctions, and their own groups see to that.
  std::optional<WallTime> next_deadline() const { return {}; }
  Bytes deadline_command() const { return {}; }

  Bytes snapshot() const;
  /// Error: malformed; the state is as before.
  Result<void> restore(BytesView snapshot);
  Digest digest() const { return digest_; }

  /// Makes this the directory of a new cluster, which begins with the one node `self` (restore from a backup): the
  /// nodes are forgotten, the running auctions and standing services of these groups are served by it alone, and the
  /// items of other running ones are on offer again; returns their ids.
  std::vector<std::string> found_anew(Uid self, const std::set<GroupId>& groups);

  const DirectoryState& state() const { return state_; }
  const std::map<Uid, directory::NodeRecord>& nodes() const { return state_.nodes; }
  const std::map<std::string, directory::Item>& items() const { return state_.items; }
  const std::map<std::string, directory::Auction>& auctions() const { return state_.auctions; }
  /// Ids of the auctions that run.
  const std::set<std::string>& running() const { return state_.running; }
  std::vector<Uid> voters_wanted() const { return gavel::voters_wanted(state_); }
  /// Null if there is no such group.
  const directory::Auction* auction_of(GroupId group) const { return gavel::auction_of(state_, group); }
  const directory::StandingGroup* standing_of(GroupId group) const { return gavel::standing_of(state_, group); }

 private:
  directory::Reply execute(const Context& context, BytesView bytes, Events& events);
  directory::Reply on(const Context&, const directory::RegisterNode& node, Events& events);
  directory::Reply on(const Context&, const directory::NodeState& seen, Events& events);
  directory::Reply on(const Context&, const directory::LeaveNode& leave, Events& events);
  directory::Reply on(const Context&, const directory::AddItem& add, Events& events);
  directory::Reply on(const Context& context, const directory::StartAuction& start, Events& events);
  directory::Reply on(const Context&, const directory::AuctionClosed& closed, Events& events);
  directory::Reply on(const Context&, const directory::AuctionLed& led, Events& events);
  directory::Reply on(const Context&, const directory::DrainNode& drain, Events& events);
  directory::Reply on(const Context&, const directory::RemoveNode& remove, Events& events);
  directory::Reply on(const Context&, const directory::RestoreAuction& restore, Events& events);
  directory::Reply on(const Context&, const directory::OpenStanding& open, Events& events);
  std::string next_lot();
  void forget(Uid uid, Events& events);
  /// Moves the seats that are due, and tells of it.
  void staff(Events& events);

  DirectoryState state_;
  Digest digest_ = digest_of("directory");
};

static_assert(Service<DirectoryService>);

}  // namespace gavel
