// The part that every picture of a plot shares: which values its axes show, and where a value stands on them.
#pragma once

#include <algorithm>
#include <cmath>

#include "tools/bench/report/plot.hpp"

namespace gavel::bench {

struct Axes {
  std::vector<double> x_ticks{0, 1};
  std::vector<double> y_ticks{1, 10};

  explicit Axes(const Plot& plot);

  /// 0 at the left, 1 at the right end; 0 at the bottom, 1 at the top.
  double x(double value) const { return value / x_ticks.back(); }
  double y(double value) const {
    return std::log(std::max(value, y_ticks.front()) / y_ticks.front()) / std::log(y_ticks.back() / y_ticks.front());
  }
};

}  // namespace gavel::bench
