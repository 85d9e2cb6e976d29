#include <catch2/catch.hpp>

#include "tools/bench/figures/median.hpp"
#include "tools/bench/goals/goals.hpp"
#include "tools/bench/load/sweep.hpp"

using namespace gavel;
using namespace gavel::bench;

TEST_CASE("goals: at most and at least, reached or missed, or only a figure") {
  CHECK(Goal{"", 3, "ms", 3, Goal::Wanted::at_most}.reached());
  CHECK_FALSE(Goal{"", 3.1, "ms", 3, Goal::Wanted::at_most}.reached());
  CHECK(Goal{"", 3.1, "/s", 3, Goal::Wanted::at_least}.reached());
  CHECK_FALSE(Goal{"", 2, "/s", 3, Goal::Wanted::at_least}.reached());
  CHECK(Goal{"", 2, "", {}}.reached());
  CHECK(row(Goal{"", 2, "", {}})["verdict"].is_null());
}

TEST_CASE("goals: what other programs measured is read, and what is wrong with it is named") {
  const auto goals = parse_goals(
      R"([{"what": "peer", "value": 5, "unit": "/s", "goal": 4, "wanted": "at least"}, {"what": "bare", "value": 1}])");
  REQUIRE(goals);
  REQUIRE(goals->size() == 2);
  CHECK(goals->front().reached());
  CHECK(row(goals->front())["verdict"] == "reached");
  CHECK_FALSE(goals->back().goal);
  CHECK_FALSE(parse_goals("{}"));
  CHECK_FALSE(parse_goals("[1]"));
  CHECK_FALSE(parse_goals(R"([{"what": "no value"}])"));
  CHECK_FALSE(parse_goals("[{"));
}

TEST_CASE("median: of odd and even numbers of values") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 2, 3}) == 2.5);
}

TEST_CASE("sweep: rates ascend, and follow from the highest throughput on demand") {
  CHECK(*parse_rates("10,20.5") == std::vector<double>{10, 20.5});
  CHECK(parse_rates("auto")->empty());
  for (const char* wrong : {"", "10,10", "20,10", "x", "10,", "0", "-5", "nan"}) CHECK_FALSE(parse_rates(wrong));
  const auto rates = rates_up_to(50'000);
  CHECK(rates.front() == 2500);
  CHECK(rates.back() == 45'000);
}
