// Ranks come before uids: in who stands first, who swallows a token, and to whom a leader hands over. Terms do not know
// them.
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

wire::Token token_of(wire::Term of, bool hand_over = false) {
  wire::Token token;
  token.term = of;
  token.ring = uids({1, 2, 3});
  token.hand_over = hand_over;
  return token;
}

/// Of three the leader died; of those who are left the lower uid ranks higher.
void lose_leader(Pipe& pipe) {
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.step(1, SetRank{1});
  pipe.run(200ms);
  pipe.crash(3);
  for (const std::uint64_t uid : {1, 2}) pipe.step(uid, PeerLost{Uid{3}});
}

TEST_CASE("who has the highest rank takes over from a dead leader, though others have higher uids") {
  Pipe pipe;
  pipe.found({1, 2, 3, 4, 5});
  REQUIRE(pipe.until([&] { return pipe.leader() == 5; }));
  pipe.step(2, SetRank{1});
  pipe.run(200ms);
  pipe.crash(5);
  for (const std::uint64_t uid : {1, 2, 3, 4}) pipe.step(uid, PeerLost{Uid{5}});
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  CHECK(pipe.leader() == 2);
}

TEST_CASE("a lower uid of a higher rank swallows a token, and starts in a round that makes its term the higher one") {
  Pipe pipe;
  lose_leader(pipe);
  const auto round = pipe.at(1).promised().round + 1;
  pipe.lose([](std::uint64_t, std::uint64_t, const wire::OrderMessage&) { return true; });
  pipe.step(1, Received{pipe[2].self, token_of(term(round, 2))});
  CHECK(pipe[1].noted("of a lower rank"));
  CHECK(pipe.at(1).promised() == term(round + 1, 1));
  SECTION("once only before there is a leader: ranks are hearsay, and must not keep elections going") {
    pipe.step(1, Received{pipe[2].self, token_of(term(round + 2, 2), true)});
    REQUIRE(pipe.at(1).promised() == term(round + 2, 2));
    pipe.step(1, Received{pipe[2].self, token_of(term(round + 3, 2))});
    CHECK(pipe.at(1).promised() == term(round + 3, 2));
  }
  pipe.heal();
  CHECK(pipe.until([&] { return pipe.leader() == 1; }));
  REQUIRE(pipe.propose(2, "a"));
}

TEST_CASE("a higher uid of a lower rank lets the token pass") {
  Pipe pipe;
  lose_leader(pipe);
  const auto round = pipe.at(2).promised().round + 1;
  pipe.step(2, Received{pipe[1].self, token_of(term(round, 1))});
  CHECK(pipe.at(2).promised() == term(round, 1));
}

TEST_CASE("a leader hands over to a higher rank that has lasted for the hold-down, and back when it lost it") {
  Pipe pipe(short_hold_down());
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.run(500ms);
  pipe.step(1, SetRank{1});
  pipe.run(150ms);
  CHECK(pipe.leader() == 3);
  REQUIRE(pipe.until([&] { return pipe.leader() == 1; }, 500ms));
  pipe.run(500ms);
  pipe.step(1, SetRank{0});
  pipe.run(150ms);
  CHECK(pipe.leader() == 1);
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }, 500ms));
}

TEST_CASE("a rank that comes and goes within the hold-down moves nobody") {
  Pipe pipe(short_hold_down());
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  const auto reign = pipe.at(3).promised();
  for (int i = 0; i < 20; ++i) {
    pipe.step(2, SetRank{i % 2 == 0 ? 1U : 0U});
    pipe.run(120ms);
  }
  CHECK(pipe.at(3).promised() == reign);
}

TEST_CASE("who is drained hands over to the highest rank, whatever the uids") {
  Pipe pipe;
  pipe.found({1, 2, 3, 4});
  REQUIRE(pipe.until([&] { return pipe.leader() == 4; }));
  pipe.step(2, SetRank{7});
  pipe.run(100ms);
  pipe.step(4, SetDraining{true});
  REQUIRE(pipe.until([&] { return pipe.leader() == 2; }, 1s));
}

}  // namespace
}  // namespace gavel::order
