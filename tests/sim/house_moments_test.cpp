// The faults that are aimed at the moments of an assignment do meet every one of them, within a few seeds, and the
// house survives them.
#include <catch2/catch.hpp>

#include "tests/sim/run.hpp"

namespace gavel::sim {

TEST_CASE("each moment of an assignment is met within forty seeds, and the manager is struck at it") {
  Statistics statistics;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    RunOptions run;
    run.seed = seed;
    run.mode = Mode::manager;
    const auto outcome = run_seed(run, statistics);
    INFO("seed " << seed << ": " << outcome.what);
    CHECK(outcome.passed);
  }
  for (std::size_t i = 0; i < kHouseMoments; ++i) {
    INFO(text_of(static_cast<HouseMoment>(i)));
    CHECK(statistics.of(static_cast<HouseMoment>(i)) > 0);
    CHECK(statistics.strikes[i] > 0);
  }
}

TEST_CASE("the houses of every mode meet their faults: seats move, nodes die for good, join, are drained and removed") {
  Statistics statistics;
  for (const auto mode : {Mode::house, Mode::pool, Mode::heal, Mode::rolling})
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      RunOptions run;
      run.seed = seed;
      run.mode = mode;
      const auto outcome = run_seed(run, statistics);
      INFO(name_of(mode) << " " << seed << ": " << outcome.what);
      CHECK(outcome.passed);
    }
  CHECK(statistics.seats_moved > 0);
  CHECK(statistics.archives > 0);
  for (const auto fault : {Fault::death, Fault::join, Fault::lost_disk, Fault::drain, Fault::remove, Fault::transfer,
                           Fault::shutdown, Fault::rolling}) {
    INFO(name_of(fault));
    CHECK(statistics.of(fault) > 0);
  }
}

TEST_CASE("every mode has its place among the seeds, two of eleven are of a house") {
  std::vector<int> seeds(kModes);
  int houses = 0;
  for (std::uint64_t seed = 1; seed <= 110; ++seed) {
    const auto mode = mode_of(seed);
    ++seeds[static_cast<std::size_t>(mode)];
    houses += is_house(mode) ? 1 : 0;
  }
  CHECK(houses == 20);
  for (const auto count : seeds) CHECK(count >= 4);
}

}  // namespace gavel::sim
