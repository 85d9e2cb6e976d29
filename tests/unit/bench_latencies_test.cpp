#include <catch2/catch.hpp>
#include <vector>

#include "common/base/random.hpp"
#include "tools/bench/figures/latencies.hpp"

using namespace gavel;
using bench::Latencies;

namespace {

double error_of(Duration value) {
  Latencies one;
  // Two more, or the exact extremes would stand in for it.
  one.record(Duration(0));
  one.record(value);
  one.record(Latencies::kLongest);
  const double told = static_cast<double>(one.percentile(50).count());
  return std::abs(told - static_cast<double>(value.count())) /
         static_cast<double>(std::max<std::int64_t>(1, value.count()));
}

}  // namespace

TEST_CASE("latencies: any time from 1 us to 60 s is told within 1 %") {
  double worst = 0;
  for (std::int64_t micros = 1; micros < 100'000; ++micros) worst = std::max(worst, error_of(Duration(micros)));
  for (double micros = 100'000; micros < 60e6; micros *= 1.0007)
    worst = std::max(worst, error_of(Duration(static_cast<std::int64_t>(micros))));
  CHECK(worst < 0.01);
}

TEST_CASE("latencies: below 256 us every time is exact") {
  for (std::int64_t micros = 0; micros < 256; ++micros) CHECK(error_of(Duration(micros)) == 0);
}

TEST_CASE("latencies: percentiles are those of the sorted times") {
  Random random(7);
  std::vector<Duration> all;
  Latencies latencies;
  for (int i = 0; i < 10'000; ++i) {
    all.push_back(random.between(Duration(50), Duration(80'000)));
    latencies.record(all.back());
  }
  std::sort(all.begin(), all.end());
  for (const double percent : {1.0, 50.0, 90.0, 99.0, 99.9}) {
    const auto exact = static_cast<double>(all[static_cast<std::size_t>(percent / 100 * 10'000) - 1].count());
    CHECK(static_cast<double>(latencies.percentile(percent).count()) == Approx(exact).epsilon(0.01));
  }
  CHECK(latencies.max() == all.back());
  CHECK(latencies.min() == all.front());
  CHECK(latencies.percentile(100) == all.back());
}

TEST_CASE("latencies: two that are added up are one of all") {
  Latencies a, b, both;
  for (int i = 1; i <= 500; ++i) {
    (i % 3 == 0 ? a : b).record(Duration(i * 37));
    both.record(Duration(i * 37));
  }
  a += b;
  CHECK(a.count() == both.count());
  CHECK(a.max() == both.max());
  CHECK(a.mean() == both.mean());
  for (const double percent : {0.0, 10.0, 50.0, 99.0, 100.0}) CHECK(a.percentile(percent) == both.percentile(percent));
}

TEST_CASE("latencies: nothing, less than nothing, and more than 60 s") {
  Latencies latencies;
  CHECK(latencies.percentile(99) == Duration(0));
  CHECK(latencies.mean() == Duration(0));
  latencies.record(Duration(-5));
  CHECK(latencies.max() == Duration(0));
  latencies.record(std::chrono::hours(1));
  CHECK(latencies.max() == Latencies::kLongest);
  latencies.record(Duration(10), 98);
  CHECK(latencies.count() == 100);
  CHECK(latencies.percentile(50) == Duration(10));
}
