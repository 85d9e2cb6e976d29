#include "tests/sim/fault_injector.hpp"

#include <algorithm>
#include <utility>

namespace gavel::sim {

void kill_for(GroupWorld& world, SimNode& node, Duration time) {
  if (!node.up) return;
  world.crash(node);
  if (world.random.chance(0.5))
    for (auto& other : world.nodes)
      if (other.up && other.index != node.index && world.random.chance(0.8)) {
        world.statistics.count(Fault::hint);
        world.timeline.after(world.random.between(Duration(1ms), Duration(10ms)),
                             [&world, &other, lost = node.uid] { world.hint(other, lost); });
      }
  world.timeline.after(time, [&world, &node] { world.restart(node); });
}

FaultInjector::FaultInjector(GroupWorld& world, const FaultSet& allowed) : world_(world), allowed_(allowed) {}

void FaultInjector::start() {
  const auto end = TimePoint(world_.plan.faults_for);
  auto at = TimePoint(world_.random.between(Duration(0), Duration(300ms)));
  for (; at < end; at += world_.random.between(Duration(1ms), 2 * world_.plan.gap))
    world_.timeline.at(at, [this] {
      if (!world_.healed()) inject();
    });
}

std::size_t FaultInjector::below(std::size_t bound) {
  return static_cast<std::size_t>(world_.random.between(0, static_cast<std::int64_t>(bound) - 1));
}

SimNode& FaultInjector::someone() {
  auto* leader = world_.leader();
  if (leader != nullptr && chance(0.4)) return *leader;
  const auto living = world_.living();
  return world_.nodes[living[below(living.size())]];
}

void FaultInjector::later(Duration least, Duration most, std::function<void()> action) {
  world_.timeline.after(world_.random.between(least, most), [this, action = std::move(action)] {
    if (!world_.healed()) action();
  });
}

void FaultInjector::inject() {
  const bool membership = world_.plan.mode == Mode::member;
  const bool damage = world_.plan.mode == Mode::damage || world_.plan.mode == Mode::mixed;
  struct Choice {
    int weight;
    bool possible;
    void (FaultInjector::*what)();
  };
  const Choice choices[] = {{22, allows(Fault::crash), &FaultInjector::kill_one},
                            {5, allows(Fault::power), &FaultInjector::kill_all},
                            {22, true, &FaultInjector::change_links},
                            {6, allows(Fault::clog) || allows(Fault::drop), &FaultInjector::hold_back},
                            {8, allows(Fault::pause), &FaultInjector::stop},
                            {7, true, &FaultInjector::change_weather},
                            {3, allows(Fault::clock), &FaultInjector::turn_clock},
                            {5, allows(Fault::slow_disk), &FaultInjector::hurt_disk},
                            {2, allows(Fault::full_disk), &FaultInjector::fill_disk},
                            {world_.plan.mode == Mode::damage ? 15 : 3,
                             allows(Fault::lost_disk) && (damage || membership), &FaultInjector::lose_disk},
                            {4, allows(Fault::drain), &FaultInjector::drain},
                            {4, allows(Fault::rank), &FaultInjector::change_rank},
                            {4, allows(Fault::transfer), &FaultInjector::transfer},
                            {3, allows(Fault::mute), &FaultInjector::mute},
                            {4, allows(Fault::observer), &FaultInjector::observe},
                            {2, allows(Fault::hint), &FaultInjector::mislead},
                            {membership ? 12 : 5, world_.plan.mode != Mode::partial, &FaultInjector::change_goal}};
  int sum = 0;
  for (const auto& choice : choices) sum += choice.possible ? choice.weight : 0;
  auto drawn = static_cast<int>(world_.random.between(0, sum - 1));
  for (const auto& choice : choices) {
    if (!choice.possible) continue;
    if (drawn < choice.weight) return (this->*choice.what)();
    drawn -= choice.weight;
  }
}

void FaultInjector::kill_one() {
  const bool shortly = chance(0.5);
  kill_for(world_, someone(),
           shortly ? world_.random.between(Duration(1ms), Duration(40ms))
                   : world_.random.between(Duration(40ms), Duration(700ms)));
}

void FaultInjector::kill_all() {
  world_.statistics.count(Fault::power);
  world_.narrator.say("power failure");
  for (const auto i : world_.living()) {
    world_.crash(world_.nodes[i]);
    world_.timeline.after(world_.random.between(Duration(1ms), Duration(300ms)),
                          [this, i] { world_.restart(world_.nodes[i]); });
  }
}

void FaultInjector::change_links() {
  world_.network.clear_links();
  if (chance(0.45)) return;
  std::vector<void (FaultInjector::*)()> kinds;
  if (allows(Fault::partition)) kinds = {&FaultInjector::isolate, &FaultInjector::split};
  if (allows(Fault::cut)) kinds.insert(kinds.end(), {&FaultInjector::cut_one_way, &FaultInjector::cut_at_random});
  if (kinds.empty()) return;
  (this->*kinds[below(kinds.size())])();
  if (chance(0.7))
    later(10ms, 700ms, [this] {
      world_.network.clear_links();
      world_.narrator.say("the links heal");
    });
}

void FaultInjector::isolate() {
  world_.statistics.count(Fault::partition);
  auto& node = someone();
  world_.network.isolate(node.index);
  world_.narrator.say(node.uid, "is cut off");
}

void FaultInjector::split() {
  world_.statistics.count(Fault::partition);
  std::vector<bool> side(kMaxNodes);
  std::string names;
  for (Index i = 0; i < side.size(); ++i)
    if ((side[i] = chance(0.5)) && world_.nodes[i].exists) names += " " + show(world_.nodes[i].uid);
  world_.network.split(side);
  world_.narrator.say("the network splits:" + names + " on one side");
}

void FaultInjector::cut_one_way() {
  world_.statistics.count(Fault::cut);
  auto& node = someone();
  const bool deaf = chance(0.5);
  for (Index other = 0; other < kMaxNodes; ++other)
    if (other != node.index) world_.network.cut(deaf ? other : node.index, deaf ? node.index : other);
  world_.narrator.say(node.uid, deaf ? "hears nobody" : "is heard by nobody");
}

void FaultInjector::cut_at_random() {
  world_.statistics.count(Fault::cut);
  const double share = chance(0.5) ? 0.1 : 0.5;
  for (Index a = 0; a < kMaxNodes; ++a)
    for (Index b = 0; b < kMaxNodes; ++b)
      if (a != b && chance(share)) {
        world_.network.cut(a, b);
        if (world_.narrator && world_.nodes[a].exists && world_.nodes[b].exists)
          world_.narrator.say("cut " + show(world_.nodes[a].uid) + " -> " + show(world_.nodes[b].uid));
      }
}

void FaultInjector::hold_back() {
  auto& node = someone();
  const bool dropping = allows(Fault::drop) && (!allows(Fault::clog) || chance(0.5));
  if (!dropping) world_.statistics.count(Fault::clog);
  const auto until = world_.timeline.now() + world_.random.between(Duration(5ms), Duration(300ms));
  for (Index other = 0; other < kMaxNodes; ++other) {
    if (other == node.index || chance(0.5)) continue;
    if (dropping)
      world_.network.drop(node.index, other, until);
    else
      world_.network.clog(node.index, other, until);
  }
  world_.narrator.say(node.uid, dropping ? "loses a burst of what it publishes" : "is held back by the network");
}

void FaultInjector::change_weather() {
  auto& weather = world_.network.weather;
  const auto percent = [this](std::int64_t most) {
    return chance(0.5) ? 0 : static_cast<double>(world_.random.between(1, most)) / 100.0;
  };
  if (allows(Fault::loss)) weather.loss = percent(30);
  if (allows(Fault::duplicate)) weather.duplicate = percent(20);
  if (allows(Fault::reorder)) weather.tail = percent(30);
}

void FaultInjector::stop() {
  world_.statistics.count(Fault::pause);
  const bool shortly = chance(0.7);
  world_.pause(someone(), shortly ? world_.random.between(Duration(5ms), Duration(400ms))
                                  : world_.random.between(Duration(400ms), Duration(1500ms)));
}

void FaultInjector::turn_clock() {
  world_.statistics.count(Fault::clock);
  auto& node = someone();
  node.skew += world_.random.between(Duration(-2s), Duration(2s));
  world_.narrator.say(node.uid, "has its wall clock turned by " + std::to_string(node.skew.count() / 1000) + " ms");
}

void FaultInjector::hurt_disk() {
  world_.statistics.count(Fault::slow_disk);
  auto& node = someone();
  node.slow_until = world_.timeline.now() + world_.random.between(Duration(20ms), Duration(400ms));
  world_.narrator.say(node.uid, "has a slow disk");
}

void FaultInjector::fill_disk() {
  auto& node = someone();
  if (!node.up || node.disk_failed || node.observer) return;
  world_.statistics.count(Fault::full_disk);
  world_.fail_disk(node);
  later(50ms, 800ms, [this, &node] {
    if (node.disk_failed) kill_for(world_, node, world_.random.between(Duration(1ms), Duration(200ms)));
  });
}

void FaultInjector::drain() {
  auto& node = someone();
  world_.statistics.count(Fault::drain);
  world_.narrator.say(node.uid, "is to be drained");
  world_.drain(node, true);
  later(100ms, 800ms, [this, &node] { world_.drain(node, false); });
}

void FaultInjector::change_rank() {
  auto& node = someone();
  const auto rank = static_cast<std::uint32_t>(below(3));
  if (rank == node.rank) return;
  world_.statistics.count(Fault::rank);
  world_.narrator.say(node.uid, "has rank " + std::to_string(rank) + " from now on");
  world_.set_rank(node, rank);
}

void FaultInjector::transfer() {
  const auto& node = someone();
  world_.statistics.count(Fault::transfer);
  world_.narrator.say("the operator wants " + show(node.uid) + " to lead");
  world_.transfer(node.uid);
}

void FaultInjector::mute() {
  auto& node = someone();
  world_.statistics.count(Fault::mute);
  world_.narrator.say(node.uid, "orders, and nobody hears it");
  world_.network.mute(node.index, Path::order,
                      world_.timeline.now() + world_.random.between(Duration(100ms), Duration(1500ms)));
}

void FaultInjector::observe() {
  for (const auto i : world_.living()) {
    auto& node = world_.nodes[i];
    if (!node.observer || chance(0.5)) continue;
    return kill_for(world_, node, world_.random.between(Duration(1ms), Duration(500ms)));
  }
  auto* node = world_.fresh();
  std::size_t left = 0;
  for (const auto& other : world_.nodes) left += !other.exists;
  if (node == nullptr || left < 4) return;
  world_.statistics.count(Fault::observer);
  world_.join(*node, true);
}

void FaultInjector::mislead() {
  auto& node = someone();
  auto& other = someone();
  if (node.index == other.index || !node.up) return;
  world_.statistics.count(Fault::hint);
  world_.narrator.say(node.uid, "is told that " + show(other.uid) + " is lost");
  world_.hint(node, other.uid);
}

}  // namespace gavel::sim
