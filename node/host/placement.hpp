// Which groups live here. The directory says whose node serves an auction or a standing service, and this node follows:
// a founder runs a durable replica, founded on the directory's word alone, so that all founders start from the same;
// who is called in later starts blank, and waits for the group's leader. A durable replica stays until its auction is
// retired (a standing service's for ever), even without a seat: what it promised and acknowledged is not forgotten
// while the group lives. A node whose clients ask for a group that lives elsewhere observes it for as long as they do.
#pragma once

#include <functional>

#include "node/host/replicas.hpp"
#include "node/services/directory.hpp"

namespace gavel::host {

struct NodeSetup;

class Placement {
 public:
  Placement(const NodeSetup& setup, Replicas& replicas, Counters& counters)
      : setup_(setup), replicas_(replicas), counters_(counters) {}

  /// Null before this node has a directory replica.
  const DirectoryService* directory() const;
  /// All that this node ever knew of the directory is applied again since its start. Until then it sees times that have
  /// passed, with auctions that are over: it must found nothing by them, and do nothing about them.
  bool current();
  /// The directory gave that group out, and knows it no more: its auction goes on in another one, from a backup.
  bool given_up(GroupId group) const;
  /// This node holds the directory's state and hears its leader.
  bool settled(TimePoint at) const;

  enum class Reach { here, unknown, not_yet };
  /// Makes the group reachable for a client of this node, by observing it if it lives elsewhere.
  Reach reach(Now now, GroupId group, NodeEffects& effects);

  /// The directory's state changed, or time passed: starts what is to live here. Returns the groups whose replicas
  /// went; what was submitted to those is never answered.
  std::vector<GroupId> run(Now now, const std::function<bool(GroupId)>& in_use, NodeEffects& effects);

 private:
  /// A group that is to live here, and does not yet, or only as an observer.
  struct Due {
    GroupId group;
    ServiceKind service;
    const std::string& title;
    const std::vector<Uid>& founders;  ///< of whom this node is one; empty: it is called in later
  };
  void start(Now now, const Due& due, std::unique_ptr<ServiceMachine> founding, std::vector<GroupId>& gone,
             NodeEffects& effects);
  void observe(Now now, GroupId group, ServiceKind service, const std::string& title, NodeEffects& effects);
  bool is_retired(Now now, const directory::Auction& auction) const;
  bool may_go(Now now, const Hosted& hosted) const;
  void start_what_is_new(Now now, const DirectoryService& directory, std::vector<GroupId>& gone, NodeEffects& effects);
  void retire(Now now, const directory::Auction& auction, NodeEffects& effects);
  void set_aside(Now now, GroupId group, NodeEffects& effects);
  void archive(Now now, const Hosted& hosted, const std::string& name, NodeEffects& effects);
  void stop_what_is_old(Now now, const DirectoryService& directory, const std::function<bool(GroupId)>& in_use,
                        std::vector<GroupId>& gone, NodeEffects& effects);

  const NodeSetup& setup_;
  Replicas& replicas_;
  Counters& counters_;
  bool current_ = false;
};

}  // namespace gavel::host
