#include "tests/sim/house/house_faults.hpp"

#include <algorithm>
#include <utility>

#include "node/services/directory.hpp"

namespace gavel::sim {

HouseFaults::HouseFaults(HouseWorld& world, HouseOperator& wishes, const FaultSet& allowed)
    : world_(world), operator_(wishes), allowed_(allowed) {}

void HouseFaults::begin(Duration duration) {
  std::int64_t all = 0;
  for (const auto& [fault, share] : world_.house.faults) all += share;
  const auto end = world_.timeline.now() + duration;
  for (auto at = world_.timeline.now(); at < end; at += world_.random.between(Duration(1ms), 2 * world_.plan.gap))
    world_.timeline.at(at, [this, all] {
      if (world_.healed()) return;
      auto drawn = world_.random.between(1, all);
      for (const auto& [fault, share] : world_.house.faults) {
        drawn -= share;
        if (drawn <= 0) return allows(fault) ? inject(fault) : void();
      }
    });
}

void HouseFaults::later(Duration least, Duration most, std::function<void()> action) {
  world_.timeline.after(world_.random.between(least, most), [this, action = std::move(action)] {
    if (!world_.healed()) action();
  });
}

void HouseFaults::restart_later(HouseNode& node, Duration most) {
  world_.timeline.after(world_.random.between(Duration(1ms), most), [this, &node] { world_.start(node); });
}

HouseNode& HouseFaults::someone() {
  const auto running = world_.running();
  if (running.empty()) return world_.nodes[0];
  return world_.nodes[running[static_cast<std::size_t>(
      world_.random.between(0, static_cast<std::int64_t>(running.size()) - 1))]];
}

void HouseFaults::inject(Fault fault) {
  auto& node = someone();
  if (fault == Fault::partition || fault == Fault::cut) world_.network.clear_links();
  switch (fault) {
    case Fault::crash:
      return kill(node);
    case Fault::power:
      return kill_all();
    case Fault::death:
      return kill_for_good(node);
    case Fault::partition:
      return chance(0.4) ? void() : split();
    case Fault::cut:
      return chance(0.4) ? void() : cut();
    case Fault::pause:
      world_.statistics.count(fault);
      return world_.pause(node, world_.random.between(Duration(5ms), Duration(800ms)));
    case Fault::loss:
      return change_weather();
    case Fault::slow_disk:
      world_.statistics.count(fault);
      node.slow_until = world_.timeline.now() + world_.random.between(Duration(20ms), Duration(400ms));
      return;
    case Fault::full_disk:
      return fill_disk(node);
    case Fault::lost_disk:
      return lose_disk(node);
    case Fault::clock:
      world_.statistics.count(fault);
      // All at once, as after a night's sleep: leases and auctions are over that were not.
      if (chance(0.15)) return world_.set_clocks_ahead(world_.random.between(Duration(1s), Duration(100s)));
      node.skew += world_.random.between(Duration(-500ms), Duration(500ms));
      return;
    case Fault::join:
      return join();
    case Fault::shutdown:
      return world_.shut_down(node);
    case Fault::rolling:
      if (rolling_) return;
      world_.statistics.count(fault);
      world_.narrator.say("all nodes are restarted, one after the other");
      return roll(0);
    case Fault::drain:
      return operator_.drain_somebody();
    case Fault::remove:
      return operator_.remove_somebody();
    case Fault::transfer:
      return operator_.transfer_something();
    default:
      return;
  }
}

void HouseFaults::kill(HouseNode& node) {
  if (!node.node) return;
  world_.crash(node);
  restart_later(node, chance(0.5) ? Duration(60ms) : world_.house.longest_death);
}

void HouseFaults::kill_all() {
  world_.statistics.count(Fault::power);
  world_.narrator.say("power failure");
  for (const auto i : world_.running()) kill(world_.nodes[i]);
}

/// The directory must survive it, and every auction and standing service too, but for those runs in which some need
/// not.
bool HouseFaults::may_be_lost(const HouseNode& node) {
  if (!node.node || world_.running().size() < 3 || !world_.directory_survives_without(node)) return false;
  const auto& state = world_.checks.directory.newest();
  const auto& auctions = state.auctions;
  bool orphans = std::any_of(auctions.begin(), auctions.end(), [&](const auto& entry) {
    return !entry.second.outcome && !world_.is_orphan(entry.second) && world_.is_orphan(entry.second, node.uid);
  });
  const auto& standing = state.standing;
  orphans = orphans || std::any_of(standing.begin(), standing.end(), [&](const auto& entry) {
              return !world_.is_orphan(entry.second) && world_.is_orphan(entry.second, node.uid);
            });
  return !orphans || chance(world_.house.orphaning);
}

void HouseFaults::kill_for_good(HouseNode& node) {
  if (may_be_lost(node)) world_.die(node);
}

void HouseFaults::lose_disk(HouseNode& node) {
  if (!may_be_lost(node)) return;
  world_.lose_disk(node, chance(0.5));
  restart_later(node, 300ms);
}

void HouseFaults::split() {
  auto& node = someone();
  world_.statistics.count(Fault::partition);
  std::vector<bool> side(kHouseNodes);
  if (chance(0.5))
    side[node.index] = true;
  else
    for (Index i = 0; i < side.size(); ++i) side[i] = chance(0.5);
  world_.network.split(side);
  world_.narrator.say("the network splits, " + show(node.uid) + " on one side");
  if (chance(0.8)) later(10ms, 900ms, [this] { world_.network.clear_links(); });
}

void HouseFaults::cut() {
  auto& node = someone();
  world_.statistics.count(Fault::cut);
  const bool deaf = chance(0.5);
  for (Index other = 0; other < kHouseNodes; ++other)
    if (other != node.index) world_.network.cut(deaf ? other : node.index, deaf ? node.index : other);
  world_.narrator.say(node.uid, deaf ? "hears nobody" : "is heard by nobody");
  if (chance(0.8)) later(10ms, 900ms, [this] { world_.network.clear_links(); });
}

void HouseFaults::change_weather() {
  auto& weather = world_.network.weather;
  const auto percent = [this](std::int64_t most) {
    return chance(0.5) ? 0 : static_cast<double>(world_.random.between(1, most)) / 100.0;
  };
  if (allows(Fault::loss)) weather.loss = percent(15);
  if (allows(Fault::duplicate)) weather.duplicate = percent(20);
  if (allows(Fault::reorder)) weather.tail = percent(30);
}

void HouseFaults::fill_disk(HouseNode& node) {
  world_.fail_disk(node);
  later(20ms, 300ms, [this, &node] {
    if (node.failed) kill(node);
  });
}

void HouseFaults::join() {
  for (auto& node : world_.nodes) {
    if (node.starts > 0) continue;
    world_.statistics.count(Fault::join);
    return world_.start(node);
  }
}

/// One after the other: each is told to end, comes back, and follows the directory's leader before the next one's turn.
void HouseFaults::roll(Index next) {
  rolling_ = next < kHouseNodes;
  if (!rolling_) return;
  auto& node = world_.nodes[next];
  if (!all_settled()) return later(20ms, 20ms, [this, next] { roll(next); });
  if (!node.node) return roll(next + 1);
  world_.shut_down(node);
  const auto starts = node.starts;
  wait_for_return(node, starts);
}

void HouseFaults::wait_for_return(HouseNode& node, std::uint64_t starts) {
  later(20ms, 20ms, [this, &node, starts] {
    if (node.starts > starts || node.gone)
      roll(node.index + 1);
    else
      wait_for_return(node, starts);
  });
}

bool HouseFaults::all_settled() const {
  return std::all_of(world_.nodes.begin(), world_.nodes.end(), [&](const HouseNode& node) {
    if (node.starts == 0 || node.gone) return true;
    const auto* replica = node.node ? node.node->replica(kDirectoryGroup) : nullptr;
    if (replica == nullptr || !replica->leader(world_.timeline.now())) return false;
    const auto* directory = node.node->directory();
    const auto listed = directory->nodes().find(node.uid);
    return listed != directory->nodes().end() && listed->second.incarnation == node.life();
  });
}

}  // namespace gavel::sim
