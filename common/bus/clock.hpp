// The only place where real time and real entropy enter the cores (tests/lint holds to it): every other part is
// handed a TimePoint, a WallTime or a seed. The simulator makes its own and never includes this file.
#pragma once

#include <cstdint>

#include "common/base/time.hpp"

namespace gavel::bus {

/// This machine's steady clock (CLOCK_MONOTONIC), in microseconds.
TimePoint steady_now();
/// This machine's wall clock, in microseconds since 1970; may jump.
WallTime wall_now();
inline Now now() { return {steady_now(), wall_now()}; }
/// 64 bits from the kernel's generator (getrandom).
std::uint64_t random_seed();

}  // namespace gavel::bus
