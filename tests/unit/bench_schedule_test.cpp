#include <catch2/catch.hpp>

#include "tools/bench/figures/schedule.hpp"

using namespace gavel;
using bench::Schedule;

TEST_CASE("schedule: operations are meant to start evenly, and no error adds up") {
  const TimePoint start{1s};
  Schedule schedule(start, 3000);
  for (int i = 0; i < 30'000; ++i) schedule.take();
  CHECK(schedule.next() == start + 10s);
  CHECK(schedule.taken() == 30'000);
}

TEST_CASE("schedule: what a stall made late keeps its intended start") {
  const TimePoint start{1s};
  Schedule schedule(start, 1000);
  CHECK(schedule.take() == start);
  // The driver comes back after 100 ms: a hundred are due, the first of them from 99 ms ago.
  const TimePoint late = start + 100ms;
  TimePoint first = kNever;
  int due = 0;
  while (schedule.due(late)) {
    const TimePoint at = schedule.take();
    first = std::min(first, at);
    ++due;
  }
  CHECK(due == 100);
  CHECK(first == start + 1ms);
  CHECK(schedule.next() == start + 101ms);
}

TEST_CASE("schedule: rates below one a second have their pauses") {
  const TimePoint start{1s};
  Schedule schedule(start, 0.5);
  schedule.take();
  CHECK_FALSE(schedule.due(start + 1999ms));
  CHECK(schedule.due(start + 2s));
}
