// Every deliberate mistake of common/order/mistakes.hpp and node/services/mistakes.hpp is caught by a checker, within a
// bounded number of seeds, in the mode that is directed at it. README.md beside this file says which checker caught it,
// and after how many seeds.
#include <catch2/catch.hpp>

#include "common/order/mistakes.hpp"
#include "node/services/mistakes.hpp"
#include "tests/sim/mutant_modes.hpp"
#include "tests/sim/run.hpp"

namespace gavel::sim {
namespace {

/// Makes runs until one is violated; nothing if none is.
std::optional<Outcome> first_violation(const MutantMode& directed) {
  Statistics statistics;
  for (std::uint64_t i = 0; i < directed.seeds; ++i) {
    RunOptions run;
    run.seed = directed.first + i;
    run.mode = directed.mode;
    auto outcome = run_seed(run, statistics);
    if (!outcome.passed) return outcome;
  }
  return std::nullopt;
}

/// The same with the mistake.
template <class Mistake>
std::optional<Outcome> first_violation(Mistake& active, Mistake mistake, const MutantMode& directed) {
  active = mistake;
  auto found = first_violation(directed);
  active = Mistake::none;
  return found;
}

void is_caught(const std::optional<Outcome>& found) {
  REQUIRE(found);
  INFO("seed " << found->seed << ": " << found->what);
  CHECK(found->invariant != Invariant::contract);
}
}  // namespace

#define X(name, text)                                                                              \
  TEST_CASE("a checker fires on " #name ": " text) {                                               \
    is_caught(first_violation(order::active_mistake(), order::Mistake::name, mutant_mode(#name))); \
  }
GAVEL_MISTAKES(X)
#undef X

#define X(name, text)                                                                                    \
  TEST_CASE("a checker of the house fires on " #name ": " text) {                                        \
    is_caught(first_violation(house::active_mistake(), house::Mistake::name, house_mutant_mode(#name))); \
  }
GAVEL_HOUSE_MISTAKES(X)
#undef X

TEST_CASE("no checker fires where no mistake is made") {
  CHECK_FALSE(first_violation({Mode::mixed, 1, 20}));
  CHECK_FALSE(first_violation({Mode::heal, 1, 5}));
}

}  // namespace gavel::sim
