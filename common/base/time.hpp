// Time as the pure code sees it: handed in, never read. Only common/bus and the simulator make these values.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace gavel {

/// All durations are in microseconds.
using Duration = std::chrono::microseconds;
using namespace std::chrono_literals;

/// A tag for std::chrono: a clock that nobody can read, because time is an argument.
struct SteadyTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SteadyTag>;
  static constexpr bool is_steady = true;
};

/// A point on one node's steady clock; comparable on that node only.
using TimePoint = SteadyTag::time_point;
inline constexpr TimePoint kNever = TimePoint::max();
inline constexpr TimePoint kLongAgo = TimePoint(-std::chrono::hours(24 * 365));

/// Wall-clock time: microseconds since 1970-01-01T00:00:00Z. May jump; entries clamp it (PROTOCOL.md §3).
struct WallTime {
  std::int64_t micros = 0;

  constexpr auto operator<=>(const WallTime&) const = default;
  constexpr WallTime operator+(Duration d) const { return {micros + d.count()}; }
  constexpr Duration operator-(WallTime earlier) const { return Duration(micros - earlier.micros); }
};

/// What a step is told of time: the steady clock for timeouts, the wall clock for what entries carry.
struct Now {
  TimePoint at;
  WallTime wall;
};

}  // namespace gavel
