// Whether a bid costs more in a house that has ten times as much: auctions, clients, or a log that is ten times as
// long. What a bid costs is the processor time of all nodes together, at the same rate.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/bench/load/bids_run.hpp"

namespace gavel::bench {

struct GrowthOptions {
  /// Bids a second while it is measured.
  double rate = 4000;
  Duration length = 3s;
  /// Small and large are measured in turns; the medians are compared.
  std::size_t turns = 3;
  std::size_t clients = 20;
  /// Bids in the shorter log.
  std::uint64_t log = 20'000;
};

struct Growth {
  std::string what;
  std::uint64_t small = 0, large = 0;
  double small_cpu_us = 0, large_cpu_us = 0;

  double ratio() const { return small_cpu_us == 0 ? 0 : large_cpu_us / small_cpu_us; }
};

/// The nodes' processes have to be known.
std::vector<Growth> measure_growth(Target& target, const GrowthOptions& options,
                                   const std::function<void(const std::string&)>& say = {});

}  // namespace gavel::bench
