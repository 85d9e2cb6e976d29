#include "tools/bench/peers/latencies.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace gavel::peers {
namespace {

/// Below 2^bits each value has a range; from there on, the leading bit gives the doubling and the next ones the range.
std::size_t range_of(std::uint64_t value, unsigned bits) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  if (width <= bits) return value;
  const unsigned shift = width - bits - 1;
  return (std::size_t{shift} << bits) + (value >> shift);
}

/// The greatest value of a range.
std::uint64_t end_of(std::size_t range, unsigned bits) {
  if (range < std::size_t{2} << bits) return range;
  const std::size_t shift = (range >> bits) - 1;
  return ((range - (shift << bits) + 1) << shift) - 1;
}

}  // namespace

void Latencies::add(Nanoseconds took) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
  ++counts_[std::min(range_of(value, kBits), kRanges - 1)];
  ++count_;
  max_ = std::max(max_, took);
}

Nanoseconds Latencies::at(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t so_far = 0;
  for (std::size_t range = 0; range < kRanges; ++range) {
    so_far += counts_[range];
    if (so_far > 0 && so_far >= wanted)
      return std::min(max_, Nanoseconds(static_cast<std::int64_t>(end_of(range, kBits))));
  }
  return {};
}

}  // namespace gavel::peers
