#include <catch2/catch.hpp>

#include "tools/bench/report/csv.hpp"

using namespace gavel;

TEST_CASE("csv: a line of all keys, and a line a row, quoted where it has to be") {
  const cli::Section section{"", {}, {{{"a", 1}, {"b", "x, \"y\""}}, {{"a", nullptr}, {"c", 2.5}}}, ""};
  CHECK(bench::csv(section) == "a,b,c\n1,\"x, \"\"y\"\"\",\n,,2.5\n");
}
