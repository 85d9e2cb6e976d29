// One run: one seed, one history, from founding the group through the faults to rest.
#pragma once

#include <string>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/narrator.hpp"
#include "tests/sim/plan.hpp"
#include "tests/sim/statistics.hpp"

namespace gavel::sim {

struct Outcome {
  bool passed = true;
  std::uint64_t seed = 0;
  Mode mode = Mode::mixed;
  Invariant invariant = Invariant::contract;  ///< the first that was violated
  std::string what;                           ///< in words; empty when it passed
  TimePoint at;                               ///< virtual time of the violation, or of the end
};

/// Makes the run of one group. `line` takes its narration.
Outcome run_group(const RunOptions& options, Statistics& statistics, Narrator::Line line = {});

/// Makes the run of this seed, of a group or of a house, as its mode says.
Outcome run_seed(const RunOptions& options, Statistics& statistics, Narrator::Line line = {});

/// What a failing assertion of the core is told to while a run lasts (common/base/check.hpp).
[[noreturn]] void assertion_failed(const std::string& what);

/// The command that shows this run again, with its narration.
std::string replay_command(const RunOptions& options);

}  // namespace gavel::sim
