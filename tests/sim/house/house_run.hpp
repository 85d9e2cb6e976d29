// One run of a whole house, from its founding through the faults to rest.
#pragma once

#include "tests/sim/run.hpp"

namespace gavel::sim {

Outcome run_house(const RunOptions& options, Statistics& statistics, Narrator::Line line = {});

}  // namespace gavel::sim
