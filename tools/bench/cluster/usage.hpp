// What processes use: processor time to the nanosecond, and memory. Of any process on this machine whose number is
// known, one that runs under the same user.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "common/base/time.hpp"

namespace gavel::bench {

/// All its threads together, user and system, since it started; 0 once it is gone.
std::chrono::nanoseconds processor_time(pid_t process);
std::chrono::nanoseconds processor_time(const std::vector<pid_t>& processes);
std::chrono::nanoseconds own_processor_time();

/// Bytes resident now; 0 once it is gone.
std::uint64_t resident_bytes(pid_t process);
/// Of the largest.
std::uint64_t largest_resident(const std::vector<pid_t>& processes);

}  // namespace gavel::bench
