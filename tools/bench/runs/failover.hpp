// What a dead leader costs: under half of the highest load, the auction's leader is killed, started again, and the next
// one is killed, many times; and nothing that was acknowledged may be missing afterwards.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/bench/load/bids_run.hpp"

namespace gavel::bench {

struct FailoverOptions {
  std::size_t runs = 50;
  /// Bids a second; 0: half of what there is at most.
  double rate = 0;
};

struct FailoverRun {
  std::string killed;
  /// From the signal until the first bid was acknowledged that was sent after the death.
  Duration gap{};
  /// The longest time without any answer around it.
  Duration silence{};
};

struct FailoverFigures {
  double rate = 0;
  std::vector<FailoverRun> runs;
  /// Accepted bids that were acknowledged; those of them that are not in the history as acknowledged; bids that are in
  /// it twice.
  std::size_t acknowledged = 0;
  std::size_t lost = 0;
  std::size_t doubled = 0;

  double median_ms() const;
  double worst_ms() const;
};

/// What a cluster needs to be like for this: who leads changes by death alone.
void prepare_for_failover(OwnClusterOptions& options);

/// The cluster has to be one of this program's own.
FailoverFigures measure_failover(Target& target, const FailoverOptions& options,
                                 const std::function<void(const std::string&)>& say = {});

}  // namespace gavel::bench
