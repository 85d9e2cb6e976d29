// How long something took, again and again: how many times it took at most 100 µs, 250 µs, ... 10 s, or longer, and all
// times together. It is what a scrape of the metrics is told of a latency (node/host/exposition.hpp). To observe costs
// a few comparisons and no memory; two of the same kind can be added up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/time.hpp"

namespace gavel {

class Histogram {
 public:
  /// Upper bounds of the buckets, each included in its bucket; the last bucket has none.
  static constexpr std::array<Duration, 16> kBounds{100us, 250us, 500us, 1ms,   2500us, 5ms,    10ms, 25ms,
                                                    50ms,  100ms, 250ms, 500ms, 1s,     2500ms, 5s,   10s};
  static constexpr std::size_t kBuckets = kBounds.size() + 1;

  /// `times`: so many things took this long. A negative duration (a clock that was set back) counts as none at all.
  void observe(Duration took, std::uint64_t times = 1);
  Histogram& operator+=(const Histogram& other);

  /// In the bucket itself, not in those before it; `bucket` < kBuckets.
  std::uint64_t in_bucket(std::size_t bucket) const { return buckets_[bucket]; }
  std::uint64_t count() const { return count_; }
  Duration sum() const { return sum_; }

  bool operator==(const Histogram&) const = default;

 private:
  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  Duration sum_{};
};

}  // namespace gavel
