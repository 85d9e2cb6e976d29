#include "tests/sim/run.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "tests/sim/aimed_faults.hpp"
#include "tests/sim/fault_injector.hpp"
#include "tests/sim/group_world.hpp"
#include "tests/sim/run_frame.hpp"

namespace gavel::sim {
namespace {
/// From the end of the faults to rest, at most; and the most events that a run may take.
constexpr Duration kLivenessBound = 15s;
constexpr std::uint64_t kMostSteps = 2'000'000;

std::vector<Index> drawn_nodes(Random& random, std::size_t count) {
  std::vector<Index> all(kMaxNodes);
  for (Index i = 0; i < all.size(); ++i) all[i] = i;
  for (std::size_t i = 0; i < count; ++i)
    std::swap(all[i], all[static_cast<std::size_t>(random.between(static_cast<std::int64_t>(i), kMaxNodes - 1))]);
  all.resize(count);
  return all;
}

/// Leaves some links cut for ever, outside a majority that is fully connected.
std::vector<Index> cut_for_ever(GroupWorld& world) {
  auto voters = world.goal().voters;
  for (std::size_t i = voters.size() - 1; i > 0; --i)
    std::swap(voters[i], voters[static_cast<std::size_t>(world.random.between(0, static_cast<std::int64_t>(i)))]);
  std::vector<Index> core;
  for (std::size_t i = 0; i < voters.size() / 2 + 1; ++i) core.push_back(voters[i].value - 1);
  const double share = world.random.chance(0.5) ? 0.5 : 0.8;
  const auto in_core = [&core](Index i) { return std::count(core.begin(), core.end(), i) > 0; };
  for (const auto from : voters)
    for (const auto to : voters) {
      const Index a = from.value - 1;
      const Index b = to.value - 1;
      if (a == b || (in_core(a) && in_core(b)) || !world.random.chance(share)) continue;
      world.network.cut(a, b);
      world.narrator.say("for ever cut: " + show(from) + " -> " + show(to));
    }
  world.statistics.count(Fault::partial);
  return core;
}

void heal(GroupWorld& world, const FaultSet& faults) {
  world.network.clear_links();
  std::vector<Index> core;
  if (world.plan.mode == Mode::partial && faults.test(static_cast<std::size_t>(Fault::partial)))
    core = cut_for_ever(world);
  world.heal(std::move(core));
}

void live(GroupWorld& world, Statistics& statistics) {
  const bool partial = world.plan.mode == Mode::partial;
  Liveness liveness(kLivenessBound, partial ? 1500ms : 600ms);
  liveness.healed(world.timeline.now());
  while (!liveness.look(world.timeline.now(), world.missing())) {
    world.tidy();
    world.run_until(world.timeline.now() + 50ms);
    if (world.timeline.steps() > kMostSteps) throw Violation(Invariant::liveness, "the run does not come to an end");
  }
  world.check_end();
  const auto took = static_cast<std::uint64_t>(liveness.settled_after().count());
  statistics.settle_us += took;
  statistics.settle_max_us = std::max(statistics.settle_max_us, took);
}

void play(GroupWorld& world, const RunOptions& options, Statistics& statistics) {
  AimedFaults aimed(world);
  FaultInjector injector(world, options.faults);
  world.found(drawn_nodes(world.random, world.plan.founders));
  aimed.start();
  if (!world.plan.scripted()) injector.start();
  world.start_clients();
  world.run_until(TimePoint(world.plan.faults_for));
  heal(world, options.faults);
  live(world, statistics);
}
}  // namespace

// An assertion that fails in the core ends the run like any other violation; "I3: ..." is one of invariant 3.
void assertion_failed(const std::string& what) {
  const auto number = what.starts_with("I") ? std::atoi(what.c_str() + 1) : 0;
  const bool named = number >= 1 && number <= 10;
  throw Violation(named ? static_cast<Invariant>(number) : Invariant::contract, "an assertion failed: " + what);
}

Outcome run_group(const RunOptions& options, Statistics& statistics, Narrator::Line line) {
  Random random(options.seed * 0x9e3779b97f4a7c15ULL + 12345);
  const auto plan = plan_of(options, random);
  GroupWorld world(options, plan, random.fork(), std::move(line), statistics);
  return played(options.seed, world, [&] { play(world, options, statistics); });
}

std::string replay_command(const RunOptions& options) {
  const auto seed = std::to_string(options.seed);
  std::string out = "gavel-sim --seeds " + seed + ".." + seed;
  if (options.mode) out += std::string(" --mode ") + name_of(*options.mode);
  if (options.nodes) out += " --nodes " + std::to_string(*options.nodes);
  if (!options.faults.all()) {
    std::string names;
    for (std::size_t i = 0; i < kFaults; ++i)
      if (options.faults.test(i)) names += (names.empty() ? "" : ",") + std::string(name_of(static_cast<Fault>(i)));
    out += " --faults " + (names.empty() ? "none" : names);
  }
  return out + " --narrate";
}

}  // namespace gavel::sim
