// Applying: the same slots give the same digest, and nothing that a payload says can break it.
#include <catch2/catch.hpp>

#include "common/base/print.hpp"
#include "common/order/applier.hpp"
#include "tests/unit/order_pipe.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

const auto kTerm = term(1, 1);

struct Applying {
  std::vector<Applier::OwnBatch> apply(std::uint64_t slot, std::vector<Bytes> payloads, std::uint64_t own = 1) {
    wire::FullEntry entry = noop(kTerm);
    entry.entry.kind = wire::EntryKind::batches;
    entry.entry.stamp = WallTime{static_cast<std::int64_t>(slot) * 1000};
    for (auto& payload : payloads) {
      entry.entry.batches.push_back(ref(1, 1, ++batches));
      entry.payloads.push_back(share(std::move(payload)));
    }
    return applier.apply(Slot{slot}, entry, {Uid{own}, Incarnation{1}}, nullptr, events);
  }
  static Bytes payload(std::vector<wire::Request> requests) {
    return wire::encode(wire::RequestList{std::move(requests)});
  }
  static wire::Request proposal(Bytes body) { return {wire::RequestKind::proposal, {}, {}, std::move(body)}; }

  Options options;
  Applier applier{options, std::make_unique<ListMachine>()};
  std::vector<Happened> events;
  std::uint64_t batches = 0;
};

TEST_CASE("P4: two replicas that applied the same have the same digest, whichever of them is the gateway") {
  Applying one;
  Applying other;
  const auto payload = Applying::payload({Applying::proposal("a"), {wire::RequestKind::query, {}, {}, "?"}});
  const auto own = one.apply(1, {payload}, 1);
  const auto foreign = other.apply(1, {payload}, 2);
  CHECK(one.applier.digest() == other.applier.digest());
  REQUIRE(own.size() == 1);
  CHECK(own[0].outcomes.at(1).body == "a");  // the query sees the command before it
  CHECK(foreign.empty());
  CHECK(one.events.size() == 1);
}

/// Tells of who serves it.
class ViewedMachine final : public ListMachine {
 public:
  void on_view(const CommandContext& context, const GroupView& view, Events& events) override {
    events.push_back(
        {"view at " + print(context.slot) + ": " + print(view.leader) + " of " + std::to_string(view.voters.size())});
  }
};

TEST_CASE("a service learns of a view at its place in the order, and those who watch hear of it there") {
  Options options;
  Applier applier{options, std::make_unique<ViewedMachine>()};
  std::vector<Happened> events;
  wire::FullEntry entry;
  entry.entry.kind = wire::EntryKind::view;
  const GroupView view{Uid{3}, {{1}, {2}, {3}}};
  applier.apply(Slot{4}, entry, {Uid{1}, Incarnation{1}}, &view, events);
  REQUIRE(events.size() == 1);
  CHECK(events[0].slot == Slot{4});
  CHECK(events[0].index == 1);
  CHECK(events[0].event.body == "view at 4: 3 of 3");
}

TEST_CASE("P4: the digest tells orders apart that lead to the same state") {
  Applying one;
  Applying other;
  one.apply(1, {Applying::payload({{wire::RequestKind::query, {}, {}, "x"}})});
  other.apply(1, {Applying::payload({{wire::RequestKind::query, {}, {}, "y"}})});
  CHECK_FALSE(one.applier.digest() == other.applier.digest());
}

TEST_CASE("a payload that cannot be read is the same nothing everywhere") {
  Applying one;
  Applying other;
  for (auto* applying : {&one, &other}) {
    applying->apply(1, {"garbage", Bytes("\xdd\xff\xff\xff\xff", 5), "", Applying::payload({Applying::proposal("a")})});
    CHECK(applying->applier.machine().query("") == "a");
  }
  CHECK(one.applier.digest() == other.applier.digest());
}

TEST_CASE("P7: a session opened and used in one batch counts each number once") {
  Applying applying;
  const auto id = Sessions::id_at(Slot{1}, 0);
  const wire::Request command{wire::RequestKind::command, id, RequestNumber{1}, "bid"};
  const auto own = applying.apply(1, {Applying::payload({{wire::RequestKind::open, {}, {}, ""}, command, command})});
  REQUIRE(own.size() == 1);
  CHECK(own[0].outcomes[0].session == id);
  CHECK(own[0].outcomes[1].body == own[0].outcomes[2].body);
  CHECK(applying.applier.machine().query("") == "bid");
  const auto later = applying.apply(2, {Applying::payload({command})});
  CHECK(later[0].outcomes[0].slot == Slot{1});
}

TEST_CASE("P4: a snapshot restores state, sessions and history: the digests go on alike") {
  Applying one;
  Applying other;
  one.apply(1, {Applying::payload({{wire::RequestKind::open, {}, {}, ""}, Applying::proposal("a")})});
  REQUIRE(other.applier.restore(one.applier.snapshot()));
  CHECK(one.applier.digest() == other.applier.digest());
  const auto command =
      Applying::payload({{wire::RequestKind::command, Sessions::id_at(Slot{1}, 0), RequestNumber{1}, "b"}});
  one.apply(2, {command});
  other.apply(2, {command});
  CHECK(one.applier.digest() == other.applier.digest());
  CHECK(other.applier.machine().query("") == "a,b");
}

TEST_CASE("a snapshot that cannot be read is an error") {
  Applying applying;
  CHECK_FALSE(applying.applier.restore(Bytes("garbage")));
}

TEST_CASE("a digest is marked at every interval, and only the last few are kept") {
  Applying applying;
  applying.options.digest_interval = 2;
  for (std::uint64_t slot = 1; slot <= 100; ++slot) applying.apply(slot, {});
  CHECK(applying.applier.marks().size() == 8);
  CHECK(applying.applier.marks().rbegin()->first == Slot{100});
}

}  // namespace
}  // namespace gavel::order
