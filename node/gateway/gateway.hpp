// Clients at the edge of a node (PROTOCOL.md §3.1, §7, §9). A client says hello, calls, watches, pings; each call is
// handed to the replica of its group and answered when that answers. Nothing here is replicated: a gateway may die at
// any time, and its clients go on elsewhere under the same request numbers. A client can harm only itself: whatever it
// sends is refused or bounded. clients.hpp, calls.hpp and watches.hpp hold the state, crowd.hpp says who goes
// elsewhere; here it is decided what becomes of a frame (operations.cpp: of what operators ask).
#pragma once

#include <functional>
#include <string>

#include "node/gateway/calls.hpp"
#include "node/gateway/clients.hpp"
#include "node/gateway/crowd.hpp"
#include "node/gateway/gathered.hpp"
#include "node/gateway/watches.hpp"
#include "node/host/backups.hpp"
#include "node/host/counters.hpp"
#include "node/host/faults.hpp"
#include "node/host/mesh.hpp"
#include "node/host/placement.hpp"
#include "node/host/restorations.hpp"

namespace gavel::gateway {

class Gateway {
 public:
  using Report = std::function<wire::StatusReport(Now now)>;

  Gateway(const host::NodeSetup& setup, host::Replicas& replicas, host::Placement& placement, const host::Mesh& mesh,
          host::Counters& counters, host::Faults& faults, host::Backups& backups, host::Restorations& restorations,
          Report report);

  void on_frame(Now now, BytesView routing_id, BytesView frame, host::NodeEffects& effects);
  void on_unreachable(BytesView routing_id);
  /// A replica answered a submission of this gateway.
  void on_answer(Now now, order::Answered answer);
  /// The group's replica went, with whatever was submitted to it.
  void on_group_gone(Now now, GroupId group);
  /// The group's state changed.
  void on_group_changed(Now now, GroupId group, host::NodeEffects& effects);
  // Calls gather until the loop's turn ends, and so do answers.
  bool anything_gathered() const { return gathered_.any(); }
  void submit_gathered(Now now, host::NodeEffects& effects);
  void send_gathered(host::NodeEffects& effects);
  /// Goes on with watchers that are behind, or that were not to be told yet; due at next_push().
  void push(Now now, host::NodeEffects& effects);
  TimePoint next_push() const { return watches_.next_due(); }
  /// Brings observed groups back for watchers, forgets idle clients, and sends those who stay away, a few at a time,
  /// while the directory wants this node drained or others have fewer.
  void run(Now now, host::NodeEffects& effects);
  /// The node is about to end: sends all who stay to other gateways.
  void leave(Now now, host::NodeEffects& effects);

  /// Whom it serves.
  wire::ClientList list(Now now) const;
  /// The directory wants this node drained.
  bool leaving() const;
  std::uint32_t clients() const { return static_cast<std::uint32_t>(clients_.size()); }
  std::size_t calls_under_way() const { return calls_.size(); }
  std::size_t watches() const { return watches_.size(); }
  bool uses(GroupId group) const { return watches_.any_of(group) || calls_.any_to(group); }

 private:
  void on(Now now, BytesView routing_id, const wire::Hello& hello, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, wire::Call& call, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, wire::Calls& gathered, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::Watch& watch, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::Unwatch& unwatch, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::Ping& ping, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::StatusQuery& query, host::NodeEffects& effects);

  void on(Now now, BytesView routing_id, const wire::Bye& bye, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::ClientsQuery& query, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::TransferLead& transfer, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::SetFaults& faults, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::BackupQuery& query, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::RestorePiece& piece, host::NodeEffects& effects);
  void on(Now now, BytesView routing_id, const wire::SetLogLevel& wish, host::NodeEffects& effects);

  /// As the directory's replica here has it.
  Crowd::Own own() const;
  std::vector<Neighbour> neighbours(Now now) const;
  /// Those who watch a group that was given up are told, and watch it no longer.
  void end_watches(host::NodeEffects& effects);
  void send_away(Now now, std::size_t most, host::NodeEffects& effects);
  void even_out(Now now, host::NodeEffects& effects);
  /// Sends up to so many who stay where `elsewhere` says, until it says nothing; only those who were sent on less often
  /// than that before they came.
  void send_on(std::size_t most, const std::function<std::optional<wire::Redirect>(const Client& client)>& elsewhere,
               host::NodeEffects& effects, std::uint32_t redirected_less = UINT32_MAX);

  void take(Now now, BytesView routing_id, Client& client, wire::Call& call, host::NodeEffects& effects);
  void submit(Now now, BytesView routing_id, Client& client, wire::Call& call);
  wire::Answer busy(const wire::Call& call);
  void answer_locally(BytesView routing_id, const wire::Call& call);
  void answer(BytesView routing_id, wire::Answer answer);
  void answer_waiter(const Waiter& waiter, wire::Answer message);
  Watches::Push pusher(host::NodeEffects& effects);
  void refuse(BytesView routing_id, std::string reason, host::NodeEffects& effects);
  void send(BytesView routing_id, const wire::ToClient& message, host::NodeEffects& effects);
  Duration time_to_wait() const;

  static constexpr std::size_t kSentAwayAtOnce = 8;

  const host::NodeSetup& setup_;
  host::Replicas& replicas_;
  host::Placement& placement_;
  const host::Mesh& mesh_;
  host::Counters& counters_;
  host::Faults& faults_;
  host::Backups& backups_;
  host::Restorations& restorations_;
  Report report_;
  Clients clients_;
  Crowd crowd_;
  Calls calls_;
  Gathered gathered_;
  Watches watches_;
};

}  // namespace gavel::gateway
