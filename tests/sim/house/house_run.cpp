#include "tests/sim/house/house_run.hpp"

#include <algorithm>
#include <utility>

#include "tests/sim/checkers/liveness.hpp"
#include "tests/sim/house/house_aims.hpp"
#include "tests/sim/house/house_faults.hpp"
#include "tests/sim/house/house_users.hpp"
#include "tests/sim/run_frame.hpp"

namespace gavel::sim {
namespace {
constexpr Duration kFoundingBound = 20s;
constexpr Duration kLivenessBound = 30s;
/// Longer than any lease, and than a new leader's patience with those who are silent.
constexpr Duration kSilence = 130s;
constexpr std::uint64_t kMostSteps = 4'000'000;

/// The first node founds the house, the others join it and become voters of the directory.
void found(HouseWorld& world, std::size_t founders) {
  world.start(world.nodes[0], true);
  world.run_until(TimePoint(100ms));
  for (Index i = 1; i < founders; ++i) world.start(world.nodes[i]);
  const auto joined = [&] {
    return std::all_of(world.nodes.begin(), world.nodes.begin() + static_cast<std::ptrdiff_t>(founders),
                       [&](const HouseNode& n) {
                         const auto* replica = n.node->replica(kDirectoryGroup);
                         return replica != nullptr && replica->config().voters.size() == founders;
                       });
  };
  while (!joined()) {
    world.run_until(world.timeline.now() + 20ms);
    if (world.timeline.now() > TimePoint(kFoundingBound))
      throw Violation(Invariant::liveness, "the nodes do not come together");
  }
}

template <class Missing>
void come_to_rest(HouseWorld& world, Liveness& liveness, const Missing& missing) {
  while (!liveness.look(world.timeline.now(), missing())) {
    world.run_until(world.timeline.now() + 100ms);
    if (world.timeline.steps() > kMostSteps) throw Violation(Invariant::liveness, "the run does not come to an end");
  }
}

void count(Statistics& statistics, const RoomChecks& room) {
  statistics.lines += room.last();
  for (const auto& [number, line] : room.lines()) statistics.lapses += line.kind == chat::LineKind::lapsed ? 1 : 0;
}

void play(HouseWorld& world, const RunOptions& options, Statistics& statistics) {
  HouseOperator wishes(world, world.random.fork());
  HouseUsers users(world, wishes, world.random.fork());
  HouseFaults faults(world, wishes, options.faults);
  HouseAims aims(world, options.faults);
  found(world, world.plan.founders);
  users.begin();
  const auto length = world.plan.faults_for;
  faults.begin(length);
  world.run_until(world.timeline.now() + length);
  world.heal();
  users.heal();
  wishes.heal();
  Liveness liveness(kLivenessBound, 500ms);
  liveness.healed(world.timeline.now());
  const auto missing = [&] {
    for (const auto& what : {world.missing(), users.missing(), wishes.missing()})
      if (!what.empty()) return what;
    return std::string();
  };
  come_to_rest(world, liveness, missing);
  // Those who have said nothing for long are to be gone then, and all who watch are to know.
  world.set_clocks_ahead(kSilence);
  Liveness after(kLivenessBound, 200ms);
  after.healed(world.timeline.now());
  come_to_rest(world, after, missing);
  const auto& directory = world.checks.directory;
  statistics.auctions += directory.newest().auctions.size();
  statistics.seats_moved += directory.seats_moved();
  for (const auto& node : world.nodes) statistics.archives += node.disk->archives().size();
  for (const auto& [id, auction] : directory.newest().auctions)
    if (world.is_orphan(auction)) {
      statistics.orphans += world.is_retired(auction) ? 0 : 1;
      world.checks.group_lost(auction.group);
    }
  for (const auto& [name, standing] : directory.newest().standing) {
    ++statistics.standing;
    if (!world.is_orphan(standing)) continue;
    ++statistics.orphans;
    world.checks.group_lost(standing.group);
  }
  for (const auto i : world.running()) world.checks.ends_with(*world.nodes[i].node);
  world.checks.end();
  for (const auto& [place, room] : world.checks.rooms()) count(statistics, room);
  const auto took = static_cast<std::uint64_t>(liveness.settled_after().count());
  statistics.settle_us += took;
  statistics.settle_max_us = std::max(statistics.settle_max_us, took);
}
}  // namespace

Outcome run_house(const RunOptions& options, Statistics& statistics, Narrator::Line line) {
  Random random(options.seed * 0x9e3779b97f4a7c15ULL + 54321);
  const auto plan = plan_of(options, random);
  const auto house = house_plan_of(plan, random);
  HouseWorld world(plan, house, random.fork(), std::move(line), statistics);
  auto out = played(options.seed, world, [&] { play(world, options, statistics); });
  statistics.commits += world.checks.decided_slots();
  return out;
}

Outcome run_seed(const RunOptions& options, Statistics& statistics, Narrator::Line line) {
  return is_house(options.mode.value_or(mode_of(options.seed))) ? run_house(options, statistics, std::move(line))
                                                                : run_group(options, statistics, std::move(line));
}

}  // namespace gavel::sim
