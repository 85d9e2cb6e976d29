// Random numbers from a seed that was handed in: one seed replays a run.
#pragma once

#include <cstdint>

#include "common/base/time.hpp"

namespace gavel {

/// splitmix64 (Steele, Lea, Flood 2014): small, fast, and good enough for jitter and fault injection; not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  /// Uniform in [low, high], both included; low <= high.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(next() % (static_cast<std::uint64_t>(high - low) + 1));
  }
  Duration between(Duration low, Duration high) { return Duration(between(low.count(), high.count())); }
  /// True with probability p, 0 <= p <= 1.
  bool chance(double p) { return static_cast<double>(next() >> 11U) * 0x1.0p-53 < p; }
  /// A generator for another purpose, independent of how often this one is used afterwards.
  Random fork() { return Random(next()); }

 private:
  std::uint64_t state_;
};

}  // namespace gavel
