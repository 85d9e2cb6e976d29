// Latencies of any number of operations in little memory: a count for each range of nanoseconds, 128 ranges to each
// doubling, so that a percentile is off by less than 1 % (the HdrHistogram's layout).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace gavel::peers {

using Nanoseconds = std::chrono::nanoseconds;

class Latencies {
 public:
  void add(Nanoseconds took);
  std::uint64_t count() const { return count_; }
  Nanoseconds max() const { return max_; }
  /// The least latency that at least this share of all had; 0 without any.
  Nanoseconds at(double share) const;

 private:
  static constexpr unsigned kBits = 7;
  static constexpr std::size_t kRanges = std::size_t{64 - kBits} << kBits;

  std::array<std::uint64_t, kRanges> counts_{};
  std::uint64_t count_ = 0;
  Nanoseconds max_{};
};

}  // namespace gavel::peers
