#include <catch2/catch.hpp>
#include <sstream>

#include "tools/bench/report/plot.hpp"

using namespace gavel::bench;

namespace {

Plot some_plot() {
  return {"bids <3 nodes>",
          "bids a second",
          "ms",
          {{"p50", {{1000, 1}, {2000, 1.2}, {4000, 3}}}, {"p99", {{1000, 4}, {2000, 7}, {4000, 90}}}}};
}

std::size_t count_of(const std::string& words, const std::string& in) {
  std::size_t count = 0;
  for (auto at = in.find(words); at != std::string::npos; at = in.find(words, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("plot: ticks are round and enclose the values") {
  CHECK(log_ticks(3, 40) == std::vector<double>{2, 5, 10, 20, 50});
  CHECK(log_ticks(1, 10) == std::vector<double>{1, 2, 5, 10});
  CHECK(log_ticks(7, 7).size() == 2);
  CHECK(linear_ticks(4000) == std::vector<double>{0, 1000, 2000, 3000, 4000});
  CHECK(linear_ticks(70).back() >= 70);
  CHECK(short_number(20'000) == "20k");
  CHECK(short_number(2.5) == "2.5");
}

TEST_CASE("plot: the picture has a line and a name for each series, and its words are escaped") {
  const std::string picture = svg(some_plot());
  CHECK(picture.starts_with("<svg "));
  CHECK(picture.ends_with("</svg>\n"));
  CHECK(count_of("<polyline", picture) == 2);
  CHECK(count_of("<circle", picture) == 6);
  CHECK(count_of("bids &lt;3 nodes>", picture) == 1);
  CHECK(count_of(">p99</text>", picture) == 1);
}

TEST_CASE("plot: the text has the marks of all points, and no line is too long") {
  const std::string words = text(some_plot(), 60, 12);
  std::istringstream lines(words);
  std::size_t marks = 0;
  for (std::string line; std::getline(lines, line);) {
    CHECK(line.size() <= 80);
    if (const auto bar = line.find_first_of("|+"); bar == 8)
      marks += count_of("o", line) + count_of("+", line.substr(9));
  }
  CHECK(marks == 6);
}

TEST_CASE("plot: one without points is drawn all the same") {
  const Plot nothing{"nothing", "x", "y", {{"none", {}}}};
  CHECK(count_of("<polyline", svg(nothing)) == 1);
  CHECK_FALSE(text(nothing, 60, 12).empty());
}
