// The same load at one rate after the other: latency over load.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "tools/bench/load/bids_run.hpp"
#include "tools/bench/report/plot.hpp"

namespace gavel::bench {

struct SweepPoint {
  double rate = 0;
  Measured measured;
};

/// "1000,2000,5000", ascending. `auto`: nothing, the rates follow from the highest throughput. Errors say what would be
/// right.
Result<std::vector<double>> parse_rates(const std::string& text);
/// Tenths of it, rounded.
std::vector<double> rates_up_to(double highest);

/// p50, p99 and p99.9 in milliseconds over operations a second that were answered.
Plot latency_plot(const std::string& title, const std::vector<SweepPoint>& points);

}  // namespace gavel::bench
