// A replica that no configuration names (any more, or yet): it follows and applies, counts for nothing, disturbs
// nobody, and is a voter again at once when it is called back.
#include <catch2/catch.hpp>

#include "tests/unit/order_pipe.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

Options compacting() {
  Options options;
  options.compact_entries = 20;
  options.retained_entries = 5;
  return options;
}

void want(Pipe& pipe, const std::vector<std::uint64_t>& members, wire::Config goal) {
  for (const auto uid : members) pipe.step(uid, SetGoal{goal});
}

TEST_CASE("who was taken out of the configuration follows on, and its ack counts for nothing") {
  Pipe pipe;
  pipe.found({1, 2, 3, 4});
  REQUIRE(pipe.until([&] { return pipe.leader() == 4; }));
  want(pipe, {2, 3, 4}, voters({2, 3, 4}));
  REQUIRE(pipe.until([&] { return pipe.at(4).config() == voters({2, 3, 4}); }));
  REQUIRE(pipe.propose(1, "a"));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe.at(1).config() == voters({2, 3, 4}));
  pipe.crash(2);
  pipe.crash(3);
  CHECK_FALSE(pipe.ask(1, {wire::RequestKind::proposal, {}, {}, "b"}, 2s));
}

TEST_CASE("a blank replica that nobody has listed takes the state and follows") {
  Pipe pipe(compacting());
  pipe.found({1, 2, 3});
  for (int i = 0; i < 50; ++i) REQUIRE(pipe.propose(1, "x"));
  pipe.add_blank(9);
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  REQUIRE(pipe.propose(2, "a"));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe.at(9).config() == voters({1, 2, 3}));
}

TEST_CASE("who thinks that it is still a voter, and was taken out long ago, disturbs nobody and catches up") {
  Pipe pipe(compacting());
  pipe.found({1, 2, 3, 4});
  REQUIRE(pipe.until([&] { return pipe.leader() == 4; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  const bool highest = GENERATE(false, true);
  const std::uint64_t away = highest ? 4 : 1;
  pipe.crash(away);
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  std::vector<std::uint64_t> rest{1, 2, 3, 4};
  std::erase(rest, away);
  want(pipe, rest, voters(rest));
  const int missed = GENERATE(2, 100);  // entries, or a snapshot
  for (int i = 0; i < missed; ++i) REQUIRE(pipe.propose(2, "x"));
  REQUIRE(pipe.until([&] { return pipe.at(2).config() == voters(rest); }));
  const auto reign = pipe.at(*pipe.leader()).promised();
  pipe[away].notes.clear();
  pipe.start(away);
  REQUIRE(pipe.at(away).config() == voters({1, 2, 3, 4}));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe[away].noted("installs the snapshot") == (missed == 100));
  pipe.run(3s);
  CHECK(pipe.at(*pipe.leader()).promised() == reign);
}

TEST_CASE("who missed its own removal and hears nobody stands for nothing, as nobody says that a leader is missing") {
  Pipe pipe;
  pipe.found({1, 2, 3, 4});
  REQUIRE(pipe.until([&] { return pipe.leader() == 4; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.isolate(1);
  want(pipe, {2, 3, 4}, voters({2, 3, 4}));
  REQUIRE(pipe.until([&] { return pipe.at(4).config() == voters({2, 3, 4}); }));
  const auto reign = pipe.at(4).promised();
  pipe.heal();
  pipe.cut(4, 1);  // of all, it does not hear the leader
  pipe.run(3s);
  CHECK(pipe.at(1).promised() == reign);
  CHECK(pipe.at(4).promised() == reign);
}

TEST_CASE("an unlisted replica that promised more than the leader's term is followed up once it hears the leader") {
  Pipe pipe;
  pipe.found({1, 2, 3, 4});
  REQUIRE(pipe.until([&] { return pipe.leader() == 4; }));
  want(pipe, {2, 3, 4}, voters({2, 3, 4}));
  REQUIRE(pipe.until([&] { return pipe.at(4).config() == voters({2, 3, 4}) && pipe.agree(); }));
  const auto reign = pipe.at(4).promised();
  wire::Token token;
  token.term = term(9, 2);
  token.ring = uids({1, 2, 3, 4});
  token.hand_over = token.direct = true;
  pipe.isolate(1);
  pipe.step(1, Received{pipe[2].self, token});
  REQUIRE(pipe.at(1).promised() == term(9, 2));
  pipe.run(1s);
  pipe.heal();
  pipe.cut(4, 1);
  pipe.run(1s);
  CHECK(pipe.at(4).promised() == reign);  // what it cannot hear would not help it
  pipe.heal();
  REQUIRE(pipe.until([&] { return pipe.at(4).promised() > term(9, 2) && pipe.agree(); }));
  CHECK(pipe.leader() == 4);
}

TEST_CASE("who is called back with the disk it kept is a voter again within a few beats") {
  Pipe pipe(compacting());
  pipe.found({1, 2, 3, 4});
  REQUIRE(pipe.until([&] { return pipe.leader() == 4; }));
  want(pipe, {1, 2, 3, 4}, voters({2, 3, 4}));
  REQUIRE(pipe.until([&] { return pipe.at(4).config() == voters({2, 3, 4}); }));
  const bool away = GENERATE(false, true);
  if (away) pipe.crash(1);
  for (int i = 0; i < 60; ++i) REQUIRE(pipe.propose(2, "x"));
  if (away) pipe.start(1);
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  const auto called = pipe.now().at;
  want(pipe, {1, 2, 3, 4}, voters({1, 2, 3, 4}));
  REQUIRE(pipe.until([&] { return pipe.at(4).config() == voters({1, 2, 3, 4}) && pipe.agree(); }));
  CHECK(pipe.now().at - called < 200ms);
  pipe.crash(2);
  REQUIRE(pipe.propose(3, "a"));  // and counts
}

}  // namespace
}  // namespace gavel::order
