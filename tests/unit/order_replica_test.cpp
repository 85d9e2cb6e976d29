// Small groups of replicas over a pipe: what a group does as a whole, claim by claim.
#include <catch2/catch.hpp>

#include "tests/unit/order_pipe.hpp"

namespace gavel::order {
namespace {

TEST_CASE("a group of one elects itself, commits alone and answers") {
  Pipe pipe;
  pipe.found({1});
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  const auto answer = pipe.propose(1, "a");
  REQUIRE(answer);
  CHECK(answer->status == wire::AnswerStatus::ok);
  CHECK(answer->body == "1");
  CHECK(pipe[1].machine->list() == "a");
}

TEST_CASE("the highest uid of a new group leads it, and every replica applies the same") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  for (int i = 0; i < 10; ++i)
    for (const std::uint64_t gateway : {1, 2, 3}) REQUIRE(pipe.propose(gateway, std::to_string(gateway)));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe[1].machine->list().size() == 59);
  CHECK(pipe[1].events.size() == 30);
}

TEST_CASE("P6: the leader dies, another takes over, and nothing acknowledged is lost") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.propose(1, "before"));
  pipe.crash(3);
  const auto died = pipe.now().at;
  for (const std::uint64_t uid : {1, 2}) pipe.step(uid, PeerLost{Uid{3}});
  REQUIRE(pipe.propose(1, "after"));
  CHECK(pipe.leader() == 2);
  CHECK(pipe.now().at - died < 60ms);
  CHECK(pipe[1].machine->list() == "before,after");
  pipe.start(3);
  REQUIRE(pipe.until([&] { return pipe.agree() && pipe.leader() == 3; }, 30s));
}

TEST_CASE("P9: without a hint the death of a leader is noticed within the suspicion time") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.crash(3);
  const auto died = pipe.now().at;
  REQUIRE(pipe.propose(1, "after"));
  CHECK(pipe.now().at - died < 600ms);
}

TEST_CASE("a follower with nothing new to say leaves out every other beat, and a leader none") {
  const auto beats_of_a_second = [](Pipe& pipe) {
    std::map<std::uint64_t, int> beats;
    pipe.lose([&](std::uint64_t from, std::uint64_t to, const wire::OrderMessage& message) {
      if (std::holds_alternative<wire::Beat>(message) && to == (from == 3 ? 1U : 3U)) ++beats[from];
      return false;
    });
    pipe.run(1s);
    pipe.lose(nullptr);
    return beats;
  };
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.propose(1, "a"));
  pipe.run(1s);
  auto beats = beats_of_a_second(pipe);
  CHECK(beats[3] == Approx(1s / Options().heartbeat).margin(1));
  CHECK(beats[1] == Approx(1s / (2 * Options().heartbeat)).margin(1));

  Options hasty;
  hasty.suspicion = 4 * hasty.heartbeat;  // there all are needed
  Pipe cautious(hasty);
  cautious.found({1, 2, 3});
  REQUIRE(cautious.propose(1, "a"));
  cautious.run(1s);
  beats = beats_of_a_second(cautious);
  CHECK(beats[1] == beats[3]);
}

TEST_CASE("no beat comes later for those that went along and were left out") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.propose(1, "a"));
  pipe.run(1s);
  TimePoint last = pipe.now().at;
  Duration longest{};
  pipe.lose([&](std::uint64_t from, std::uint64_t to, const wire::OrderMessage& message) {
    if (!std::holds_alternative<wire::Beat>(message) || from != 1 || to != 3) return false;
    longest = std::max(longest, pipe.now().at - last);
    last = pipe.now().at;
    return false;
  });
  const auto heartbeat = Options().heartbeat;
  for (int turn = 0; turn < 50; ++turn) {
    for (int early = 0; early < 2; ++early) {
      pipe.run(heartbeat * 7 / 10);
      pipe.step(1, BeatEarly{});
    }
    pipe.run(2 * heartbeat + turn * 2ms);
  }
  CHECK(longest <= 2 * heartbeat);
}

TEST_CASE("P6: all crash and restart, and what was acknowledged is there") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  for (const auto* word : {"a", "b", "c"}) REQUIRE(pipe.propose(2, word));
  for (const std::uint64_t uid : {1, 2, 3}) pipe.crash(uid);
  for (const std::uint64_t uid : {1, 2, 3}) pipe.start(uid);
  const auto seen = pipe.ask(1, {wire::RequestKind::query, {}, {}, ""});
  REQUIRE(seen);
  CHECK(seen->body == "a,b,c");
}

TEST_CASE("P7: a command sent again through another gateway takes effect once and gets the same reply") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  const auto session = pipe.ask(1, {wire::RequestKind::open, {}, {}, ""});
  REQUIRE(session);
  const wire::Request bid{wire::RequestKind::command, session->session, RequestNumber{1}, "bid"};
  const auto first = pipe.ask(1, bid);
  const auto again = pipe.ask(2, bid);
  REQUIRE((first && again));
  CHECK(first->body == again->body);
  CHECK(first->slot == again->slot);
  CHECK(pipe[1].machine->list() == "bid");
  const auto unknown = pipe.ask(3, {wire::RequestKind::command, SessionId{1}, RequestNumber{1}, "bid"});
  REQUIRE(unknown);
  CHECK(unknown->status == wire::AnswerStatus::expired);
}

TEST_CASE("a blank member becomes a learner and then a voter, from a snapshot in pieces") {
  Options options;
  options.compact_entries = 50;
  options.retained_entries = 5;
  Pipe pipe(options);
  pipe.found({5});
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  for (int i = 0; i < 120; ++i) REQUIRE(pipe.propose(5, Bytes(10'000, 'x')));
  REQUIRE(pipe.at(5).base() > Slot{50});
  pipe.add_blank(4);
  pipe.step(5, SetGoal{{{Uid{4}, Uid{5}}, {}}});
  REQUIRE(pipe.until([&] { return pipe.at(4).config().is_voter(Uid{4}); }, 30s));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  REQUIRE(pipe.propose(4, "y"));
}

TEST_CASE("a log holds what it was last told that it may, and a quarter before its snapshot") {
  Options options;
  options.compact_bytes = 1U << 20U;
  Pipe pipe(options);
  pipe.found({5});
  const auto held = [&] { return 2'000 * (pipe.at(5).last().value + 1 - pipe.at(5).first().value); };
  const auto held_most = [&] {
    std::uint64_t most = 0;
    for (int i = 0; i < 100; ++i) {
      REQUIRE(pipe.ask(5, {wire::RequestKind::query, {}, {}, Bytes(2'000, 'x')}));
      most = std::max(most, held());
    }
    return most;
  };
  CHECK(held_most() > 190'000);
  pipe.step(5, SetLogRoom{40'000});
  CHECK(held() < 12'000);  // at once, though nothing is committed
  const auto least = held_most();
  CHECK(least > 40'000);
  CHECK(least < 54'000);
  pipe.step(5, SetLogRoom{1U << 20U});
  CHECK(held_most() > 190'000);
}

TEST_CASE("the leader hands over to a higher uid that has been up for the hold-down time") {
  Options options;
  options.hold_down = 200ms;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  pipe.crash(3);
  REQUIRE(pipe.until([&] { return pipe.leader() == 2; }));
  pipe.start(3);
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.propose(1, "x"));
}

TEST_CASE("a drained leader hands over") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.propose(1, "x"));
  pipe.step(3, SetDraining{true});
  REQUIRE(pipe.until([&] { return pipe.leader() == 2; }));
}

TEST_CASE("an observer follows, answers as a gateway, and counts for nothing") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  REQUIRE(pipe.propose(1, "a"));
  pipe.add_observer(9);
  const auto answer = pipe.propose(9, "b");
  REQUIRE(answer);
  CHECK(answer->body == "2");
  CHECK(pipe[9].machine->list() == "a,b");
  CHECK(pipe[9].syncing.empty());
  pipe.crash(1);
  pipe.crash(2);
  CHECK_FALSE(pipe.ask(9, {wire::RequestKind::proposal, {}, {}, "c"}, 2s));
}

TEST_CASE("a member whose disk failed stops leading and acking") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.step(3, StorageFailed{});
  REQUIRE(pipe.until([&] { return pipe.leader() == 2; }));
  REQUIRE(pipe.propose(3, "x"));
}

TEST_CASE("P4: a replica that differs from the majority notices, and takes the state again") {
  Options options;
  options.digest_interval = 8;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.propose(1, "x"));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe[1].machine->corrupt();
  for (int i = 0; i < 20; ++i) REQUIRE(pipe.propose(2, "y"));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
}

}  // namespace
}  // namespace gavel::order
