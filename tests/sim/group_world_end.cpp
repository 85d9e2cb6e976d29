// The end of a run: everything heals, and the world must come to rest (invariant 9) with nothing lost (invariant 6).
#include <algorithm>
#include <utility>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/group_world.hpp"

namespace gavel::sim {

void GroupWorld::heal(std::vector<Index> core) {
  narrator.say(core.empty() ? "the faults end" : "the faults end, but for some links");
  healed_ = true;
  core_ = std::move(core);
  const auto paths = network.weather;
  network.weather = Weather{};
  network.weather.least = paths.least;
  network.weather.most = paths.most;
  for (auto& node : nodes) {
    node.paused_until = std::min(node.paused_until, timeline.now());
    node.slow_until = kLongAgo;
    if (!node.exists || node.gone) continue;
    if (node.disk_failed) crash(node);
    if (node.draining) drain(node, false);
    restart(node);
  }
  want(goal_);
  if (clients) clients->heal(plan.mode == Mode::quiet);
}

Uid GroupWorld::highest() const {
  const auto standing = [this](Uid uid) { return std::pair(nodes[uid.value - 1].rank, uid); };
  return *std::max_element(goal_.voters.begin(), goal_.voters.end(),
                           [&](Uid a, Uid b) { return standing(a) < standing(b); });
}

std::string GroupWorld::missing() {
  if (clients && !clients->done()) return clients->pending();
  const auto* first = leader();
  if (first == nullptr) return "nobody leads";
  if (!core_.empty()) {
    Slot most;
    for (const auto i : core_) most = std::max(most, nodes[i].replica->commit());
    for (const auto i : core_)
      if (nodes[i].replica->commit() < most) return show(nodes[i].uid) + ", of the connected majority, lags";
    return {};
  }
  const auto& replica = *first->replica;
  if (replica.config() != goal_) return "the configuration is " + order::print(replica.config());
  if (first->uid != highest() && !replica.appointed())
    return show(first->uid) + " leads, and not " + show(highest()) + ", whose rank and uid are the highest";
  if (replica.commit() != replica.last()) return "the leader has uncommitted entries";
  for (const auto& node : nodes) {
    if (!node.up) continue;
    if (auto what = member_missing(node, *first); !what.empty()) return what;
  }
  return {};
}

std::string GroupWorld::member_missing(const SimNode& node, const SimNode& first) const {
  if (!node.observer && !node.keeps_replica && !goal_.is_member(node.uid)) return {};  // removed, and not told yet
  if (node.replica->commit() != first.replica->commit())
    return show(node.uid) + " has committed up to " + order::print(node.replica->commit()) + ", the leader up to " +
           order::print(first.replica->commit());
  if (!node.observer && node.replica->promised() != first.replica->promised())
    return show(node.uid) + " follows " + show(node.replica->promised()) + ", not the leader's";
  if (!node.submitted.empty()) return show(node.uid) + " owes answers";
  return {};
}

void GroupWorld::tidy() {
  const auto* first = leader();
  if (first == nullptr || first->replica->config() != goal_ || first->replica->commit() != first->replica->last())
    return;
  for (auto& node : nodes) retire(node);
}

void GroupWorld::check_end() {
  for (const auto& node : nodes)
    if (node.up && (core_.empty() ? !node.observer : std::count(core_.begin(), core_.end(), node.index) > 0))
      checks.durability.ends_with(node.uid, node.replica->commit());
}

}  // namespace gavel::sim
