// The directory's history is followed command by command, also where one entry holds several.
#include "tests/sim/house/directory_replay.hpp"

#include <catch2/catch.hpp>

#include "common/wire/codec.hpp"
#include "common/wire/services/directory.hpp"

namespace gavel::sim {
namespace {

directory::RegisterNode node(std::uint64_t uid) {
  directory::RegisterNode out;
  out.uid = Uid{uid};
  out.name = "n" + std::to_string(uid);
  out.incarnation = Incarnation{1};
  out.endpoints = {"tcp://127.0.0.1:1", "tcp://127.0.0.1:2", "tcp://127.0.0.1:3"};
  out.slots = 1;
  return out;
}

directory::AddItem lot_1() {
  directory::AddItem out;
  out.id = "lot-1";
  out.title = "a chair";
  out.seller = "ann";
  out.start_price = Money{1000, {}};
  out.increment = Money{100, {}};
  return out;
}

directory::StartAuction auction_of_lot_1() {
  directory::StartAuction out;
  out.item = "lot-1";
  out.duration = directory::kMinAuction;
  return out;
}

/// An entry of one batch, with these commands.
Rope entry(std::uint64_t number, const std::vector<directory::Command>& commands) {
  wire::RequestList list;
  for (const auto& command : commands)
    list.requests.push_back({wire::RequestKind::proposal, {}, {}, wire::encode_any(command)});
  wire::FullEntry out;
  out.entry.kind = wire::EntryKind::batches;
  out.entry.batches = {{Uid{1}, Incarnation{1}, BatchNumber{number}}};
  out.payloads = {share(wire::encode(list))};
  return Rope(wire::encode(out));
}

constexpr Uid kA{1};
constexpr Uid kB{2};

struct Replayed {
  /// The next entry is logged and applied by a node.
  void order(const std::vector<directory::Command>& commands) {
    slot = slot.next();
    log(kA, slot, commands);
    CHECK(replay.applied(kA, slot));
  }
  void log(Uid uid, Slot at, const std::vector<directory::Command>& commands) {
    replay.writes(uid, {store::Operation::Kind::append, kDirectoryGroup, at, false, entry(at.value, commands)});
  }

  DirectoryHistory history;
  DirectoryReplay replay{{}, history};
  Slot slot;
};

}  // namespace

TEST_CASE("a node may keep a seat that nobody takes when it is drained by the entry that gave it") {
  Replayed run;
  run.order({node(1), lot_1(), auction_of_lot_1()});
  REQUIRE(run.history.newest().auctions.at("lot-1").members == std::vector<Uid>{{1}});
  run.order({node(2), directory::DrainNode{Uid{2}, true}});
  CHECK(run.history.newest().auctions.at("lot-1").members == std::vector<Uid>{{1}, {2}});
  CHECK_FALSE(run.history.newest().nodes.at(Uid{2}).is_fit());
  CHECK(run.history.slot() == Slot{2});
}

TEST_CASE("what nodes apply is replayed once") {
  Replayed run;
  run.order({node(1)});
  const auto digest = run.replay.digest();
  run.log(kB, run.slot, {node(1)});
  CHECK_FALSE(run.replay.applied(kB, run.slot));
  CHECK(run.replay.digest() == digest);
}

TEST_CASE("what is replayed is what the node that applied it logged last") {
  Replayed run;
  run.log(kA, Slot{1}, {node(3)});
  run.log(kA, Slot{1}, {node(4)});
  run.log(kA, Slot{2}, {lot_1()});
  run.log(kB, Slot{1}, {node(5)});
  CHECK(run.replay.applied(kA, Slot{2}));
  CHECK(run.history.newest().nodes.size() == 1);
  CHECK(run.history.newest().nodes.contains(Uid{4}));
  CHECK(run.history.newest().items.contains("lot-1"));
}

TEST_CASE("what a node applies and has not in its log is replayed when another applies it") {
  Replayed run;
  run.log(kA, Slot{1}, {node(3)});
  run.replay.writes(kA, {store::Operation::Kind::snapshot, kDirectoryGroup, Slot{1}, false, {}});
  CHECK_FALSE(run.replay.applied(kA, Slot{1}));
  run.log(kB, Slot{1}, {node(5)});
  CHECK(run.replay.applied(kB, Slot{1}));
  CHECK(run.history.newest().nodes.contains(Uid{5}));
}

}  // namespace gavel::sim
