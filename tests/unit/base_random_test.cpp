#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "common/base/random.hpp"

namespace gavel {
namespace {

std::vector<std::uint64_t> draw(Random random, int count) {
  std::vector<std::uint64_t> drawn;
  for (int i = 0; i < count; ++i) drawn.push_back(random.next());
  return drawn;
}

TEST_CASE("one seed gives one sequence, another seed another") {
  CHECK(draw(Random(42), 100) == draw(Random(42), 100));
  CHECK(draw(Random(42), 100) != draw(Random(43), 100));
}

TEST_CASE("the sequence is splitmix64, the same on every machine") {
  Random random(1234567);
  CHECK(random.next() == 6457827717110365317ULL);
  CHECK(random.next() == 3203168211198807973ULL);
}

TEST_CASE("between stays within its bounds, and reaches both") {
  Random random(1);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.between(-2, 3));
  CHECK(seen == std::set<std::int64_t>{-2, -1, 0, 1, 2, 3});
  CHECK(random.between(5, 5) == 5);
  CHECK(random.between(Duration(7), Duration(7)) == Duration(7));
}

TEST_CASE("a chance of nothing never comes, a certain one always, an even one about half of the time") {
  Random random(1);
  int even = 0;
  for (int i = 0; i < 10000; ++i) {
    REQUIRE_FALSE(random.chance(0.0));
    REQUIRE(random.chance(1.0));
    even += random.chance(0.5) ? 1 : 0;
  }
  CHECK(even > 4700);
  CHECK(even < 5300);
}

TEST_CASE("a fork does not follow how often its parent is used afterwards") {
  Random busy(9);
  Random idle(9);
  Random from_busy = busy.fork();
  Random from_idle = idle.fork();
  for (int i = 0; i < 10; ++i) busy.next();
  CHECK(from_busy.next() == from_idle.next());
}

}  // namespace
}  // namespace gavel
