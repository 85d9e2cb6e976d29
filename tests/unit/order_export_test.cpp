// What a replica shows of its state: the snapshot for backups and archives, and the digests at marks.
#include <catch2/catch.hpp>

#include "tests/unit/order_pipe.hpp"

namespace gavel::order {
namespace {

TEST_CASE("a group founded from the snapshot that a replica shows goes on where that one stood") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.propose(1, "a"));
  REQUIRE(pipe.propose(2, "b"));
  const auto snapshot = pipe.at(1).snapshot();
  CHECK(snapshot.slot == pipe.at(1).commit());
  CHECK(snapshot.config == pipe.at(1).config());
  CHECK(snapshot.stamp == pipe.at(1).entry(snapshot.slot).stamp);

  Pipe other;
  other.found({9});
  other.crash(9);
  other[9].disk = {};
  other[9].disk.snapshot = snapshot;
  other[9].disk.snapshot->config.voters = {Uid{9}};
  other.start(9);
  REQUIRE(other.propose(9, "c"));
  CHECK(other[9].machine->list() == "a,b,c");
}

TEST_CASE("what a replica shows is the same whether its log still holds the entry or not") {
  Options compacting;
  compacting.compact_entries = 1;
  compacting.retained_entries = 0;
  Pipe pipe(compacting);
  pipe.found({1});
  REQUIRE(pipe.propose(1, "a"));
  REQUIRE(pipe.at(1).base() == pipe.at(1).commit());
  const auto shown = pipe.at(1).snapshot();
  REQUIRE(pipe.until([&] { return pipe[1].disk.snapshot->slot == shown.slot; }));
  CHECK(wire::encode(shown) == wire::encode(*pipe[1].disk.snapshot));
}

TEST_CASE("P4: every replica keeps the digest of its state at each of the last eight marks, and they agree") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  pipe.add_observer(9);
  std::vector<Slot> asked;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(pipe.propose(1, "a"));
    const auto answer = pipe.ask(static_cast<std::uint64_t>(i % 3 + 1), {wire::RequestKind::mark, {}, {}, {}});
    REQUIRE(answer);
    CHECK(answer->status == wire::AnswerStatus::ok);
    asked.push_back(answer->slot);
  }
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
  const auto marks = pipe.at(1).status(pipe.now().at).marks;
  REQUIRE(marks.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) CHECK(marks[i].slot == asked[i + 2]);
  CHECK(marks.back().digest != marks.front().digest);
  for (const std::uint64_t uid : {2, 3, 9}) CHECK(pipe.at(uid).marks() == pipe.at(1).marks());
  pipe.crash(2);
  pipe.start(2);
  CHECK(pipe.at(2).marks().empty());
}

TEST_CASE("a mark stands for the whole entry that holds it, and changes nothing") {
  Pipe pipe;
  pipe.found({1});
  REQUIRE(pipe.propose(1, "a"));
  const auto state = pipe[1].machine->list();
  const auto mark = pipe.ask(1, {wire::RequestKind::mark, {}, {}, {}});
  REQUIRE(mark);
  CHECK(pipe[1].machine->list() == state);
  CHECK(pipe.at(1).marks().at(mark->slot) == pipe.at(1).digest());
  pipe.submit(1, {wire::RequestKind::proposal, {}, {}, "b"});  // goes alone
  pipe.submit(1, {wire::RequestKind::mark, {}, {}, {}});
  pipe.submit(1, {wire::RequestKind::proposal, {}, {}, "c"});
  pipe.run(50ms);
  CHECK(pipe[1].machine->list() == "a,b,c");
  CHECK(pipe.at(1).marks().rbegin()->second == pipe.at(1).digest());
}

}  // namespace
}  // namespace gavel::order
