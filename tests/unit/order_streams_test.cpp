// The batches that a member holds: number order, fairness, lives of a publisher, bounds.
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>

#include "common/order/streams.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

constexpr std::size_t kPlenty = 1U << 30U;
constexpr std::uint64_t kHighest = std::numeric_limits<std::uint64_t>::max();

struct Held {
  explicit Held(std::size_t window = 8, std::size_t retained = 4) : streams(window, retained) {}

  bool hold(const wire::BatchRef& batch, Bytes payload = "x") {
    return streams.hold(batch, share(std::move(payload)), marks);
  }
  /// As the log does when an entry names the batch.
  void order(const wire::BatchRef& batch) {
    marks[batch.publisher] = {batch.publisher, batch.incarnation, batch.number};
    auto payload = streams.payload(batch);
    streams.ordered(batch, payload ? payload : share("x"));
  }
  std::vector<wire::BatchRef> next(std::size_t most = 64, std::size_t bytes = kPlenty) {
    return streams.next(marks, most, bytes);
  }

  Streams streams;
  Streams::Marks marks;
};

TEST_CASE("P5 FIFO: what came out of order waits for what is missing") {
  Held held;
  CHECK(held.hold(ref(1, 1, 2)));
  CHECK(held.next().empty());
  CHECK(held.streams.orderable(held.marks).batches == 0);
  CHECK(held.streams.complete(Uid{1}, Incarnation{1}) == BatchNumber{0});
  CHECK(held.hold(ref(1, 1, 1)));
  CHECK(held.streams.orderable(held.marks).batches > 0);
  CHECK(held.next() == std::vector{ref(1, 1, 1), ref(1, 1, 2)});
}

TEST_CASE("P5: a batch is offered for ordering once, and a copy that comes later is refused") {
  Held held;
  held.hold(ref(1, 1, 1));
  CHECK_FALSE(held.hold(ref(1, 1, 1)));
  held.order(ref(1, 1, 1));
  CHECK(held.next().empty());
  CHECK_FALSE(held.hold(ref(1, 1, 1)));
}

TEST_CASE("one flooding publisher does not starve the others") {
  Held held(64);
  for (std::uint64_t n = 1; n <= 60; ++n) held.hold(ref(1, 1, n));
  held.hold(ref(2, 1, 1));
  held.hold(ref(3, 1, 1));
  const auto first = held.next(6);
  CHECK(first == std::vector{ref(1, 1, 1), ref(2, 1, 1), ref(3, 1, 1), ref(1, 1, 2), ref(1, 1, 3), ref(1, 1, 4)});
  for (const auto& batch : first) held.order(batch);
  held.hold(ref(2, 1, 2));
  held.hold(ref(3, 1, 2));
  const auto second = held.next(3);
  CHECK(second == std::vector{ref(2, 1, 2), ref(3, 1, 2), ref(1, 1, 5)});  // another one goes first this time
}

TEST_CASE("an entry is bounded by bytes: the batch that crosses the bound is the last") {
  Held held;
  for (std::uint64_t n = 1; n <= 5; ++n) held.hold(ref(1, 1, n), Bytes(100, 'x'));
  CHECK(held.next(64, 250).size() == 3);
  CHECK(held.next(64, 1).size() == 1);
}

TEST_CASE("a newer life of a publisher closes the older one once one of its batches is ordered") {
  Held held;
  held.hold(ref(1, 1, 1));
  held.hold(ref(1, 2, 1));
  CHECK(held.next() == std::vector{ref(1, 1, 1), ref(1, 2, 1)});  // the older life first
  held.order(ref(1, 2, 1));
  CHECK(held.next().empty());
  CHECK_FALSE(held.hold(ref(1, 1, 2)));
  CHECK(held.streams.payload(ref(1, 1, 1)) == nullptr);
}

TEST_CASE("P10: of a publisher that restarts again and again only the ordered life and the newest stay") {
  Held held;
  held.hold(ref(1, 1, 1));
  held.order(ref(1, 1, 1));
  for (std::uint64_t life = 2; life < 20; ++life) held.hold(ref(1, life, 1));
  CHECK(held.streams.all().size() == 2);
  CHECK(held.streams.complete(Uid{1}, Incarnation{1}) == BatchNumber{1});
  CHECK(held.streams.complete(Uid{1}, Incarnation{19}) == BatchNumber{1});
}

TEST_CASE("P10: batches beyond the window are refused, and ordered ones are kept only for a while") {
  Held held(8, 4);
  CHECK_FALSE(held.hold(ref(1, 1, 9)));
  CHECK(held.hold(ref(1, 1, 8)));
  for (std::uint64_t n = 1; n <= 30; ++n) {
    held.hold(ref(1, 1, n));
    held.order(ref(1, 1, n));
    CHECK(held.streams.fullest() <= 12);
  }
  CHECK(held.streams.payload(ref(1, 1, 26)) == nullptr);
  CHECK(held.streams.payload(ref(1, 1, 27)) != nullptr);
}

TEST_CASE("P10: a number far from the others, as no correct owner orders it, takes no more places than any") {
  Held held(8, 4);
  held.order(ref(1, 1, 5));
  const auto far = GENERATE(as<std::uint64_t>{}, 1U << 20U, kHighest - 1, kHighest);
  held.order(ref(1, 1, far));
  CHECK(held.streams.payload(ref(1, 1, far)));
  CHECK(held.streams.orderable(held.marks).batches == 0);
  held.hold(ref(1, 1, kHighest));
  held.order(ref(1, 1, 1));
  CHECK(held.streams.fullest() <= 12);
}

TEST_CASE("after a cut the batches of the cut entries are there to be ordered again") {
  Held held;
  for (std::uint64_t n = 1; n <= 4; ++n) held.hold(ref(1, 1, n));
  for (std::uint64_t n = 1; n <= 4; ++n) held.order(ref(1, 1, n));
  held.marks[Uid{1}].number = BatchNumber{2};
  held.streams.settle(held.marks);
  CHECK(held.next() == std::vector{ref(1, 1, 3), ref(1, 1, 4)});
}

TEST_CASE("after a snapshot what it covers counts as held, and what follows is ordered next") {
  Held held;
  held.hold(ref(1, 1, 6));
  held.marks[Uid{1}] = {Uid{1}, Incarnation{1}, BatchNumber{5}};
  held.streams.settle(held.marks);
  CHECK(held.streams.complete(Uid{1}, Incarnation{1}) == BatchNumber{6});
  CHECK(held.next() == std::vector{ref(1, 1, 6)});
}

}  // namespace
}  // namespace gavel::order
