#include "node/host/node_parts.hpp"

#include <algorithm>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/print.hpp"

namespace gavel::host {

/// No cluster of that name was seen: this node becomes the first.
void Node::Parts::found_cluster(Now now, NodeEffects& effects) {
  found_at = kNever;
  effects.notes.push_back({kDirectoryGroup, {}, "founding cluster " + setup.cluster});
  for (auto& note : restoration.notes) effects.notes.push_back({{}, {}, std::move(note)});
  for (const GroupId group : leftovers) replicas.clear_away(group, effects);
  for (auto& each : restoration.groups)
    replicas.found_from(now, each.group, std::move(each.recovered), std::move(each.machine), effects);
  const bool restored = !restoration.groups.empty();
  restoration = {};
  if (restored) return;
  const wire::Config alone{{setup.self.uid}, {}};
  replicas.found(now, kDirectoryGroup, alone, blank_machine(ServiceKind::directory), effects);
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
    if (message)
      on_discovery(now, *message, envelope.from, effects);
    else
      ++counters.refused_malformed;
    return;
  }
  auto message = opened.body<wire::OrderMessage>();
  if (!message) {
    ++counters.refused_malformed;
    return;
  }
  mesh.on_heard(now, envelope.from, envelope.incarnation);
  const wire::Member from{envelope.from, envelope.incarnation};
  if (!replicas.step(now, envelope.group, order::Received{from, *std::move(message)}, effects))
    ++counters.for_unhosted_group;
}

void Node::Parts::on_datagram(Now now, const wire::Opened& opened, NodeEffects& effects) {
  if (opened.envelope.from == setup.self.uid && opened.envelope.incarnation == setup.self.incarnation) return;
  if (const auto message = opened.body<wire::Discovery>())
    on_discovery(now, *message, {}, effects);
  else
    ++counters.refused_malformed;
}

void Node::Parts::hear_late(Now now, NodeEffects& effects) {
  while (const auto held = faults.take_due(now)) {
    const auto opened = wire::open(held->frame, setup.cluster);
    GAVEL_CHECK(opened, "a frame that was held back was opened before");
    held->datagram ? on_datagram(now, *opened, effects) : on_opened(now, *opened, effects);
    settle(now, effects);
  }
}

void Node::Parts::on_discovery(Now now, const wire::Discovery& message, Uid unicast_from, NodeEffects& effects) {
  const auto* beacon = std::get_if<wire::Beacon>(&message);
  if (!beacon) {
    if (unicast_from)
      mesh.on_probe(unicast_from, effects);
    else
      effects.beacon_now = true;
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

// ---- what follows from an event -----------------------------------------------------------------------------------

void Node::Parts::settle(Now now, NodeEffects& effects) {
  static constexpr int kMostRounds = 4;  // what the house's upkeep changes may ask for upkeep again
  deliver(now, effects);
  for (int round = 0; round < kMostRounds && (directory_changed || house_kept_until <= now.at); ++round) {
    keep_house(now, effects);
    deliver(now, effects);
  }
  if (drain_until != kNever && !exiting) check_drained(now, effects);
  keep_alarms(effects);
}

/// Hands answers to those who submitted, and what changed to those who care.
void Node::Parts::deliver(Now now, NodeEffects& effects) {
  for (auto& [group, answer] : replicas.take_answers()) {
    if ((answer.id.value & kProposalBit) != 0)
      proposals.on_answer(answer);
    else
      gateway.on_answer(now, std::move(answer));
  }
  for (const GroupId group : replicas.take_changed()) {
    directory_changed = directory_changed || group == kDirectoryGroup;
    gateway.on_group_changed(now, group, effects);
  }
}

/// What is due now and then, and whenever the directory changed. It mostly goes with what wakes the node anyway: the
/// node wakes up for it alone a little later.
void Node::Parts::keep_house(Now now, NodeEffects& effects) {
  static constexpr Duration kUpkeep = 50ms;
  directory_changed = false;
  const auto uses = [this](GroupId group) { return gateway.uses(group); };
  for (const GroupId group : placement.run(now, uses, effects)) {
    proposals.forget(group);
    gateway.on_group_gone(now, group);
  }
  bool registered = false;
  if (const auto* directory = placement.directory()) {
    mesh.on_listed(now, directory->nodes(), effects);
    if (!exiting) leave_if_unwanted(*directory, effects);
  }
  if (const auto* directory = placement.current() ? placement.directory() : nullptr) {
    duties.run(now, *directory, effects);
    restorations.run(now, effects);
    registered = duties.registered(*directory);
    replicas.set_draining(now, drain_until != kNever || duties.draining(*directory), effects);
  }
  mesh.announce(now, member(), gateway.clients(), effects);
  mesh.run(now, registered && placement.settled(now.at), effects);
  gateway.run(now, effects);
  backups.run(now);
  if (load_told != gateway.clients()) {
    load_told = gateway.clients();
    replicas.step_all(now, order::SetLoad{load_told}, effects);
  }
  replicas.share_memory(now, effects);
  house_kept_until = duties.next_deadline(now, kUpkeep);
  house_wakes_at = duties.next_deadline(now, kUpkeep + kUpkeep / 2);
}

/// The cluster knows it no longer, or knows a later life of it than this one.
void Node::Parts::leave_if_unwanted(const DirectoryService& directory, NodeEffects& effects) {
  std::string why;
  if (duties.removed(directory))
    why = "this node was removed from cluster " + setup.cluster +
          " by its operator while it was away; start it again to have it join anew, or delete its data directory";
  else if (duties.outdated(directory))
    why = "cluster " + setup.cluster +
          " knows a later life of this node: its data directory is an old copy, or another process runs from one. What "
          "it promised since is not in it; delete it, and start this node as a new one";
  if (why.empty()) return;
  exiting = true;
  effects.alarms.push_back(why);
  effects.exit = Exit{1, std::move(why)};
}

void Node::Parts::check_drained(Now now, NodeEffects& effects) {
  const bool done = others_lead(now.at) && gateway.calls_under_way() == 0;
  if (!done && now.at < drain_until) return;
  exiting = true;
  effects.exit = Exit{0, done ? "drained" : "not everything could be handed over in time"};
}

/// Every group that this node is a voter of, and not the only one, is led by another, or cannot be led by anybody,
/// because too many are gone: nobody will miss this node.
bool Node::Parts::others_lead(TimePoint at) const {
  const auto& all = replicas.all();
  return std::all_of(all.begin(), all.end(), [&](const auto& entry) {
    const auto& replica = *entry.second.replica;
    const auto& voters = replica.config().voters;
    if (entry.second.observer || !replica.config().is_voter(setup.self.uid) || voters.size() == 1) return true;
    const Uid leader = replica.leader(at);
    if (leader && leader != setup.self.uid) return true;
    const auto there = std::count_if(voters.begin(), voters.end(), [&](Uid uid) {
      return uid == setup.self.uid || mesh.heard(uid) + setup.options.suspicion > at;
    });
    return 2 * static_cast<std::size_t>(there) <= voters.size();
  });
}

/// Alarms stay in the status; each is kept once.
void Node::Parts::keep_alarms(const NodeEffects& effects) {
  static constexpr std::size_t kMost = 64;
  for (const auto& alarm : effects.alarms)
    if (alarms.size() < kMost && std::find(alarms.begin(), alarms.end(), alarm) == alarms.end())
      alarms.push_back(alarm);
}

bool Node::Parts::member() const {
  const auto* directory = replicas.find(kDirectoryGroup);
  return directory && directory->replica->config().is_member(setup.self.uid);
}

wire::StatusReport Node::Parts::report(Now now) const {
  auto out = overview(now);
  for (const auto& [group, hosted] : replicas.all()) out.groups.push_back(hosted.replica->status(now.at));
  return out;
}

wire::StatusReport Node::Parts::overview(Now now) const {
  wire::StatusReport out;
  out.node = setup.self.uid;
  out.incarnation = setup.self.incarnation;
  out.name = setup.name;
  out.version = setup.version;
  out.uptime = now.at - started;
  out.clients = gateway.clients();
  out.room = setup.room;
  out.slots = setup.slots;
  out.draining = gateway.leaving();
  out.alarms = alarms;
  if (auto injected = faults.summary(); !injected.empty()) out.alarms.push_back(std::move(injected));
  out.counters = counters.list();
  if (setup.more_counters) setup.more_counters(out.counters);
  return out;
}

}  // namespace gavel::host
