// Runs many seeds, in several processes: runs have nothing in common, and one that dies takes only itself along.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/run.hpp"

namespace gavel::sim {

struct Campaign {
  RunOptions run;  ///< but for the seed
  std::uint64_t first = 1;
  std::uint64_t last = 1;
  std::size_t jobs = 1;
  bool stop = false;  ///< at the first violation
};

struct Tally {
  Statistics statistics;
  std::vector<Outcome> failures;  ///< in the order of their seeds
};

/// `progress`: called now and then with how many runs are done, and how many of them failed.
Tally run_all(const Campaign& campaign, const std::function<void(std::uint64_t done, std::size_t failed)>& progress);

}  // namespace gavel::sim
