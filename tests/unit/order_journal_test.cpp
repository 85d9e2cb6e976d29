// What counts as durable, and what waits for it.
#include <catch2/catch.hpp>

#include "common/order/journal.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

const auto kTerm = term(1, 3);

TEST_CASE("P6: the log counts as durable only up to what is on its way") {
  Journal journal(true);
  std::vector<Persist> out;
  CHECK(journal.durable(Slot{4}) == Slot{4});
  journal.append(Slot{5}, noop(kTerm), out);
  journal.append(Slot{6}, noop(kTerm), out);
  CHECK(journal.durable(Slot{6}) == Slot{4});
  journal.complete(out[0].ticket);
  CHECK(journal.durable(Slot{6}) == Slot{5});
  journal.complete(out[1].ticket);
  CHECK(journal.durable(Slot{6}) == Slot{6});
}

TEST_CASE("P6: what replaces a cut tail is not durable because the tail was") {
  Journal journal(true);
  std::vector<Persist> out;
  journal.cut(Slot{3}, out);
  journal.append(Slot{4}, noop(kTerm), out);
  CHECK(journal.durable(Slot{4}) == Slot{3});
  journal.complete(out[0].ticket);
  CHECK(journal.durable(Slot{4}) == Slot{3});
  journal.complete(out[1].ticket);
  CHECK(journal.durable(Slot{4}) == Slot{4});
}

TEST_CASE("P6: under a foreign snapshot on its way nothing is durable, and under one's own everything stays so") {
  Journal journal(true);
  std::vector<Persist> out;
  journal.snapshot(Slot{9}, share("own"), true, false, out);
  CHECK(journal.durable(Slot{9}) == Slot{9});
  journal.snapshot(Slot{20}, share("foreign"), false, true, out);
  CHECK(journal.durable(Slot{20}) == Slot{0});
  journal.complete(out[1].ticket);
  CHECK(journal.durable(Slot{20}) == Slot{20});
}

TEST_CASE("a promise is told of only when it is durable") {
  Journal journal(true);
  std::vector<Persist> out;
  journal.promise(kTerm, out);
  CHECK(journal.promising());
  CHECK_FALSE(journal.durable_promise());
  journal.promise(term(2, 1), out);
  journal.complete(out[0].ticket);
  CHECK(journal.promising());
  CHECK(journal.durable_promise() == kTerm);
  journal.complete(out[1].ticket);
  CHECK_FALSE(journal.promising());
  CHECK(journal.durable_promise() == term(2, 1));
}

TEST_CASE("what waits runs when everything before it is durable, in order") {
  Journal journal(true);
  std::vector<Persist> out;
  std::vector<int> ran;
  journal.when_durable([&] { ran.push_back(0); });
  CHECK(ran == std::vector{0});  // nothing was on its way
  journal.append(Slot{1}, noop(kTerm), out);
  journal.when_durable([&] { ran.push_back(1); });
  journal.append(Slot{2}, noop(kTerm), out);
  journal.when_durable([&] { ran.push_back(2); });
  for (auto& then : journal.complete(out[0].ticket)) then();
  CHECK(ran == std::vector{0, 1});
  for (auto& then : journal.complete(out[1].ticket)) then();
  CHECK(ran == std::vector{0, 1, 2});
}

TEST_CASE("after the disk failed nothing becomes durable, nothing runs, and nothing piles up") {
  Journal journal(true);
  std::vector<Persist> out;
  bool ran = false;
  journal.promise(kTerm, out);
  journal.when_durable([&] { ran = true; });
  journal.fail();
  CHECK(journal.complete(out[0].ticket).empty());
  const auto before = journal.pending();
  for (std::uint64_t slot = 1; slot < 100; ++slot) journal.append(Slot{slot}, noop(kTerm), out);
  journal.when_durable([&] { ran = true; });
  CHECK(journal.pending() == before);
  CHECK(out.size() == 1);
  CHECK_FALSE(ran);
  CHECK(journal.promising());
}

TEST_CASE("an observer keeps nothing, so nothing waits") {
  Journal journal(false);
  std::vector<Persist> out;
  bool ran = false;
  journal.promise(kTerm, out);
  journal.append(Slot{1}, noop(kTerm), out);
  journal.when_durable([&] { ran = true; });
  CHECK(out.empty());
  CHECK(ran);
  CHECK(journal.durable(Slot{1}) == Slot{1});
}

}  // namespace
}  // namespace gavel::order
