// The operator's choice of a leader, and what a hand-over costs those who send requests meanwhile.
#include <catch2/catch.hpp>

#include "tests/unit/order_pipe.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

Options short_hold_down() {
  Options options;
  options.hold_down = 200ms;
  return options;
}

TEST_CASE("the operator's choice leads at once, and goes on although others stand above it") {
  Pipe pipe(short_hold_down());
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.propose(2, "a"));
  REQUIRE(pipe.at(3).transfer_objection(Uid{1}, pipe.now().at).empty());
  pipe.step(3, TransferTo{Uid{1}});
  REQUIRE(pipe.until([&] { return pipe.leader() == 1; }, 50ms));
  CHECK(pipe.at(1).appointed());
  pipe.step(2, SetRank{5});
  pipe.run(3s);
  CHECK(pipe.leader() == 1);
  SECTION("a new term that it takes itself is still the operator's") {
    wire::Token token;
    token.term = term(9, 3);
    token.ring = uids({1, 2, 3});
    token.hand_over = token.direct = true;
    pipe.step(2, Received{pipe[3].self, token});
    REQUIRE(pipe.until([&] { return pipe.leader() == 1 && pipe.at(1).promised() > term(9, 3); }));
    pipe.run(3s);
    CHECK(pipe.leader() == 1);
  }
  SECTION("drained, it hands over all the same") {
    pipe.step(1, SetDraining{true});
    REQUIRE(pipe.until([&] { return pipe.leader() == 2; }, 1s));
    CHECK_FALSE(pipe.at(2).appointed());
  }
  SECTION("its death ends the appointment: when it comes back it is one of many") {
    pipe.crash(1);
    REQUIRE(pipe.until([&] { return pipe.leader() == 2; }));
    pipe.start(1);
    pipe.run(2s);
    CHECK(pipe.leader() == 2);
  }
  SECTION("the operator may choose another") {
    pipe.step(1, TransferTo{Uid{3}});
    REQUIRE(pipe.until([&] { return pipe.leader() == 3; }, 50ms));
    CHECK(pipe.at(3).appointed());
  }
  REQUIRE(pipe.propose(2, "b"));
}

TEST_CASE("an objection says why a transfer cannot begin, and the leader goes on undisturbed") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  pipe.add_blank(9);
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.propose(3, "a"));
  pipe.step(2, SetDraining{true});
  pipe.crash(1);
  pipe.run(1s);
  const auto objection = [&](std::uint64_t at, std::uint64_t to) {
    return pipe.at(at).transfer_objection(Uid{to}, pipe.now().at);
  };
  CHECK(objection(3, 1) == "n1 is not heard");
  CHECK(objection(3, 2) == "n2 is draining");
  CHECK(objection(3, 3) == "n3 leads already");
  CHECK(objection(3, 9) == "n9 is no voter");
  CHECK(objection(2, 3) == "n2 does not lead");
  const auto reign = pipe.at(3).promised();
  for (const std::uint64_t to : {1, 2, 3, 9}) pipe.step(3, TransferTo{Uid{to}});
  CHECK(pipe[3].noted("does not hand over as the operator wants: n1 is not heard"));
  pipe.run(1s);
  CHECK(pipe.at(3).promised() == reign);
  REQUIRE(pipe.propose(3, "b"));
}

TEST_CASE("a choice that lags is waited for without a stop, and leads when it has caught up") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.lose([](std::uint64_t, std::uint64_t to, const wire::OrderMessage& message) {  // it only hears beats
    return to == 1 && !std::holds_alternative<wire::Beat>(message);
  });
  for (int i = 0; i < 30; ++i) REQUIRE(pipe.propose(2, "x"));
  pipe.step(3, TransferTo{Uid{1}});
  for (int i = 0; i < 5; ++i) REQUIRE(pipe.propose(2, "y", 20ms));
  CHECK(pipe.leader() == 3);
  pipe.heal();
  REQUIRE(pipe.until([&] { return pipe.leader() == 1; }, 1s));
}

TEST_CASE("a hand-over whose successor is gone is given up at once") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.run(200ms);
  pipe.crash(1);
  pipe.step(3, TransferTo{Uid{1}});
  REQUIRE(pipe[3].noted("stops ordering"));
  pipe.step(3, PeerLost{Uid{1}});
  REQUIRE(pipe.propose(2, "a", 20ms));
  CHECK(pipe.leader() == 3);
}

TEST_CASE("P6: nothing is refused, lost or kept waiting for long while the lead goes from hand to hand") {
  Pipe pipe(short_hold_down());
  pipe.found({1, 2, 3, 4, 5});
  REQUIRE(pipe.until([&] { return pipe.leader() == 5; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  Duration longest{};
  std::size_t asked = 0;
  for (const std::uint64_t to : {2, 4, 1, 3, 5}) {
    pipe.run(200ms);
    pipe.step(*pipe.leader(), TransferTo{Uid{to}});
    for (int i = 0; i < 50; ++i, ++asked) {
      const auto begun = pipe.now().at;
      const auto answer = pipe.propose(static_cast<std::uint64_t>(i % 5 + 1), "x", 1s);
      REQUIRE(answer);
      CHECK(answer->status == wire::AnswerStatus::ok);
      longest = std::max(longest, pipe.now().at - begun);
    }
    CHECK(pipe.leader() == to);
  }
  INFO("the longest answer took " << longest.count() << " us");
  CHECK(longest < 10ms);
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe[1].machine->list().size() == 2 * asked - 1);
}

}  // namespace
}  // namespace gavel::order
