// How the comparison with other systems judges what was measured.
#include <catch2/catch.hpp>

#include "tools/bench/peers/comparison.hpp"

using namespace gavel;
using namespace gavel::peers;

namespace {

cli::Row rate(double per_second) { return {{"per_second", per_second}}; }

const cli::Row& only_pair(const std::vector<cli::Section>& sections) {
  REQUIRE(sections[0].name == "pairs");
  REQUIRE(sections[0].rows.size() == 1);
  return sections[0].rows.front();
}

}  // namespace

TEST_CASE("the middle of an even number of values lies between the two in the middle") {
  CHECK(spread_of({4, 1, 3, 2}).median == 2.5);
  CHECK(spread_of({9, 1, 2}).median == 2);
  CHECK(spread_of({9, 1, 2}).least == 1);
  CHECK(spread_of({9, 1, 2}).most == 9);
  CHECK(spread_of({}).median == 0);
}

TEST_CASE("the median of the rounds' own ratios counts, so that a slow minute hits both sides alike") {
  Comparison comparison(512);
  const Needed full{LoadKind::full, false};
  comparison.add("nats", full, rate(10'000), rate(70'000));  // 7
  comparison.add("nats", full, rate(1'000), rate(5'000));    // 5: a minute in which all was slow
  comparison.add("nats", full, rate(10'000), rate(65'000));  // 6.5
  const cli::Row row = only_pair(comparison.sections(false));
  CHECK(row["rounds"] == 3);
  CHECK(row["ratio"] == 6.5);
  CHECK(row["ratio_min"] == 5);
  CHECK(row["ratio_max"] == 7);
  CHECK(row["theirs"] == 10'000);
  CHECK(row["ours"] == 65'000);
  CHECK(row["reached"] == true);
  CHECK(comparison.all_reached());
}

TEST_CASE("a rate is to be above its goal, a latency below it") {
  Comparison slow(512);
  slow.add("nats", {LoadKind::full, false}, rate(10'000), rate(59'000));
  CHECK_FALSE(slow.all_reached());

  for (const int ours : {500, 700}) {
    Comparison latency(512);
    latency.add("etcd", {LoadKind::single, true}, {{"p50_us", 1000}}, {{"p50_us", ours}});
    CHECK(latency.all_reached() == (ours == 500));
  }
}

TEST_CASE("a figure that is missing reaches no goal") {
  Comparison comparison(512);
  comparison.add("nats", {LoadKind::full, false}, rate(10'000), cli::Row::object());
  CHECK_FALSE(comparison.all_reached());
}

TEST_CASE("whatever needs half of the maximum rate is measured after that maximum") {
  for (const Pairing& pairing : pairings()) {
    const auto loads = loads_for(pairing.peer);
    REQUIRE_FALSE(loads.empty());
    CHECK(loads.front().load == LoadKind::full);
  }
}

TEST_CASE("a round that failed is told of with its reason, beside what was measured") {
  Comparison comparison(512);
  comparison.add("nats", {LoadKind::full, false}, rate(10'000), rate(70'000));
  comparison.add_failure("etcd", 1, "its client was ended by a signal: Aborted");
  const auto sections = comparison.sections(false);
  CHECK(only_pair(sections)["peer"] == "nats");
  REQUIRE(sections.back().name == "failures");
  CHECK(
      sections.back().rows ==
      std::vector<cli::Row>{{{"peer", "etcd"}, {"round", 1}, {"reason", "its client was ended by a signal: Aborted"}}});
}
