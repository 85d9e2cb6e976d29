// Whoever serves a crowd waits a moment for it to come back, and nobody else waits.
#include <catch2/catch.hpp>

#include "common/order/gathering.hpp"

namespace gavel::order {

TEST_CASE("a crowd that was served is waited for, until all are there or half a round trip has passed") {
  Gathering gathering(16);
  const TimePoint now(1h);
  gathering.served(now, 20, 5, 400us);
  CHECK(gathering.expects_more(now, 24));
  CHECK_FALSE(gathering.expects_more(now, 25));
  CHECK(gathering.until() == now + 200us);
  CHECK_FALSE(gathering.expects_more(now + 200us, 5));
}

TEST_CASE("a few are not waited for") {
  Gathering gathering(16);
  const TimePoint now(1h);
  CHECK_FALSE(gathering.expects_more(now, 0));
  gathering.served(now, 15, 100, 400us);
  CHECK_FALSE(gathering.expects_more(now, 1));
}

TEST_CASE("nobody is waited for longer than a millisecond") {
  Gathering gathering(2);
  const TimePoint now(1h);
  gathering.served(now, 2, 0, 10s);
  CHECK(gathering.until() == now + 1ms);
}

}  // namespace gavel::order
