#include "node/host/node.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/print.hpp"
#include "common/wire/envelope.hpp"
#include "node/gateway/gateway.hpp"
#include "node/host/duties.hpp"
#include "node/host/recovery.hpp"

namespace gavel::host {

/// The parts, in the order in which they stand on each other, and how an event goes through them.
struct Node::Parts {
  Parts(NodeSetup s, Now now)
      : setup(std::move(s)),
        started(now.at),
        replicas(setup, counters),
        mesh(setup, counters),
        placement(setup, replicas, counters),
        proposals(replicas, counters),
        duties(setup, replicas, mesh, proposals),
        gateway(setup, replicas, placement, mesh, counters, [this](Now at) { return report(at); }) {}

  void on_refused(const wire::Refusal& refusal, NodeEffects& effects);
  void on_opened(Now now, const wire::Opened& opened, NodeEffects& effects);
  void on_discovery(Now now, const wire::Discovery& message, Uid unicast_from, NodeEffects& effects);
  void found_cluster(Now now, NodeEffects& effects);
  void settle(Now now, NodeEffects& effects);
  void deliver(NodeEffects& effects);
  void keep_house(Now now, NodeEffects& effects);
  void check_drained(Now now, NodeEffects& effects);
  bool others_lead(TimePoint at) const;
  void keep_alarms(const NodeEffects& effects);
  bool member() const;
  wire::StatusReport report(Now now) const;

  const NodeSetup setup;
  const TimePoint started;
  Counters counters;
  Replicas replicas;
  Mesh mesh;
  Placement placement;
  Proposals proposals;
  Duties duties;
  gateway::Gateway gateway;

  TimePoint found_at = kNever;       ///< a founder still looks round
  TimePoint house_kept_until = kLongAgo;
  bool directory_changed = true;
  std::uint32_t load_told = 0;
  TimePoint drain_until = kNever;
  bool exiting = false;
  std::vector<std::string> alarms;
  std::set<std::string> refused_versions;
};

// ---- life -------------------------------------------------------------------------------------------------------

Result<std::unique_ptr<Node>> Node::start(NodeSetup setup, const store::Image& kept, Now now, NodeEffects& effects) {
  if (setup.bootstrap && !kept.empty())
    return fail("the data directory already holds " + std::to_string(kept.size()) +
                " groups: a cluster is founded from an empty one; start without --bootstrap to go on with this one");
  auto parts = std::make_unique<Parts>(std::move(setup), now);
  for (const auto& [group, records] : kept) {
    auto recovered = recovered_from(records);
    if (!recovered) return fail("group " + print(group) + ": " + recovered.error().message);
    const auto service = group == kDirectoryGroup ? static_cast<std::uint16_t>(ServiceKind::directory)
                         : recovered->snapshot   ? recovered->snapshot->service
                                                 : static_cast<std::uint16_t>(ServiceKind::auction);
    auto machine = blank_machine(service);
    if (!machine) return fail("group " + print(group) + " runs service " + std::to_string(service) +
                              ", which this program does not know: is it older than the data?");
    parts->replicas.start_member(now, group, *std::move(recovered), std::move(machine), effects);
  }
  if (parts->setup.bootstrap)
    parts->found_at = now.at + parts->setup.found_wait;
  else if (!parts->replicas.find(kDirectoryGroup))
    parts->replicas.start_member(now, kDirectoryGroup, {},
                                 blank_machine(static_cast<std::uint16_t>(ServiceKind::directory)), effects);
  parts->mesh.announce(now, parts->member(), 0, effects);
  parts->settle(now, effects);
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

/// No cluster of that name was seen: this node becomes the first.
void Node::Parts::found_cluster(Now now, NodeEffects& effects) {
  found_at = kNever;
  const wire::Config alone{{setup.self.uid}, {}};
  replicas.found(now, kDirectoryGroup, alone, blank_machine(static_cast<std::uint16_t>(ServiceKind::directory)),
                 effects);
  effects.notes.push_back({kDirectoryGroup, {}, "founding cluster " + setup.cluster});
}

// ---- events -----------------------------------------------------------------------------------------------------

void Node::on_peer_frame(Now now, BytesView frame, NodeEffects& effects) {
  auto& parts = *parts_;
  ++parts.counters.frames_in;
  parts.counters.bytes_in += frame.size();
  const auto opened = wire::open(frame, parts.setup.cluster);
  if (!opened) {
    parts.on_refused(opened.error(), effects);
    return;
  }
  parts.on_opened(now, *opened, effects);
  parts.settle(now, effects);
}

/// Another cluster on the same network is nothing to speak of; another version is, once.
void Node::Parts::on_refused(const wire::Refusal& refusal, NodeEffects& effects) {
  static constexpr std::size_t kMost = 16;
  counters.count(refusal.kind);
  if (refusal.kind != wire::RefusalKind::version || refused_versions.size() >= kMost) return;
  if (refused_versions.insert(refusal.message).second)
    effects.notes.push_back({{}, {}, "refuses a node or a beacon: " + refusal.message});
}

void Node::Parts::on_opened(Now now, const wire::Opened& opened, NodeEffects& effects) {
  const auto& envelope = opened.envelope;
  if (envelope.from == setup.self.uid || !envelope.from) {
    ++counters.refused_own_uid;
    return;
  }
  if (!envelope.group) {
    const auto message = opened.body<wire::Discovery>();
    if (message) on_discovery(now, *message, envelope.from, effects);
    else ++counters.refused_malformed;
    return;
  }
  auto message = opened.body<wire::OrderMessage>();
  if (!message) {
    ++counters.refused_malformed;
    return;
  }
  mesh.on_heard(now, envelope.from);
  const wire::Member from{envelope.from, envelope.incarnation};
  if (!replicas.step(now, envelope.group, order::Received{from, *std::move(message)}, effects))
    ++counters.for_unhosted_group;
}

void Node::on_datagram(Now now, BytesView datagram, NodeEffects& effects) {
  auto& parts = *parts_;
  const auto opened = wire::open(datagram, parts.setup.cluster);
  if (!opened) {
    parts.on_refused(opened.error(), effects);
    return;
  }
  const bool own = opened->envelope.from == parts.setup.self.uid &&
                   opened->envelope.incarnation == parts.setup.self.incarnation;
  if (own) return;
  const auto message = opened->body<wire::Discovery>();
  if (!message) {
    ++parts.counters.refused_malformed;
    return;
  }
  parts.on_discovery(now, *message, {}, effects);
  parts.settle(now, effects);
}

void Node::Parts::on_discovery(Now now, const wire::Discovery& message, Uid unicast_from, NodeEffects& effects) {
  const auto* beacon = std::get_if<wire::Beacon>(&message);
  if (!beacon) {
    if (unicast_from) mesh.on_probe(unicast_from, effects);
    else effects.beacon_now = true;
    return;
  }
  const bool newcomer = !mesh.peers().contains(beacon->uid) && beacon->uid != setup.self.uid;
  mesh.on_beacon(now, *beacon, unicast_from, effects);
  if (newcomer) effects.beacon_now = true;  // so that it need not wait to hear of this node
  if (found_at != kNever && beacon->member && beacon->uid != setup.self.uid) {
    found_at = kNever;
    exiting = true;
    effects.exit = Exit{2, "cluster '" + setup.cluster + "' exists already (node " + beacon->name + " at " +
                               beacon->client + "): start without --bootstrap to join it, or choose another --cluster"};
  }
}

void Node::on_client_frame(Now now, BytesView routing_id, BytesView frame, NodeEffects& effects) {
  ++parts_->counters.frames_in;
  parts_->counters.bytes_in += frame.size();
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
  effects.alarms.push_back("the disk failed: " + why +
                           ". This node acknowledges nothing and leads nothing until it is started again");
  parts_->replicas.on_storage_failed(now, effects);
  parts_->settle(now, effects);
}

void Node::on_peer_lost(Now now, Uid peer, NodeEffects& effects) {
  ++parts_->counters.peers_lost;
  parts_->replicas.step_all(now, order::PeerLost{peer}, effects);
  parts_->settle(now, effects);
}

void Node::on_tick(Now now, NodeEffects& effects) {
  if (parts_->found_at <= now.at) parts_->found_cluster(now, effects);
  parts_->replicas.tick(now, effects);
  parts_->settle(now, effects);
}

void Node::on_drain(Now now, NodeEffects& effects) {
  if (parts_->drain_until != kNever) return;
  parts_->drain_until = now.at + parts_->setup.drain_limit;
  effects.notes.push_back({{}, {}, "draining: handing over what this node leads"});
  parts_->replicas.step_all(now, order::SetDraining{true}, effects);
  parts_->settle(now, effects);
}

// ---- what follows from an event -----------------------------------------------------------------------------------

void Node::Parts::settle(Now now, NodeEffects& effects) {
  static constexpr int kMostRounds = 4;  // what the house's upkeep changes may ask for upkeep again
  deliver(effects);
  for (int round = 0; round < kMostRounds && (directory_changed || house_kept_until <= now.at); ++round) {
    keep_house(now, effects);
    deliver(effects);
  }
  if (drain_until != kNever && !exiting) check_drained(now, effects);
  keep_alarms(effects);
}

/// Hands answers to those who submitted, and what changed to those who care.
void Node::Parts::deliver(NodeEffects& effects) {
  for (auto& [group, answer] : replicas.take_answers()) {
    if ((answer.id.value & kProposalBit) != 0) proposals.on_answer(answer);
    else gateway.on_answer(std::move(answer), effects);
  }
  for (const GroupId group : replicas.take_changed()) {
    directory_changed = directory_changed || group == kDirectoryGroup;
    gateway.on_group_changed(group, effects);
  }
}

/// What is due now and then, and whenever the directory changed.
void Node::Parts::keep_house(Now now, NodeEffects& effects) {
  directory_changed = false;
  const auto uses = [this](GroupId group) { return gateway.uses(group); };
  for (const GroupId group : placement.run(now, uses, effects)) {
    proposals.forget(group);
    gateway.on_group_gone(group, effects);
  }
  bool registered = false;
  if (const auto* directory = placement.directory()) {
    mesh.on_listed(now, directory->nodes(), effects);
    duties.run(now, *directory, effects);
    registered = duties.registered(*directory);
  }
  mesh.announce(now, member(), gateway.clients(), effects);
  mesh.run(now, registered && placement.settled(now.at), effects);
  gateway.run(now, effects);
  if (load_told != gateway.clients()) {
    load_told = gateway.clients();
    replicas.step_all(now, order::SetLoad{load_told}, effects);
  }
  house_kept_until = gateway.behind() ? now.at + 2ms : duties.next_deadline(now);
}

void Node::Parts::check_drained(Now now, NodeEffects& effects) {
  const bool done = others_lead(now.at) && gateway.calls_under_way() == 0;
  if (!done && now.at < drain_until) return;
  exiting = true;
  effects.exit = Exit{0, done ? "drained" : "not everything could be handed over in time"};
}

/// Every group that this node is a voter of, and not the only one, is led by another: nobody will miss this node.
bool Node::Parts::others_lead(TimePoint at) const {
  const auto& all = replicas.all();
  return std::all_of(all.begin(), all.end(), [&](const auto& entry) {
    const auto& replica = *entry.second.replica;
    const auto& config = replica.config();
    if (entry.second.observer || !config.is_voter(setup.self.uid) || config.voters.size() == 1) return true;
    const Uid leader = replica.leader(at);
    return leader && leader != setup.self.uid;
  });
}

/// Alarms stay in the status; each is kept once.
void Node::Parts::keep_alarms(const NodeEffects& effects) {
  static constexpr std::size_t kMost = 64;
  for (const auto& alarm : effects.alarms)
    if (alarms.size() < kMost && std::find(alarms.begin(), alarms.end(), alarm) == alarms.end()) alarms.push_back(alarm);
}

bool Node::Parts::member() const {
  const auto* directory = replicas.find(kDirectoryGroup);
  return directory && directory->replica->config().is_member(setup.self.uid);
}

TimePoint Node::next_deadline() const {
  const auto& parts = *parts_;
  TimePoint next = std::min(parts.replicas.next_deadline(), parts.house_kept_until);
  next = std::min(next, parts.found_at);
  return parts.exiting ? next : std::min(next, parts.drain_until);
}

// ---- what can be seen ---------------------------------------------------------------------------------------------

wire::StatusReport Node::Parts::report(Now now) const {
  wire::StatusReport out;
  out.node = setup.self.uid;
  out.incarnation = setup.self.incarnation;
  out.name = setup.name;
  out.version = setup.version;
  out.uptime = now.at - started;
  out.clients = gateway.clients();
  out.slots = setup.slots;
  out.alarms = alarms;
  for (const auto& [group, hosted] : replicas.all()) out.groups.push_back(hosted.replica->status(now.at));
  out.counters = counters.list();
  return out;
}

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

std::string Node::overfull() const {
  for (const auto& [group, hosted] : parts_->replicas.all())
    if (const char* queue = hosted.replica->overfull(); queue && *queue) return "group " + print(group) + ": " + queue;
  return {};
}

}  // namespace gavel::host
