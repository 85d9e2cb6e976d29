// One round of one peer: ours under its loads, then the peer under the same. It runs in a process of its own
// (rounds.hpp): the peers' client libraries have threads, signals and a heap in common otherwise, and what one of them
// damages would show in another's figures.
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
  bool spread = false;    ///< nodes of both sides keep to their shares of the processors each
  std::string bench;      ///< gavel-bench
};

/// A line about what goes on.
using Tell = std::function<void(const std::string&)>;

class Turn {
 public:
  Turn(const RunOptions& options, const Scratch& scratch, const Known& peer, const Tell& tell);

  /// Throws cli::Failure.
  void run();
  /// What was measured of both sides, also if run() threw: "theirs" and "ours" for each of loads_for(peer), in order.
  cli::Row rows() const;

 private:
  cli::Row told(const std::string& system, const Needed& needed, cli::Row row) const;

  const RunOptions& options_;
  const Scratch& scratch_;
  const Known& peer_;
  const Tell& tell_;
  std::vector<cli::Row> ours_, theirs_;
};

/// One peer alone under one load, after what warming up it needs.
cli::Row measure_alone(const Known& peer, const Place& place, const Load& load);

}  // namespace gavel::peers
