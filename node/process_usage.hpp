// What the operating system says of this process (/proc/self), for the metrics.
#pragma once

#include "node/host/metrics.hpp"

namespace gavel::node {

/// Zeros where there is no /proc. Takes up to a millisecond with thousands of open descriptors.
host::ProcessUsage process_usage();

}  // namespace gavel::node
