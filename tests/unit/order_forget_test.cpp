// Whoever left long ago costs nothing any more: neither what is known of it, nor its batches, nor a mark in each beat.
#include <catch2/catch.hpp>

#include "common/order/peers.hpp"
#include "common/order/streams.hpp"
#include "tests/unit/order_pipe.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

constexpr Duration kForget = 2s;

Options forgetful() {
  Options options;
  options.forget_after = kForget;
  return options;
}

/// 1, 2 and 3, and 8 in no configuration, which publishes ten batches and is no more.
struct Departure {
  Departure() {
    pipe.found({1, 2, 3});
    pipe.add_blank(8);
    pipe.watch([this](std::uint64_t to, const wire::OrderMessage& message) {
      if (const auto* batch = std::get_if<wire::Batch>(&message); batch && batch->ref.publisher == Uid{8})
        last = *batch;
      const auto* beat = std::get_if<wire::Beat>(&message);
      if (beat == nullptr || to != 1) return;
      marked = std::any_of(beat->held.begin(), beat->held.end(),
                           [](const wire::StreamMark& mark) { return mark.publisher == Uid{8}; });
    });
    REQUIRE(pipe.until([&] { return pipe.agree(); }));
  }
  void come_and_go() {
    for (int i = 0; i < 10; ++i) REQUIRE(pipe.propose(8, std::to_string(i)));
    pipe.crash(8);
  }

  Pipe pipe{forgetful()};
  std::optional<wire::Batch> last;
  bool marked = false;
};

TEST_CASE("who is in no configuration and silent for long has no mark in the beats any more") {
  Departure group;
  group.come_and_go();
  group.pipe.run(kForget / 2);
  CHECK(group.marked);
  group.pipe.run(kForget);
  CHECK_FALSE(group.marked);
}

TEST_CASE("who is heard, and who is in the configuration, is not forgotten") {
  Departure group;
  for (int i = 0; i < 10; ++i) REQUIRE(group.pipe.propose(8, "x"));
  group.pipe.run(3 * kForget);
  CHECK(group.marked);
  for (const auto uid : {1, 2, 3}) group.pipe.step(uid, SetGoal{{uids({1, 2, 3}), uids({8})}});
  REQUIRE(group.pipe.until([&] { return group.pipe.at(1).config().is_learner(Uid{8}); }));
  group.pipe.crash(8);
  group.pipe.run(3 * kForget);
  CHECK(group.marked);
}

TEST_CASE("a batch of a forgotten stream that turns up late is not ordered again") {
  Departure group;
  group.come_and_go();
  group.pipe.run(3 * kForget);
  const auto before = group.pipe[1].machine->list();
  REQUIRE(group.last);
  for (const auto uid : {1, 2, 3}) group.pipe.step(uid, Received{{Uid{8}, group.last->ref.incarnation}, *group.last});
  group.pipe.run(1s);
  CHECK(group.pipe[1].machine->list() == before);
  CHECK(group.pipe.agree());
}

TEST_CASE("a member that lacks the batches of a forgotten stream gets them with the entries") {
  Departure group;
  group.pipe.crash(1);
  group.come_and_go();
  group.pipe.run(3 * kForget);
  group.pipe.start(1);
  CHECK(group.pipe.until([&] { return group.pipe.agree(); }));
}

TEST_CASE("who comes back after it was forgotten goes on in the same stream, and in the next life") {
  Departure group;
  for (int i = 0; i < 10; ++i) REQUIRE(group.pipe.propose(8, "x"));
  group.pipe.isolate(8);
  group.pipe.run(3 * kForget);
  CHECK_FALSE(group.marked);
  group.pipe.heal();
  CHECK(group.pipe.propose(8, "same life"));
  group.pipe.crash(8);
  group.pipe.run(3 * kForget);
  group.pipe.start(8);
  CHECK(group.pipe.propose(8, "next life"));
  CHECK(group.pipe.until([&] { return group.pipe.agree(); }));
}

TEST_CASE("what can be ordered of a stream stays until it is") {
  Streams streams(64, 256);
  const auto gone = [](Uid) { return true; };
  streams.hold(ref(8, 1, 1), share("a"), {});
  streams.forget({}, gone);
  REQUIRE(streams.payload(ref(8, 1, 1)));
  streams.ordered(ref(8, 1, 1), share("a"));
  streams.forget({{Uid{8}, {Uid{8}, Incarnation{1}, BatchNumber{1}}}}, gone);
  CHECK(streams.all().empty());
}

TEST_CASE("of those in no configuration only the silent are forgotten") {
  Peers peers(300ms, 50ms);
  peers.beat({Uid{1}, Incarnation{1}}, {}, TimePoint(10s));
  peers.beat({Uid{8}, Incarnation{1}}, {}, TimePoint(10s));
  peers.beat({Uid{9}, Incarnation{1}}, {}, TimePoint(30s));
  peers.forget(voters({1, 2, 3}), TimePoint(20s));
  CHECK(peers.find(Uid{1}));
  CHECK_FALSE(peers.find(Uid{8}));
  CHECK(peers.find(Uid{9}));
}

}  // namespace
}  // namespace gavel::order
