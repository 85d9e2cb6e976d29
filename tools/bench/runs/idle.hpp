// What nodes use that have nothing to do.
#pragma once

#include <vector>

#include "tools/bench/cluster/target.hpp"

namespace gavel::bench {

struct IdleNode {
  double cpu_percent = 0;  ///< of one core
  double rss_mb = 0;
};

/// Of each node whose process is known, after `settle`. Throws Failure{interrupted} on Ctrl-C.
std::vector<IdleNode> measure_idle(Target& target, Duration settle, Duration length);

}  // namespace gavel::bench
