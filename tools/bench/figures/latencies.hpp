// How long things took, counted in buckets that grow with the time (as HdrHistogram's do): exact below 256 µs, within
// 0.4 % up to 60 s, above which everything counts as 60 s. Recording costs a shift and an increment; two of them can be
// added up, those of several clients or of several runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/time.hpp"

namespace gavel::bench {

class Latencies {
 public:
  static constexpr Duration kLongest = 60s;

  Latencies() : buckets_(kBuckets) {}

  /// A negative time (none, on a steady clock) counts as 0.
  void record(Duration took, std::uint64_t times = 1);
  Latencies& operator+=(const Latencies& other);

  std::uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// Exact, as are the two below; 0 if empty.
  Duration min() const { return count_ == 0 ? Duration(0) : min_; }
  Duration max() const { return max_; }
  Duration mean() const;
  /// So that at least `percent` of all took that long at most; 0 if empty. 0 <= percent <= 100.
  Duration percentile(double percent) const;

 private:
  static constexpr unsigned kBits = 7;  ///< 2^7 buckets for each doubling: at most 1/256 from a bucket's middle
  static std::size_t bucket_of(std::uint64_t micros);
  static std::uint64_t middle_of(std::size_t bucket);
  static constexpr std::size_t kBuckets = 2560;

  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  Duration sum_{};
  Duration min_ = Duration::max();
  Duration max_{};
};

}  // namespace gavel::bench
