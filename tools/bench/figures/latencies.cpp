#include "tools/bench/figures/latencies.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/base/check.hpp"

namespace gavel::bench {

std::size_t Latencies::bucket_of(std::uint64_t micros) {
  constexpr std::uint64_t kExact = std::uint64_t{2} << kBits;
  if (micros < kExact) return static_cast<std::size_t>(micros);
  const auto shift = static_cast<unsigned>(std::bit_width(micros)) - 1U - kBits;
  return static_cast<std::size_t>((std::uint64_t{shift} << kBits) + (micros >> shift));
}

std::uint64_t Latencies::middle_of(std::size_t bucket) {
  constexpr std::size_t kExact = std::size_t{2} << kBits;
  if (bucket < kExact) return bucket;
  const unsigned shift = static_cast<unsigned>(bucket >> kBits) - 1U;
  const std::uint64_t low = static_cast<std::uint64_t>(bucket - (std::size_t{shift} << kBits)) << shift;
  return low + (std::uint64_t{1} << shift) / 2;
}

void Latencies::record(Duration took, std::uint64_t times) {
  took = std::clamp(took, Duration(0), Duration(kLongest));
  const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(took.count()));
  GAVEL_CHECK(bucket < kBuckets, "every time has a bucket");
  buckets_[bucket] += times;
  count_ += times;
  sum_ += took * static_cast<std::int64_t>(times);
  min_ = std::min(min_, took);
  max_ = std::max(max_, took);
}

Latencies& Latencies::operator+=(const Latencies& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  return *this;
}

Duration Latencies::mean() const { return count_ == 0 ? Duration(0) : sum_ / static_cast<std::int64_t>(count_); }

Duration Latencies::percentile(double percent) const {
  if (count_ == 0) return Duration(0);
  const auto wanted = static_cast<std::uint64_t>(std::ceil(percent / 100 * static_cast<double>(count_)));
  const std::uint64_t rank = std::clamp<std::uint64_t>(wanted, 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += buckets_[bucket];
    if (seen < rank) continue;
    return std::clamp(Duration(static_cast<std::int64_t>(middle_of(bucket))), min_, max_);
  }
  return max_;
}

}  // namespace gavel::bench
