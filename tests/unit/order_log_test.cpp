// The log: what follows from it, what a cut takes back, what a snapshot stands for.
#include <catch2/catch.hpp>

#include "common/order/log.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

const auto kFirst = term(1, 3);
const auto kSecond = term(2, 2);

Log log_of(std::vector<wire::FullEntry> entries) {
  Log log(founding(voters({1, 2, 3})));
  for (auto& entry : entries) log.append(std::move(entry));
  return log;
}
wire::SnapshotRecord snapshot_at(const Log& log, Slot slot) {
  const auto derived = log.derived_at(slot);
  wire::SnapshotRecord record;
  record.slot = slot;
  record.term = log.term_at(slot);
  record.config = derived.config;
  record.view = derived.view;
  for (const auto& mark : derived.last_ordered) record.last_ordered.push_back(mark.second);
  return record;
}

TEST_CASE("a log without a snapshot is blank: not even the genesis is known") {
  const Log log;
  CHECK(log.blank());
  CHECK(log.last() == Slot{0});
  CHECK(log.derived().config.voters.empty());
}

TEST_CASE("configuration, view and last ordered batches follow from the log, not from what is applied") {
  const auto log = log_of({viewing(kFirst), ordering(kFirst, {ref(1, 1, 1), ref(1, 1, 2), ref(2, 1, 1)}),
                           configuring(kFirst, voters({1, 2}))});
  CHECK(log.derived().view.slot == Slot{1});
  CHECK(log.derived().view.term == kFirst);
  CHECK(log.derived().config == voters({1, 2}));
  CHECK(log.derived().config_slot == Slot{3});
  CHECK(log.derived().last_ordered.at(Uid{1}).number == BatchNumber{2});
  CHECK(log.derived_at(Slot{2}).config == voters({1, 2, 3}));
}

TEST_CASE("a cut takes back what the cut entries said, and hands them out") {
  auto log = log_of({viewing(kFirst), ordering(kFirst, {ref(1, 1, 1)}), ordering(kFirst, {ref(1, 1, 2)}),
                     configuring(kFirst, voters({1, 2})), viewing(kSecond)});
  const auto gone = log.cut(Slot{2});
  CHECK(gone.size() == 3);
  CHECK(gone[0].entry.batches[0] == ref(1, 1, 2));
  CHECK(log.last() == Slot{2});
  CHECK(log.last_term() == kFirst);
  CHECK(log.derived().config == voters({1, 2, 3}));
  CHECK(log.derived().view.term == kFirst);
  CHECK(log.derived().last_ordered.at(Uid{1}).number == BatchNumber{1});
}

TEST_CASE("a newer life of a publisher closes the older one, until the entry is cut") {
  auto log = log_of({ordering(kFirst, {ref(1, 1, 1)}), ordering(kFirst, {ref(1, 2, 1)})});
  CHECK(log.derived().last_ordered.at(Uid{1}).incarnation == Incarnation{2});
  log.cut(Slot{1});
  CHECK(log.derived().last_ordered.at(Uid{1}).incarnation == Incarnation{1});
}

TEST_CASE("a snapshot stands for a prefix, and some entries before it stay for those slightly behind") {
  auto log = log_of({viewing(kFirst), ordering(kFirst, {ref(1, 1, 1)}), configuring(kFirst, voters({1, 2})),
                     ordering(kFirst, {ref(1, 1, 2)}), viewing(kSecond)});
  log.compact(snapshot_at(log, Slot{4}), share("encoded"), 2, 1U << 20U);
  CHECK(log.base() == Slot{4});
  CHECK(log.first() == Slot{3});
  CHECK(log.last() == Slot{5});
  CHECK(log.knows(Slot{2}));
  CHECK(log.term_at(Slot{2}) == kFirst);
  CHECK_FALSE(log.knows(Slot{1}));
  CHECK(log.entries_since_snapshot() == 1);
  CHECK(log.derived().config == voters({1, 2}));
  CHECK(log.derived().last_ordered.at(Uid{1}).number == BatchNumber{2});
  CHECK(log.derived().view.term == kSecond);
}

TEST_CASE("P10: entries kept before the snapshot are bounded by bytes too") {
  Log log(founding(voters({1})));
  for (std::uint64_t n = 1; n <= 20; ++n) {
    auto entry = ordering(kFirst, {ref(1, 1, n)});
    entry.payloads[0] = share(Bytes(1000, 'x'));
    log.append(std::move(entry));
  }
  log.compact(snapshot_at(log, Slot{20}), share("encoded"), 100, 5000);
  CHECK(log.last() == Slot{20});
  CHECK(log.first() > Slot{15});
  CHECK(log.bytes_since_snapshot() == 0);
}

TEST_CASE("a log can be compacted to nothing and go on") {
  auto log = log_of({viewing(kFirst), noop(kFirst)});
  log.compact(snapshot_at(log, Slot{2}), share("encoded"), 0, 0);
  CHECK(log.first() == Slot{3});
  CHECK(log.last() == Slot{2});
  CHECK(log.last_term() == kFirst);
  log.append(viewing(kSecond));
  CHECK(log.last() == Slot{3});
  CHECK(log.derived().view.slot == Slot{3});
}

TEST_CASE("P2 log matching: a foreign snapshot keeps the entries after it only if the log agrees at its slot") {
  const auto donor = log_of({viewing(kFirst), noop(kFirst), noop(kFirst)});
  const auto snapshot = snapshot_at(donor, Slot{2});
  SECTION("it agrees") {
    auto log = log_of({viewing(kFirst), noop(kFirst), noop(kFirst)});
    log.install(snapshot, share("encoded"));
    CHECK(log.base() == Slot{2});
    CHECK(log.last() == Slot{3});
  }
  SECTION("it has another entry there") {
    auto log = log_of({viewing(kFirst), noop(kSecond), noop(kSecond)});
    log.install(snapshot, share("encoded"));
    CHECK(log.last() == Slot{2});
    CHECK(log.last_term() == kFirst);
  }
  SECTION("it is shorter") {
    auto log = log_of({viewing(kFirst)});
    log.install(snapshot, share("encoded"));
    CHECK(log.last() == Slot{2});
    CHECK(log.first() == Slot{3});
    CHECK(log.derived().view.term == kFirst);
  }
  SECTION("it is blank") {
    Log log;
    log.install(snapshot, share("encoded"));
    CHECK_FALSE(log.blank());
    CHECK(log.derived().config == voters({1, 2, 3}));
  }
}

}  // namespace
}  // namespace gavel::order
