#include "tests/sim/house/house_faults.hpp"

#include <algorithm>
#include <utility>

#include "node/services/directory.hpp"

namespace gavel::sim {

void HouseFaults::begin(Duration duration) {
  const auto end = world_.timeline.now() + duration;
  for (auto at = world_.timeline.now(); at < end; at += world_.random.between(Duration(1ms), 2 * world_.plan.gap))
    world_.timeline.at(at, [this] {
      if (!world_.healed()) inject();
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

void HouseFaults::inject() {
  auto& node = someone();
  const auto drawn = world_.random.between(0, 99);
  if (drawn < 25) {
    if (allows(Fault::crash)) kill(node);
  } else if (drawn < 29) {
    if (allows(Fault::power)) kill_all();
  } else if (drawn < 55) {
    change_links();
  } else if (drawn < 65) {
    if (!allows(Fault::pause)) return;
    world_.statistics.count(Fault::pause);
    world_.pause(node, world_.random.between(Duration(5ms), Duration(800ms)));
  } else if (drawn < 73) {
    change_weather();
  } else if (drawn < 80) {
    if (allows(Fault::slow_disk)) hurt_disk(node);
  } else if (drawn < 84) {
    if (!allows(Fault::full_disk)) return;
    world_.fail_disk(node);
    later(20ms, 300ms, [this, &node] {
      if (node.failed) kill(node);
    });
  } else if (drawn < 88) {
    if (allows(Fault::clock))
      world_.statistics.count(Fault::clock), node.skew += world_.random.between(Duration(-500ms), Duration(500ms));
  } else if (drawn < 92) {
    if (allows(Fault::drain)) world_.drain(node);
  } else if (drawn < 95) {
    if (allows(Fault::lost_disk)) lose_disk(node);
  } else if (allows(Fault::join)) {
    join();
  }
}

void HouseFaults::kill(HouseNode& node) {
  if (!node.node) return;
  world_.crash(node);
  restart_later(node, chance(0.5) ? Duration(60ms) : Duration(900ms));
}

void HouseFaults::kill_all() {
  world_.statistics.count(Fault::power);
  world_.narrator.say("power failure");
  for (const auto i : world_.running()) kill(world_.nodes[i]);
}

void HouseFaults::change_links() {
  auto& network = world_.network;
  network.clear_links();
  if (chance(0.45)) return;
  auto& node = someone();
  if (allows(Fault::partition) && chance(0.6)) {
    world_.statistics.count(Fault::partition);
    std::vector<bool> side(kHouseNodes);
    if (chance(0.5))
      side[node.index] = true;
    else
      for (Index i = 0; i < side.size(); ++i) side[i] = chance(0.5);
    network.split(side);
    world_.narrator.say("the network splits, " + show(node.uid) + " on one side");
  } else if (allows(Fault::cut)) {
    world_.statistics.count(Fault::cut);
    const bool deaf = chance(0.5);
    for (Index other = 0; other < kHouseNodes; ++other)
      if (other != node.index) network.cut(deaf ? other : node.index, deaf ? node.index : other);
    world_.narrator.say(node.uid, deaf ? "hears nobody" : "is heard by nobody");
  }
  if (chance(0.7)) later(10ms, 900ms, [this] { world_.network.clear_links(); });
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

void HouseFaults::hurt_disk(HouseNode& node) {
  world_.statistics.count(Fault::slow_disk);
  node.slow_until = world_.timeline.now() + world_.random.between(Duration(20ms), Duration(400ms));
}

void HouseFaults::lose_disk(HouseNode& node) {
  // One in a run, and only where every group keeps a majority without it.
  for (const auto i : world_.running())
    if (const auto* directory = world_.nodes[i].node->directory())
      for (const auto& [id, auction] : directory->auctions())
        if (auction.members.size() < 3) return;
  const bool lost =
      std::any_of(world_.nodes.begin(), world_.nodes.end(), [](const HouseNode& n) { return !n.retired.empty(); });
  if (lost || world_.running().size() < 4) return;
  world_.lose_disk(node);
  restart_later(node, 300ms);
}

void HouseFaults::join() {
  for (auto& node : world_.nodes) {
    if (node.starts > 0) continue;
    world_.statistics.count(Fault::join);
    return world_.start(node);
  }
}

}  // namespace gavel::sim
