// The whole run: rounds of peers, each with ours before it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/bench/peers/comparison.hpp"
#include "tools/bench/peers/known.hpp"
#include "tools/bench/peers/load.hpp"
#include "tools/bench/peers/scratch.hpp"

namespace gavel::peers {

struct RunOptions {
  std::vector<std::string> only;  ///< peers; empty: all that can be measured here
  std::size_t rounds = 5;
  std::size_t in_flight = 512;
  Duration measured = 5s;
  Duration warm_up = 1s;
  std::string directory;  ///< on the disk that is to be measured
  std::string bench;      ///< gavel-bench
};

/// A line about what goes on.
using Tell = std::function<void(const std::string&)>;

/// Fills `comparison`, also when it ends by an exception. False: something could not be measured, as it was told.
/// Throws cli::Failure if interrupted.
bool run_rounds(const RunOptions& options, const Scratch& scratch, Comparison& comparison, const Tell& tell);

/// One peer alone under one load, after what warming up it needs.
cli::Row measure_alone(const Known& peer, const Scratch& scratch, const Load& load);

}  // namespace gavel::peers
