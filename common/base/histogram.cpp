#include "common/base/histogram.hpp"

#include <algorithm>

namespace gavel {

void Histogram::observe(Duration took, std::uint64_t times) {
  took = std::max(took, Duration::zero());
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), took);
  buckets_[static_cast<std::size_t>(bound - kBounds.begin())] += times;
  count_ += times;
  sum_ += took * static_cast<std::int64_t>(times);
}

Histogram& Histogram::operator+=(const Histogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  return *this;
}

}  // namespace gavel
