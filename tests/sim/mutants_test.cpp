// Every deliberate mistake of common/order/mistakes.hpp is caught by a checker, within a bounded number of seeds, in
// the mode that is directed at it. README.md beside this file says which checker caught it, and after how many seeds.
#include <catch2/catch.hpp>

#include "common/order/mistakes.hpp"
#include "tests/sim/mutant_modes.hpp"
#include "tests/sim/run.hpp"

namespace gavel::sim {
namespace {

/// Makes runs with the mistake until one is violated; nothing if none is.
std::optional<Outcome> first_violation(order::Mistake mistake, const MutantMode& directed) {
  order::active_mistake() = mistake;
  Statistics statistics;
  std::optional<Outcome> found;
  for (std::uint64_t i = 0; i < directed.seeds && !found; ++i) {
    RunOptions run;
    run.seed = directed.first + i;
    run.mode = directed.mode;
    auto outcome = run_seed(run, statistics);
    if (!outcome.passed) found = std::move(outcome);
  }
  order::active_mistake() = order::Mistake::none;
  return found;
}
}  // namespace

#define X(name, text)                                                             \
  TEST_CASE("a checker fires on " #name ": " text) {                              \
    const auto found = first_violation(order::Mistake::name, mutant_mode(#name)); \
    REQUIRE(found);                                                               \
    INFO("seed " << found->seed << ": " << found->what);                          \
    CHECK(found->invariant != Invariant::contract);                               \
  }
GAVEL_MISTAKES(X)
#undef X

TEST_CASE("no checker fires where no mistake is made") {
  const MutantMode directed{Mode::mixed, 1, 20};
  CHECK_FALSE(first_violation(order::Mistake::none, directed));
}

}  // namespace gavel::sim
