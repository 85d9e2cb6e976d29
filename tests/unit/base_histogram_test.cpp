#include <catch2/catch.hpp>

#include "common/base/histogram.hpp"

namespace gavel {

TEST_CASE("a duration counts in the first bucket whose bound it does not exceed") {
  Histogram histogram;
  histogram.observe(Duration(0));
  histogram.observe(100us);
  histogram.observe(101us);
  histogram.observe(10s);
  histogram.observe(10s + 1us);
  histogram.observe(1h);
  CHECK(histogram.in_bucket(0) == 2);
  CHECK(histogram.in_bucket(1) == 1);
  CHECK(histogram.in_bucket(Histogram::kBuckets - 2) == 1);
  CHECK(histogram.in_bucket(Histogram::kBuckets - 1) == 2);
  CHECK(histogram.count() == 6);
  CHECK(histogram.sum() == 100us + 101us + 10s + 10s + 1us + 1h);
}

TEST_CASE("each bound of a histogram is larger than the one before, and has a bucket of its own") {
  for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
    if (i > 0) CHECK(Histogram::kBounds[i - 1] < Histogram::kBounds[i]);
    Histogram histogram;
    histogram.observe(Histogram::kBounds[i]);
    CHECK(histogram.in_bucket(i) == 1);
  }
}

TEST_CASE("what took less than nothing took nothing") {
  Histogram histogram;
  histogram.observe(-5s);
  CHECK(histogram.in_bucket(0) == 1);
  CHECK(histogram.sum() == Duration(0));
}

TEST_CASE("many at once count like one after the other, and histograms add up") {
  Histogram one;
  Histogram many;
  for (int i = 0; i < 3; ++i) one.observe(2ms);
  many.observe(2ms, 3);
  CHECK(one == many);
  many += one;
  CHECK(many.count() == 6);
  CHECK(many.sum() == 12ms);
}

}  // namespace gavel
