// Where only groups are simulated (the mutants' core has no house around it), every seed is a group's.
#include <utility>

#include "tests/sim/run.hpp"

namespace gavel::sim {

Outcome run_seed(const RunOptions& options, Statistics& statistics, Narrator::Line line) {
  return run_group(options, statistics, std::move(line));
}

}  // namespace gavel::sim
