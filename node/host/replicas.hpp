// The replicas that live on a node, one for each group, and the way between them and the world: frames are sealed, disk
// tickets of all groups are numbered in one row, events are kept for watchers, answers wait for whoever submitted.
// Which groups live here is decided elsewhere (placement.hpp).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/order/replica.hpp"
#include "node/gateway/event_history.hpp"
#include "node/host/counters.hpp"
#include "node/host/node_effects.hpp"
#include "node/host/service_machine.hpp"

namespace gavel::host {

struct NodeSetup;

/// One replica, and what the host keeps with it.
struct Hosted {
  GroupId group;
  std::uint64_t life = 0;  ///< tells a replica from an earlier one of the same group on this node
  wire::Member self;       ///< the node, in an incarnation of this replica's own
  bool observer = false;
  std::unique_ptr<order::Replica> replica;
  gateway::EventHistory history;
  wire::Config goal;            ///< the last one set
  TimePoint used = kLongAgo;    ///< by a client, for observers
  Slot kept;                    ///< the end of its log when it was started
  TimePoint since = kLongAgo;   ///< when it was started
  TimePoint beaten = kLongAgo;  ///< its last beat
  std::size_t log_room = 0;     ///< as it was told last
  CommitTimes times = {};

  const ServiceMachine& machine() const { return static_cast<const ServiceMachine&>(replica->machine()); }
};

class Replicas {
 public:
  Replicas(const NodeSetup& setup, Counters& counters);

  /// Starts a replica, and subscribes to its group. The group does not live here yet, or only as an observer, which
  /// goes.
  void start_member(Now now, GroupId group, order::Recovered recovered, std::unique_ptr<ServiceMachine> machine,
                    NodeEffects& effects);
  /// The same for a founding member of a new group: the genesis goes to the disk first.
  void found(Now now, GroupId group, const wire::Config& config, std::unique_ptr<ServiceMachine> machine,
             NodeEffects& effects);
  /// The same for the only voter of a group that goes on from a backup: a promise and a snapshot go to the disk first.
  void found_from(Now now, GroupId group, order::Recovered recovered, std::unique_ptr<ServiceMachine> machine,
                  NodeEffects& effects);
  /// The disk keeps something of a group that does not live here, and is to forget it.
  void clear_away(GroupId group, NodeEffects& effects);
  void start_observer(Now now, GroupId group, std::unique_ptr<ServiceMachine> machine, NodeEffects& effects);
  /// The replica goes, and with it whatever the disk holds of it. Submissions to it are never answered.
  void stop(GroupId group, NodeEffects& effects);
  /// The same, but the disk keeps an archive of that name.
  void retire(GroupId group, std::string name, Bytes archive, NodeEffects& effects);

  /// Null if the group does not live here.
  Hosted* find(GroupId group);
  const Hosted* find(GroupId group) const;
  const std::map<GroupId, Hosted>& all() const { return hosted_; }

  /// False: the group does not live here.
  bool step(Now now, GroupId group, order::Event event, NodeEffects& effects);
  void step_all(Now now, const order::Event& event, NodeEffects& effects);
  void tick(Now now, NodeEffects& effects);
  /// If beats have come or gone since this was last asked, those that are due within half a heartbeat go too: nodes
  /// that hear each other come to beat at one time, with all their groups, and are woken once for all of it.
  void beat_along(Now now, NodeEffects& effects);
  void on_durable(Now now, DiskTicket upto, NodeEffects& effects);
  void on_storage_failed(Now now, NodeEffects& effects);
  bool storage_failed() const { return storage_failed_; }
  /// They hand over what they lead, and lead no more; those that start later neither.
  void set_draining(Now now, bool draining, NodeEffects& effects);
  /// What is logged from now on; at trace, replicas narrate every slot.
  void set_log_level(Now now, LogLevel level, NodeEffects& effects);
  LogLevel log_level() const { return log_level_; }
  /// Tells them, a few at a time, how much of its log and of its events each may hold in memory, so that many groups
  /// together hold little more than a few do. To be called now and then.
  void share_memory(Now now, NodeEffects& effects);
  TimePoint next_deadline() const;
  /// What the disk was asked to keep and replicas wait for.
  std::size_t disk_tickets() const { return awaited_.size(); }

  // What came of the steps since this was last asked.
  std::vector<std::pair<GroupId, order::Answered>> take_answers() { return std::exchange(answers_, {}); }
  /// Groups whose applied state or role changed.
  std::vector<GroupId> take_changed() { return std::exchange(changed_, {}); }

 private:
  struct Awaited {
    DiskTicket disk = 0;
    GroupId group;
    std::uint64_t life = 0;
    order::Ticket ticket;
  };
  /// Of a log, in bytes: an equal share of what all may hold, rounded down so that it seldom changes.
  std::size_t log_room() const;
  void start(Now now, GroupId group, bool observer, order::Recovered recovered, std::unique_ptr<ServiceMachine> machine,
             NodeEffects& effects);
  void step(Now now, Hosted& hosted, order::Event event, NodeEffects& effects);
  void note_beat(Now now, Hosted& hosted);
  void emit(Hosted& hosted, NodeEffects& effects);
  void count_bids(const Hosted& hosted, Slot applied_before);
  void time_commits(Now now, Hosted& hosted, Slot last_before);
  void narrate(Hosted& hosted, NodeEffects& effects);
  void drop(GroupId group, std::optional<store::Operation> last_write, NodeEffects& effects);
  void write(store::Operation operation, NodeEffects& effects);

  const NodeSetup& setup_;
  Counters& counters_;
  std::map<GroupId, Hosted> hosted_;
  order::Effects scratch_;
  DiskTicket last_ticket_ = 0;
  std::deque<Awaited> awaited_;
  std::uint64_t lives_ = 0;
  bool storage_failed_ = false;
  bool draining_ = false;
  bool beats_pass_ = false;  ///< some came or went
  LogLevel log_level_;
  std::vector<std::pair<GroupId, order::Answered>> answers_;
  std::vector<GroupId> changed_;
};

}  // namespace gavel::host
