// Whoever serves a crowd waits a moment for it to come back, and nobody else waits.
#include <catch2/catch.hpp>

#include "common/order/gathering.hpp"
#include "tests/unit/order_pipe.hpp"

namespace gavel::order {
namespace {

/// Three members, the third of which leads, with nothing under way.
struct Settled : Pipe {
  Settled() {
    found({1, 2, 3});
    REQUIRE(until([&] { return leader() == 3 && agree() && at(3).commit() == at(3).last(); }));
  }
  /// Through all three at once.
  void crowd() {
    for (const std::uint64_t gateway : {1, 2, 3}) submit(gateway, {wire::RequestKind::proposal, {}, {}, "x"});
  }
  Duration time_of_one() {
    const auto before = now().at;
    REQUIRE(propose(1, "alone"));
    return now().at - before;
  }
};

}  // namespace

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

TEST_CASE("while an entry is not committed batches gather, and leave in one entry when it is") {
  Settled group;
  std::size_t most = 0;
  std::size_t under_way = 0;
  group.watch([&](std::uint64_t, const wire::OrderMessage& message) {
    const auto* order = std::get_if<wire::Order>(&message);
    if (order == nullptr) return;
    for (const auto& entry : order->entries) most = std::max(most, entry.batches.size());
    under_way = std::max<std::size_t>(under_way, group.at(3).last().since(group.at(3).commit()));
  });
  for (int i = 0; i < 20; ++i) {
    group.crowd();
    group.run(400us);
  }
  REQUIRE(group.until([&] { return group[1].machine->list().size() >= 60 * 2 - 1; }));
  CHECK(most >= 3);
  CHECK(under_way == 1);
}

TEST_CASE("who comes alone after a crowd waits for nobody") {
  Settled group;
  const auto usual = group.time_of_one();
  group.crowd();
  group.run(50ms);
  CHECK(group.time_of_one() == usual);
}

TEST_CASE("after a step no deadline is in the past, whatever waits") {
  Options options;
  options.batches_in_flight = 1;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.isolate(1);
  for (int i = 0; i < 5; ++i) pipe.submit(1, {wire::RequestKind::proposal, {}, {}, "x"});
  CHECK(pipe.at(1).next_deadline() > pipe.now().at);
}

}  // namespace gavel::order
