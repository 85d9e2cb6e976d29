// The middle of a few figures.
#pragma once

#include <algorithm>
#include <vector>

#include "common/base/check.hpp"

namespace gavel::bench {

/// Of an even number of values, the mean of the two in the middle. Not of nothing.
inline double median(std::vector<double> values) {
  GAVEL_CHECK(!values.empty(), "a median is of something");
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace gavel::bench
