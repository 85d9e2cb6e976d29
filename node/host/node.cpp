#include "node/host/node.hpp"

#include <algorithm>
#include <utility>

#include "common/base/print.hpp"
#include "node/host/node_parts.hpp"
#include "node/host/recovery.hpp"
#include "node/services/auction.hpp"

namespace gavel::host {

// ---- life -------------------------------------------------------------------------------------------------------

Result<std::unique_ptr<Node>> Node::start(NodeSetup setup, const store::Image& kept, Now now, NodeEffects& effects) {
  // The directory is written last: without it, nothing was founded yet, and nothing of the rest ever counted.
  const bool cut_short = !kept.empty() && !kept.contains(kDirectoryGroup);
  if (cut_short && !(setup.bootstrap && setup.restore))
    return fail("the data directory holds " + std::to_string(kept.size()) +
                " groups of a cluster whose founding from a backup was cut short: start it with --bootstrap --restore "
                "and the backup again, or use another directory");
  if (setup.bootstrap && !kept.empty() && !cut_short)
    return fail("the data directory already holds " + std::to_string(kept.size()) +
                " groups: a cluster is founded from an empty one; start without --bootstrap to go on with this one");
  Restoration restoration;
  if (setup.bootstrap && setup.restore) {
    auto planned = restoration_of(*setup.restore, setup.self.uid, now.wall);
    if (!planned) return fail("the backup " + planned.error().message);
    restoration = *std::move(planned);
    setup.restore.reset();
  }
  auto parts = std::make_unique<Parts>(std::move(setup), now);
  parts->restoration = std::move(restoration);
  for (const auto& [group, records] : kept) {
    if (cut_short) {
      parts->leftovers.push_back(group);
      continue;
    }
    auto recovered = recovered_from(records);
    if (!recovered) return fail("group " + print(group) + ": " + recovered.error().message);
    auto machine = group == kDirectoryGroup ? blank_machine(ServiceKind::directory)
                   : recovered->snapshot    ? blank_machine(recovered->snapshot->service)
                                            : unknown_machine();
    if (!machine)
      return fail("group " + print(group) + " runs service " + std::to_string(recovered->snapshot->service) +
                  ", which this program does not know: is it older than the data?");
    parts->replicas.start_member(now, group, *std::move(recovered), std::move(machine), effects);
  }
  if (parts->setup.bootstrap)
    parts->found_at = now.at + parts->setup.found_wait;
  else if (!parts->replicas.find(kDirectoryGroup))
    parts->replicas.start_member(now, kDirectoryGroup, {}, blank_machine(ServiceKind::directory), effects);
  parts->mesh.announce(now, parts->member(), 0, effects);
  parts->settle(now, effects);
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

// ---- events -----------------------------------------------------------------------------------------------------

void Node::on_peer_frame(Now now, BytesView frame, NodeEffects& effects) {
  auto& parts = *parts_;
  parts.counters.count_in(frame);
  const auto opened = wire::open(frame, parts.setup.cluster);
  if (!opened) {
    parts.on_refused(opened.error(), effects);
    return;
  }
  if (!parts.faults.hears(now, opened->envelope.from, frame, false)) return;
  parts.on_opened(now, *opened, effects);
  parts.settle(now, effects);
}

void Node::on_datagram(Now now, BytesView datagram, NodeEffects& effects) {
  auto& parts = *parts_;
  const auto opened = wire::open(datagram, parts.setup.cluster);
  if (!opened) {
    parts.on_refused(opened.error(), effects);
    return;
  }
  if (!parts.faults.hears(now, opened->envelope.from, datagram, true)) return;
  parts.on_datagram(now, *opened, effects);
  parts.settle(now, effects);
}

void Node::on_client_frame(Now now, BytesView routing_id, BytesView frame, NodeEffects& effects) {
  parts_->counters.count_in(frame);
  parts_->gateway.on_frame(now, routing_id, frame, effects);
  parts_->settle(now, effects);
}

void Node::on_client_unreachable(Now now, BytesView routing_id, NodeEffects& effects) {
  parts_->gateway.on_unreachable(routing_id);
  parts_->settle(now, effects);
}

void Node::on_durable(Now now, DiskTicket upto, NodeEffects& effects) {
  parts_->replicas.on_durable(now, upto, effects);
  parts_->settle(now, effects);
}

void Node::on_storage_failed(Now now, const std::string& why, NodeEffects& effects) {
  effects.alarms.push_back(
      "the disk failed: " + why +
      ". This node acknowledges nothing, leads nothing and gives up its seats, until it is started again");
  parts_->replicas.on_storage_failed(now, effects);
  parts_->settle(now, effects);
}

void Node::on_storage_note(Now now, const std::string& note, NodeEffects& effects) {
  effects.alarms.push_back(note);
  parts_->settle(now, effects);
}

void Node::on_peer_lost(Now now, Uid peer, NodeEffects& effects) {
  ++parts_->counters.peers_lost;
  parts_->replicas.step_all(now, order::PeerLost{peer}, effects);
  parts_->settle(now, effects);
}

void Node::on_tick(Now now, NodeEffects& effects) {
  if (parts_->found_at <= now.at) parts_->found_cluster(now, effects);
  parts_->hear_late(now, effects);
  parts_->gateway.push(now, effects);  // first: what the tick brings is fresh, and pushed as such
  parts_->replicas.tick(now, effects);
  parts_->settle(now, effects);
}

void Node::on_drain(Now now, NodeEffects& effects) {
  if (parts_->drain_until != kNever) return;
  parts_->drain_until = now.at + parts_->setup.drain_limit;
  effects.notes.push_back({{}, {}, "draining: handing over what this node leads"});
  parts_->replicas.set_draining(now, true, effects);
  parts_->gateway.leave(now, effects);
  parts_->settle(now, effects);
}

void Node::end_turn(Now now, NodeEffects& effects) {
  parts_->replicas.beat_along(now, effects);
  if (!parts_->gateway.anything_gathered()) return;
  parts_->gateway.submit_gathered(now, effects);
  parts_->settle(now, effects);
  parts_->gateway.send_gathered(effects);
}

void Node::on_log_level(Now now, LogLevel level, NodeEffects& effects) {
  parts_->replicas.set_log_level(now, level, effects);
  parts_->settle(now, effects);
}

TimePoint Node::next_deadline() const {
  const auto& parts = *parts_;
  TimePoint next = std::min(parts.replicas.next_deadline(), parts.house_wakes_at);
  next = std::min({next, parts.found_at, parts.faults.next_deadline(), parts.gateway.next_push()});
  return parts.exiting ? next : std::min(next, parts.drain_until);
}

// ---- what can be seen -------------------------------------------------------------------------------------------

const NodeSetup& Node::setup() const { return parts_->setup; }

std::vector<GroupId> Node::groups() const {
  std::vector<GroupId> out;
  for (const auto& [group, hosted] : parts_->replicas.all()) out.push_back(group);
  return out;
}

const order::Replica* Node::replica(GroupId group) const {
  const auto* hosted = parts_->replicas.find(group);
  return hosted ? hosted->replica.get() : nullptr;
}

bool Node::observes(GroupId group) const {
  const auto* hosted = parts_->replicas.find(group);
  return hosted && hosted->observer;
}

const DirectoryService* Node::directory() const { return parts_->placement.directory(); }

const AuctionService* Node::auction(GroupId group) const {
  const auto* hosted = parts_->replicas.find(group);
  return hosted ? auction_in(hosted->replica->machine()) : nullptr;
}

const std::vector<std::string>& Node::alarms() const { return parts_->alarms; }

wire::StatusReport Node::status(Now now) const { return parts_->report(now); }
wire::StatusReport Node::overview(Now now) const { return parts_->overview(now); }
LogLevel Node::log_level() const { return parts_->replicas.log_level(); }
const Counters& Node::counters() const { return parts_->counters; }

Node::Queues Node::queues() const {
  return {parts_->gateway.calls_under_way(), parts_->gateway.watches(), parts_->replicas.disk_tickets()};
}

std::string Node::name_of(GroupId group) const {
  if (group == kDirectoryGroup) return "directory";
  if (const auto* service = auction(group)) return service->book().terms().auction;
  const auto* standing = directory() ? directory()->standing_of(group) : nullptr;
  if (standing) return standing->name;
  const auto* listed = directory() ? directory()->auction_of(group) : nullptr;
  return listed ? listed->id : std::string();
}

std::string Node::ailment(Now now) const {
  if (parts_->replicas.storage_failed()) return "the disk failed";
  if (parts_->drain_until != kNever || parts_->gateway.leaving()) return "draining";
  if (!parts_->member()) return "not a member of the cluster yet";
  for (const auto& [group, hosted] : parts_->replicas.all())
    if (!hosted.observer && hosted.replica->config().is_voter(setup().self.uid) && !hosted.replica->leader(now.at))
      return name_of(group) + " has no leader";
  return {};
}

wire::ClientList Node::clients(Now now) const { return parts_->gateway.list(now); }

std::string Node::overfull() const {
  for (const auto& [group, hosted] : parts_->replicas.all())
    if (const char* queue = hosted.replica->overfull(); queue && *queue) return "group " + print(group) + ": " + queue;
  return {};
}

}  // namespace gavel::host
