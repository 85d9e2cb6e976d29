// What every run has in common, of a group or of a house: whatever ends it, a violation or an assertion, is told in one
// way, and counts in the statistics.
#pragma once

#include "common/base/check.hpp"
#include "tests/sim/run.hpp"

namespace gavel::sim {

/// Plays in the world to the end of the run. `play()` throws what is violated.
template <class World, class Play>
Outcome played(std::uint64_t seed, World& world, Play&& play) {
  Outcome out;
  out.seed = seed;
  out.mode = world.plan.mode;
  set_check_witness(assertion_failed);
  try {
    play();
  } catch (const Violation& violation) {
    out.passed = false;
    out.invariant = violation.invariant;
    out.what = describe(violation);
    world.narrator.say("VIOLATION " + out.what);
  }
  set_check_witness(nullptr);
  out.at = world.timeline.now();
  ++world.statistics.runs;
  world.statistics.steps += world.timeline.steps();
  world.statistics.simulated_us += static_cast<std::uint64_t>(out.at.time_since_epoch().count());
  return out;
}

}  // namespace gavel::sim
