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

}  // namespace
}  // namespace gavel::order
