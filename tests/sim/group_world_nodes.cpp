// The lives of nodes: starting, dying, stopping, losing their disks.
#include <algorithm>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/group_world.hpp"

namespace gavel::sim {

void GroupWorld::boot(SimNode& node) {
  node.up = true;
  node.incarnation = Incarnation{++incarnations_};
  node.paused_until = kLongAgo;
  node.syncing = node.disk_failed = node.memory_only = false;
  node.tick_at = kNever;
  node.submitted.clear();
  node.executions.clear();
  const order::Setup setup{plan.options, GroupId{7}, node.self(),
                           node.observer ? order::Participation::observer : order::Participation::member,
                           random.next()};
  node.replica =
      std::make_unique<order::Replica>(setup, node.observer ? order::Recovered{} : node.disk.read(),
                                       std::make_unique<Ledger>(&node.executions, node.index % 2 == 0), now_at(node));
  checks.booted(node);
  if (narrator)
    narrator.say(node.uid, std::string("starts") + (node.observer ? " as an observer" : "") + ", promised " +
                               order::print(node.replica->promised()) + ", log up to " +
                               order::print(node.replica->last()));
  plan_tick(node);
  tell_goal(node);
  if (node.draining) drain(node, true);
  if (node.rank > 0) set_rank(node, node.rank);
}

void GroupWorld::restart(SimNode& node) {
  if (node.up || node.gone || !node.exists) return;
  ++statistics.restarts;
  boot(node);
}

void GroupWorld::join(SimNode& node, bool observer) {
  node.exists = true;
  node.observer = observer;
  boot(node);
}

void GroupWorld::crash(SimNode& node) {
  if (!node.up) return;
  statistics.count(Fault::crash);
  node.up = false;
  node.replica.reset();
  const bool torn = node.disk.crash(random);
  if (torn) statistics.count(Fault::torn);
  narrator.say(node.uid, torn ? "dies in the middle of writing" : "dies");
}

void GroupWorld::pause(SimNode& node, Duration time) {
  node.paused_until = std::max(node.paused_until, timeline.now() + time);
  narrator.say(node.uid, "is stopped for " + std::to_string(time.count() / 1000) + " ms");
}

void GroupWorld::lose_disk(SimNode& node) {
  crash(node);
  node.disk.lose();
  narrator.say(node.uid, "has lost its disk");
}

void GroupWorld::fail_disk(SimNode& node) {
  if (!node.up || node.disk_failed || node.observer) return;
  node.disk_failed = true;
  narrator.say(node.uid, "has a full disk");
  step_later(node, Duration(0), [&node] {
    node.memory_only = true;
    return order::StorageFailed{};
  });
}

void GroupWorld::drain(SimNode& node, bool on) {
  node.draining = on;
  if (node.up) step_later(node, Duration(0), [&node] { return order::SetDraining{node.draining}; });
}

void GroupWorld::set_rank(SimNode& node, std::uint32_t rank) {
  node.rank = rank;
  if (node.up) step_later(node, Duration(0), [&node] { return order::SetRank{node.rank}; });
}

void GroupWorld::transfer(Uid to) {
  if (auto* first = leader()) step_later(*first, Duration(0), [to] { return order::TransferTo{to}; });
}

void GroupWorld::hint(SimNode& node, Uid lost) {
  if (node.up) step_later(node, Duration(0), [lost] { return order::PeerLost{lost}; });
}

void GroupWorld::retire(SimNode& node) {
  if (!node.exists || node.gone || node.observer || node.keeps_replica || goal_.is_member(node.uid)) return;
  for (const auto& other : nodes)  // taken back meanwhile
    if (other.up && other.index != node.index && other.replica->config().is_member(node.uid)) return;
  const bool was_up = node.up;
  if (was_up) crash(node);
  node.observer = true;
  narrator.say(node.uid, "is no member any more");
  if (was_up) restart(node);
}

bool GroupWorld::safe_without(const SimNode& lost) const {
  const auto keeps_majority = [&](const wire::Config& config) {
    const auto left = static_cast<std::size_t>(std::count_if(config.voters.begin(), config.voters.end(), [&](Uid uid) {
      return uid != lost.uid && !nodes[uid.value - 1].gone;
    }));
    return 2 * left > config.voters.size();
  };
  for (const auto& node : nodes) {
    if (!node.exists || node.gone || node.observer) continue;
    const auto recovered = node.disk.read();
    if (recovered.snapshot && !keeps_majority(recovered.snapshot->config)) return false;
    for (const auto& entry : recovered.entries)
      if (entry.entry.config && !keeps_majority(*entry.entry.config)) return false;
    if (node.up && !keeps_majority(node.replica->config())) return false;
  }
  return true;
}

bool GroupWorld::removing(bool gone) const {
  return std::any_of(nodes.begin(), nodes.end(), [&](const SimNode& node) {
    if (!node.up || node.observer) return false;
    const auto& voters = node.replica->config().voters;
    return std::any_of(voters.begin(), voters.end(),
                       [&](Uid uid) { return !goal_.is_voter(uid) && (!gone || nodes[uid.value - 1].gone); });
  });
}

}  // namespace gavel::sim
