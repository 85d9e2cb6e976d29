// Bids beside the limits of the machine that they run on: the raw messages and the raw syncs that they are made of,
// measured in turns with them, so that whatever else the machine does meanwhile hits all alike.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "tools/bench/cluster/target.hpp"
#include "tools/bench/figures/latencies.hpp"
#include "tools/bench/load/bids_run.hpp"

namespace gavel::bench {

struct LimitsOptions {
  std::size_t turns = 3;
  /// Of each measurement in each turn.
  Duration length = 1s;
  std::size_t size = 128;
  std::size_t deep = 512;
  /// Where the disk is measured.
  std::string directory;
};

/// One thing in one turn.
struct LimitsFigure {
  double per_second = 0;
  double p50_us = 0, p99_us = 0;
  /// Of everybody who takes part, for each message or bid; 0 if it was not measured.
  double cpu_us = 0;
  /// Of that, the nodes'.
  double node_cpu_us = 0;
};

struct LimitsTurn {
  LimitsFigure trip, trips, fan_out, append, recycle, together, bid, bids;

  /// Bids a second, of raw round trips a second at the same depth.
  double throughput_ratio() const;
  /// One bid at a time, of two raw round trips and a sync: what it cannot do without.
  double latency_ratio() const;
  double floor_us() const { return 2 * trip.p50_us + sync_us(); }
  /// Of a lone sync and one of three at once, whichever is faster: no machine's sleep makes a bid look good.
  double sync_us() const { return std::min(recycle.p50_us, together.p50_us); }
  double cpu_ratio() const;
};

/// The median of what `figure` gives of each turn. Not of nothing.
double median_of(const std::vector<LimitsTurn>& turns, const std::function<double(const LimitsTurn&)>& figure);

std::vector<LimitsTurn> measure_limits(Target& target, const LimitsOptions& options,
                                       const std::function<void(const std::string&)>& say = {});

}  // namespace gavel::bench
