// What was lost is asked for, who was away catches up, and no queue grows meanwhile.
#include <catch2/catch.hpp>

#include "common/base/random.hpp"
#include "tests/unit/order_pipe.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

template <class T>
Pipe::Loses first(int count, std::uint64_t to) {
  return [count, to](std::uint64_t, std::uint64_t receiver, const wire::OrderMessage& message) mutable {
    return receiver == to && std::holds_alternative<T>(message) && count-- > 0;
  };
}

TEST_CASE("a batch that the leader missed is repaired") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.lose(first<wire::Batch>(1, 3));
  const auto asked = pipe.now().at;
  REQUIRE(pipe.propose(1, "a"));
  CHECK(pipe.now().at - asked < 150ms);
}

TEST_CASE("a batch of an observer is offered again, though no beat tells of it") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  pipe.add_observer(9);
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.lose([count = 0](std::uint64_t from, std::uint64_t, const wire::OrderMessage& message) mutable {
    return from == 9 && std::holds_alternative<wire::Batch>(message) && count++ < 3;
  });
  const auto answer = pipe.propose(9, "a");
  REQUIRE(answer);
  CHECK(answer->body == "1");
}

TEST_CASE("a follower that missed a batch asks its publisher for it") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  int asked = 0;
  pipe.watch([&](std::uint64_t to, const wire::OrderMessage& message) {
    if (to == 1 && std::holds_alternative<wire::Missing>(message)) ++asked;
  });
  pipe.lose(first<wire::Batch>(1, 2));
  REQUIRE(pipe.propose(1, "a"));
  pipe.run(10ms);
  CHECK(asked == 1);
  CHECK(pipe.until([&] { return pipe.agree(); }, 100ms));
}

TEST_CASE("a lost last order is noticed by the leader's beat") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.lose(first<wire::Order>(1, 1));
  REQUIRE(pipe.propose(2, "a"));
  CHECK(pipe.until([&] { return pipe.agree(); }, 200ms));
}

TEST_CASE("P6, P9: with a third of everything lost, everything is answered, and all agree") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  auto random = std::make_shared<Random>(5);
  pipe.lose([random](std::uint64_t, std::uint64_t, const wire::OrderMessage&) { return random->chance(0.3); });
  for (int i = 0; i < 30; ++i) REQUIRE(pipe.propose(static_cast<std::uint64_t>(i % 3 + 1), "x", 60s));
  pipe.heal();
  REQUIRE(pipe.until([&] { return pipe.agree(); }, 30s));
  CHECK(pipe[1].machine->list().size() == 59);
  CHECK(pipe.overfull().empty());
}

TEST_CASE("what a restarted member has on its disk does not travel again") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  for (int i = 0; i < 50; ++i) REQUIRE(pipe.propose(3, "x"));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.crash(1);
  REQUIRE(pipe.propose(3, "y"));
  pipe.start(1);
  std::size_t travelled = 0;
  pipe.watch([&](std::uint64_t, const wire::OrderMessage& message) {
    if (const auto* entries = std::get_if<wire::Entries>(&message)) travelled += entries->entries.size();
  });
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(travelled <= 2);
}

TEST_CASE("a restarted member whose tail is not the leader's fetches from the point of agreement") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  for (int i = 0; i < 5; ++i) REQUIRE(pipe.propose(3, "x"));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.isolate(3);
  for (int i = 0; i < 3; ++i) {
    pipe.submit(3, {wire::RequestKind::proposal, {}, {}, "lost"});
    pipe.run(5ms);
  }
  pipe.crash(3);
  pipe.heal();
  for (int i = 0; i < 5; ++i) REQUIRE(pipe.propose(1, "y"));
  pipe.start(3);
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe[3].noted("cuts its tail"));
  CHECK(pipe[3].machine->list() == "x,x,x,x,x,y,y,y,y,y,lost");  // the batch was on its disk, and found a leader
}

TEST_CASE("who is slightly behind a snapshot gets entries, and who is far behind gets the snapshot") {
  Options options;
  options.compact_entries = 20;
  options.retained_entries = 10;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.crash(1);
  const int missed = GENERATE(4, 60);
  while (pipe.at(3).commit().value % 20 != 18) REQUIRE(pipe.propose(3, "x"));
  pipe.start(1);
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.crash(1);
  pipe[1].notes.clear();
  for (int i = 0; i < missed; ++i) REQUIRE(pipe.propose(3, "x"));
  pipe.start(1);
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe[1].noted("installs the snapshot") == (missed == 60));
}

TEST_CASE("a publisher behind a snapshot that covers its batches asks again, and each number counts once") {
  Options options;
  options.compact_entries = 5;
  options.retained_entries = 0;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  const auto session = pipe.ask(1, {wire::RequestKind::open, {}, {}, ""});
  REQUIRE(session);
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  pipe.lose([](std::uint64_t, std::uint64_t to, const wire::OrderMessage&) { return to == 1; });  // it can only speak
  const auto id = pipe.submit(1, {wire::RequestKind::command, session->session, RequestNumber{1}, "bid"});
  pipe.run(50ms);
  for (int i = 0; i < 20; ++i) REQUIRE(pipe.propose(2, "x"));
  CHECK(pipe[1].answers.back().id.value != id);
  pipe.heal();
  REQUIRE(pipe.until([&] { return pipe[1].answers.back().id.value == id; }));
  CHECK(pipe[1].noted("installs the snapshot"));
  CHECK(pipe[1].answers.back().status == wire::AnswerStatus::ok);
  CHECK(pipe[1].answers.back().body == "1");
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  CHECK(pipe[3].machine->list().find("bid") == pipe[3].machine->list().rfind("bid"));
}

TEST_CASE("P10: a gateway that is cut off answers Busy above its bound, and every request once in the end") {
  Options options;
  options.requests_waiting = 10;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.isolate(1);
  for (int i = 0; i < 50; ++i) pipe.submit(1, {wire::RequestKind::proposal, {}, {}, "x"});
  CHECK_FALSE(pipe.at(1).accepts_requests());
  const auto busy = [&] {
    return std::count_if(pipe[1].answers.begin(), pipe[1].answers.end(),
                         [](const Answered& answer) { return answer.status == wire::AnswerStatus::busy; });
  };
  CHECK(busy() >= 38);  // two are under way, ten wait
  pipe.heal();
  REQUIRE(pipe.until([&] { return pipe[1].answers.size() == 50; }));
  std::set<SubmitId> ids;
  for (const auto& answer : pipe[1].answers) ids.insert(answer.id);
  CHECK(ids.size() == 50);
  CHECK(pipe.overfull().empty());
}

TEST_CASE("P10: with a dead follower and a flood, no queue outgrows its bound, and the follower catches up") {
  Options options;
  options.slots_in_flight = 16;
  options.compact_entries = 50;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.crash(1);
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 20; ++i)
      for (const std::uint64_t gateway : {2, 3}) pipe.submit(gateway, {wire::RequestKind::proposal, {}, {}, "x"});
    pipe.run(2ms);
  }
  pipe.start(1);
  REQUIRE(pipe.until([&] { return pipe.agree() && pipe[2].answers.size() == 2000 && pipe[3].answers.size() == 2000; }));
  CHECK(pipe.overfull().empty());
}

TEST_CASE("P10: large batches never make an entry that no frame could carry") {
  Options options;
  options.bytes_per_entry = 100'000;
  Pipe pipe(options);
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.cut(3, 2);  // orders wait at the others meanwhile
  for (int i = 0; i < 40; ++i)
    for (const std::uint64_t gateway : {1, 2, 3})
      pipe.submit(gateway, {wire::RequestKind::proposal, {}, {}, Bytes(50'000, 'x')});
  pipe.run(500ms);
  pipe.heal();
  REQUIRE(pipe.until([&] { return pipe.agree() && pipe[2].answers.size() == 40; }, 30s));
  for (auto slot = pipe.at(3).first(); slot <= pipe.at(3).last(); ++slot)
    CHECK(pipe.at(3).entry(slot).batches.size() <= 2);
}

TEST_CASE("a follower whose disk failed follows as an observer would, and the others go on") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.step(1, StorageFailed{});
  REQUIRE(pipe.propose(2, "a"));
  REQUIRE(pipe.propose(1, "b"));
  CHECK(pipe[1].machine->list() == "a,b");
  pipe.crash(2);
  CHECK_FALSE(pipe.ask(3, {wire::RequestKind::proposal, {}, {}, "c"}, 2s));  // one disk of three is no majority
}

TEST_CASE("an idle group is quiet: a replica is woken a little more often than it beats") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  pipe.add_observer(9);
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.run(1s);
  for (const std::uint64_t uid : {1, 2, 3, 9}) pipe[uid].steps = 0;
  pipe.run(10s);
  for (const std::uint64_t uid : {1, 2, 3, 9}) CHECK(pipe[uid].steps < 10 * 20 * 6);  // beats of three, and own ticks
}

TEST_CASE("a member without a leader waits quietly too") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.leader() == 3; }));
  pipe.submit(1, {wire::RequestKind::proposal, {}, {}, "x"});
  pipe.crash(3);
  pipe.crash(2);
  pipe.run(1s);
  pipe[1].steps = 0;
  pipe.run(10s);
  CHECK(pipe[1].steps < 10 * 200);
}

}  // namespace
}  // namespace gavel::order
