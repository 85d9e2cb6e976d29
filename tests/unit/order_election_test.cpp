// Elections in small groups: who leads, who must not, and from whom the log is restored.
#include <catch2/catch.hpp>

#include "tests/unit/order_pipe.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

TEST_CASE("P1: nobody leads before its promise and those of a majority are durable") {
  Pipe pipe;
  pipe.disks_work(false);
  pipe.found({1, 2, 3});
  pipe.run(3s);
  CHECK_FALSE(pipe.has_leader());
  pipe.disks_work(true);
  CHECK(pipe.until([&] { return pipe.leader() == 3; }));
}

TEST_CASE("one cut link disturbs nobody: who alone misses the leader promises nothing") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.propose(2, "a"));
  const auto reign = pipe.at(3).promised();
  pipe.cut(3, 1);
  pipe.cut(1, 3);
  pipe.run(3s);
  CHECK(pipe.at(1).promised() == reign);
  CHECK(pipe.at(3).leads());
  REQUIRE(pipe.propose(2, "b"));
  pipe.heal();
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe.at(3).promised() == reign);
}

TEST_CASE("in a group of two nobody leads alone, and both together go on") {
  Pipe pipe;
  pipe.found({1, 2});
  REQUIRE(pipe.until([&] { return pipe.leader() == 2; }));
  REQUIRE(pipe.propose(1, "a"));
  pipe.crash(2);
  CHECK_FALSE(pipe.ask(1, {wire::RequestKind::proposal, {}, {}, "b"}, 3s));
  CHECK_FALSE(pipe.has_leader());
  pipe.start(2);
  REQUIRE(pipe.until([&] { return pipe.agree() && pipe[2].machine->list() == "a,b"; }));
}

TEST_CASE("a leader tells which way its token went, from the second election on") {
  Pipe pipe;
  pipe.found({1, 2, 3, 4});
  REQUIRE(pipe.until([&] { return pipe.leader() == 4; }));
  pipe.crash(4);
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  const auto status = pipe.at(3).status(pipe.now().at);
  CHECK(status.way == std::vector<Uid>{{3}, {1}, {2}});
  CHECK(pipe.at(1).status(pipe.now().at).way.empty());
}

TEST_CASE("the ring skips the dead: of five, three go on, and the highest of them leads in the end") {
  Options options;
  options.hold_down = 200ms;
  Pipe pipe(options);
  pipe.found({1, 2, 3, 4, 5});
  REQUIRE(pipe.until([&] { return pipe.leader() == 5; }));
  pipe.crash(5);
  pipe.crash(4);
  const auto died = pipe.now().at;
  REQUIRE(pipe.propose(1, "a"));
  CHECK(pipe.now().at - died < 1s);
  CHECK(pipe.until([&] { return pipe.leader() == 3; }));
}

TEST_CASE("P3: the winner restores what only a lower voter holds") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.isolate(2);
  REQUIRE(pipe.propose(3, "a"));
  REQUIRE(pipe.propose(3, "b"));
  pipe.crash(3);
  pipe.heal();
  pipe.lose([](std::uint64_t, std::uint64_t, const wire::OrderMessage& message) {  // it must not catch up before
    const auto* fetch = std::get_if<wire::Fetch>(&message);
    return fetch != nullptr && !fetch->recovery;
  });
  REQUIRE(pipe.propose(1, "c"));
  CHECK(pipe.leader() == 2);
  CHECK(pipe[2].noted("restores from n1"));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe[2].machine->list() == "a,b,c");
}

TEST_CASE("P3: a winner that is far behind restores from a snapshot") {
  Options options;
  options.compact_entries = 10;
  options.retained_entries = 0;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.isolate(2);
  for (int i = 0; i < 50; ++i) REQUIRE(pipe.propose(1, "x"));
  pipe.crash(3);
  pipe.heal();
  pipe.lose([](std::uint64_t, std::uint64_t, const wire::OrderMessage& message) {  // it must not catch up before
    const auto* fetch = std::get_if<wire::Fetch>(&message);
    return fetch != nullptr && !fetch->recovery;
  });
  pipe.step(1, SetDraining{true});  // so that the one that is behind stands for election
  REQUIRE(pipe.until([&] { return pipe.leader() == 2; }));
  CHECK(pipe[2].noted("installs the snapshot"));
  pipe.heal();
  REQUIRE(pipe.propose(1, "y"));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe[2].machine->list().size() == 101);
}

TEST_CASE("a voter that promised and then does not answer the recovery is left out of the count") {
  Pipe pipe;
  pipe.found({1, 2, 3, 4, 5});
  REQUIRE(pipe.until([&] { return pipe.leader() == 5; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.isolate(3);
  pipe.isolate(4);
  REQUIRE(pipe.propose(5, "a"));
  pipe.crash(5);
  pipe.heal();
  pipe.lose([](std::uint64_t from, std::uint64_t, const wire::OrderMessage& message) {
    const auto* entries = std::get_if<wire::Entries>(&message);
    return from == 1 && entries != nullptr && entries->recovery;
  });
  REQUIRE(pipe.propose(2, "b"));
  CHECK(pipe[2].machine->list() == "a,b");
}

TEST_CASE("P2: a leader that was cut off steps down, and what only it had ordered is replaced, not lost") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.until([&] { return pipe.agree() && pipe.at(3).commit() == pipe.at(3).last(); }));
  pipe.isolate(3);
  pipe.submit(3, {wire::RequestKind::proposal, {}, {}, "cut off"});
  pipe.run(100ms);
  REQUIRE(pipe.at(3).last() > pipe.at(3).commit());
  REQUIRE(pipe.propose(1, "a"));
  CHECK(pipe.leader() == 2);
  CHECK(pipe.until([&] { return pipe[3].noted("steps down"); }));
  pipe.heal();
  REQUIRE(pipe.until([&] { return !pipe[3].answers.empty(); }));
  CHECK(pipe[3].noted("cuts its tail"));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe[1].machine->list() == "a,cut off");
}

TEST_CASE("P9: a member whose promise ran ahead is followed up by a re-election") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  wire::Token token;
  token.term = term(9, 2);
  token.ring = uids({1, 2, 3});
  token.hand_over = true;
  token.direct = true;
  pipe.step(1, Received{pipe[2].self, token});
  CHECK(pipe.at(1).promised() == term(9, 2));
  REQUIRE(pipe.until([&] { return pipe.leader() == 3 && pipe.at(3).promised() > term(9, 2); }));
  REQUIRE(pipe.propose(1, "a"));
}

TEST_CASE("a token for less than the promise changes nothing, and its sender is told of the promise") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  const auto reign = pipe.at(1).promised();
  wire::Token token;
  token.term = {0, Uid{2}};
  token.ring = uids({1, 2, 3});
  token.hand_over = true;
  pipe.step(1, Received{pipe[2].self, token});
  CHECK(pipe.at(1).promised() == reign);
}

TEST_CASE("a round that no group reaches is refused, and takes nobody down") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  wire::Token token;
  token.term = {~0ULL, Uid{2}};
  token.ring = uids({1, 2, 3});
  token.hand_over = true;
  wire::Beat beat;
  beat.promised = token.term;
  beat.following = token.term;
  for (const std::uint64_t uid : {1, 3}) {
    pipe.step(uid, Received{pipe[2].self, token});
    pipe.step(uid, Received{pipe[2].self, beat});
    pipe.step(uid, Received{pipe[2].self, wire::Rejected{token.term}});
  }
  pipe.crash(3);
  REQUIRE(pipe.propose(1, "a"));
}

TEST_CASE("beats that a dead leader left behind do not revive it") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.propose(1, "a"));
  wire::Beat beat;
  beat.promised = beat.following = pipe.at(3).promised();
  beat.role = wire::Role::leader;
  const auto dead = pipe[3].self;
  pipe.crash(3);
  const auto died = pipe.now().at;
  for (const std::uint64_t uid : {1, 2}) {
    pipe.step(uid, PeerLost{Uid{3}});
    pipe.step(uid, Received{dead, beat});
  }
  REQUIRE(pipe.propose(1, "b"));
  CHECK(pipe.now().at - died < 60ms);
}

TEST_CASE("when the candidate dies in mid-election, the next one does not wait for its time to run out") {
  Pipe pipe;
  pipe.found({1, 2, 3, 4, 5});
  REQUIRE(pipe.until([&] { return pipe.leader() == 5; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.crash(5);
  for (const std::uint64_t uid : {1, 2, 3, 4}) pipe.step(uid, PeerLost{Uid{5}});
  REQUIRE(pipe.until([&] { return pipe.at(1).promised().uid == Uid{4}; }));
  pipe.crash(4);
  const auto died = pipe.now().at;
  for (const std::uint64_t uid : {1, 2, 3}) pipe.step(uid, PeerLost{Uid{4}});
  REQUIRE(pipe.propose(1, "a"));
  CHECK(pipe.now().at - died < 150ms);
}

TEST_CASE("the last member, drained, goes on leading: there is nobody to hand over to") {
  Pipe pipe;
  pipe.found({1});
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  pipe.step(1, SetDraining{true});
  pipe.run(2s);
  CHECK(pipe.at(1).leads());
  REQUIRE(pipe.propose(1, "a"));
  pipe.crash(1);
  pipe.start(1);
  pipe.step(1, SetDraining{true});
  REQUIRE(pipe.propose(1, "b"));  // and if nobody else does, it stands again
}

TEST_CASE("a hand-over whose successor dies is given up, and the leader goes on") {
  Options options;
  options.hold_down = 200ms;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  pipe.crash(3);
  REQUIRE(pipe.until([&] { return pipe.leader() == 2; }));
  pipe.start(3);
  pipe.lose([](std::uint64_t, std::uint64_t, const wire::OrderMessage& message) {
    return std::holds_alternative<wire::HandOver>(message);
  });
  REQUIRE(pipe.until([&] { return pipe[2].noted("gives up the hand-over"); }));
  CHECK(pipe.at(2).leads());
  REQUIRE(pipe.propose(1, "a"));
  pipe.heal();
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
}

TEST_CASE("a leader that is not wanted as voter hands over and is then removed") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  for (const std::uint64_t uid : {1, 2, 3}) pipe.step(uid, SetGoal{voters({2, 1})});  // in any order
  REQUIRE(pipe.until([&] { return pipe.at(2).leads() && pipe.at(1).config() == voters({1, 2}); }));
  pipe.crash(3);
  REQUIRE(pipe.propose(1, "a"));
}

}  // namespace
}  // namespace gavel::order
