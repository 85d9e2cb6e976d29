// A load, and what the processes behind it used meanwhile.
#pragma once

#include <functional>

#include "tools/bench/load/load.hpp"
#include "tools/bench/report/figures.hpp"

namespace gavel::bench {

/// `nodes`: processes whose time and memory count; may be empty. `on_beat`: about twenty times a second; may be empty.
Measured measure(const CrowdOptions& crowd, const LoadOptions& options, Work& work, const std::vector<pid_t>& nodes,
                 const std::function<void(TimePoint)>& on_beat = {});

}  // namespace gavel::bench
