// A learner that is always some slots behind under load, because its disk is slow: it is promoted if it keeps up.
#include <catch2/catch.hpp>

#include "common/order/rounds.hpp"
#include "tests/unit/order_pipe.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

/// 1, 2 and 3 of which 1 has died, and 9 with a slow disk, which is to take its place.
struct Replacement {
  explicit Replacement(Duration sync_time) {
    pipe.found({1, 2, 3});
    REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
    pipe.add_blank(9);
    REQUIRE(pipe.until([&] { return pipe.agree(); }));
    pipe.slow_disk(9, sync_time);
    pipe.crash(1);
    run_under_load(2s);
    for (const auto uid : {2, 3, 9}) pipe.step(uid, SetGoal{goal});
  }
  /// A hundred requests a second.
  void run_under_load(Duration time) {
    for (Duration run{}; run < time; run += 10ms) {
      pipe.submit(2, {wire::RequestKind::proposal, {}, {}, "x"});
      pipe.run(10ms);
      if (pipe.at(9).config().is_learner(Uid{9}) && pipe.at(3).config().is_learner(Uid{9}))
        least_behind = std::min(least_behind, pipe.at(3).last().since(Slot{acked_by_nine()}));
    }
  }
  std::uint64_t acked_by_nine() {
    const auto status = pipe.at(3).status(pipe.now().at);
    for (const auto& member : status.members)
      if (member.uid == Uid{9}) return member.durable.value;
    return 0;
  }

  Pipe pipe;
  const wire::Config goal = voters({2, 3, 9});
  std::uint64_t least_behind = SIZE_MAX;
};

TEST_CASE("a learner that lags by a constant time under load takes a dead voter's place, though acks are lost") {
  Replacement group(300ms);
  const bool lossy = GENERATE(false, true);
  int acks = 0;
  if (lossy)
    group.pipe.lose([&](std::uint64_t from, std::uint64_t, const wire::OrderMessage& message) {
      return from == 9 && std::holds_alternative<wire::Ack>(message) && ++acks % 2 == 0;
    });
  group.run_under_load(10s);
  CHECK(group.least_behind > Options{}.caught_up);
  CHECK(group.pipe.at(3).config() == group.goal);
  CHECK(group.pipe.leader() == 3);  // the newcomer's uid is the highest: it would have to be closer for a hand-over
}

TEST_CASE("a learner whose rounds take too long stays a learner while the load lasts") {
  Replacement group(1500ms);
  group.run_under_load(10s);
  CHECK(group.pipe.at(3).config() == wire::Config{uids({1, 2, 3}), uids({9})});
  CHECK(group.pipe.until([&] { return group.pipe.at(3).config() == group.goal; }, 20s));
}

TEST_CASE("what an earlier life of a learner, or an earlier reign, had reached is no reason to promote it") {
  Rounds rounds(1s);
  const wire::Member nine{Uid{9}, Incarnation{1}};
  const TimePoint start(10s);
  rounds.observe(nine, Slot{0}, Slot{20}, start);
  CHECK_FALSE(rounds.keeps_up(Uid{9}, start));
  rounds.observe(nine, Slot{20}, Slot{40}, start + 500ms);
  REQUIRE(rounds.keeps_up(Uid{9}, start + 500ms));
  CHECK_FALSE(rounds.keeps_up(Uid{9}, start + 1600ms));  // it stopped
  SECTION("another life") {
    rounds.observe({Uid{9}, Incarnation{2}}, Slot{40}, Slot{60}, start + 600ms);
    CHECK_FALSE(rounds.keeps_up(Uid{9}, start + 600ms));
  }
  SECTION("another reign") {
    rounds.clear();
    CHECK_FALSE(rounds.keeps_up(Uid{9}, start + 600ms));
  }
  SECTION("no learner any more") {
    rounds.keep(voters({9}));
    CHECK_FALSE(rounds.keeps_up(Uid{9}, start + 600ms));
  }
}

}  // namespace
}  // namespace gavel::order
