// The goals of closed and open loads of bids: cost at full load, the tail at half, more auctions, more nodes.
#pragma once

#include "tools/bench/goals/goals.hpp"

namespace gavel::bench {

/// Appends them. `three`, `five`: clusters of so many nodes.
void measure_loads(std::vector<Goal>& goals, const GoalsOptions& options, const TargetOptions& three,
                   const TargetOptions& five, const std::function<void(const std::string&)>& say);

}  // namespace gavel::bench
