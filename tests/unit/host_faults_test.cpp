// Faults on purpose, and group states on their way to a backup: two parts of a node, each by itself and in a node.
#include <catch2/catch.hpp>

#include "common/base/digest.hpp"
#include "node/host/backups.hpp"
#include "node/host/faults.hpp"
#include "tests/unit/host_house.hpp"

namespace gavel::host {
namespace {

Now at(Duration since) { return {TimePoint{} + since, {}}; }

wire::SetFaults faults_of(std::vector<Uid> blocked, std::uint32_t drop_percent, Duration delay, Duration sync_delay) {
  return {1, std::move(blocked), drop_percent, delay, sync_delay};
}

}  // namespace

TEST_CASE("a node that was not started for it takes no faults") {
  Faults faults(false, 1);
  NodeEffects effects;
  CHECK(faults.apply(faults_of({}, 100, {}, {}), effects) ==
        "this node takes no faults: it was started without --allow-faults");
  CHECK(faults.hears(at(1s), {7}, "frame", false));
  CHECK(faults.summary().empty());
}

TEST_CASE("faults that make no sense are refused, and the former ones stay") {
  Faults faults(true, 1);
  NodeEffects effects;
  CHECK(faults.apply(faults_of({{7}}, 0, {}, {}), effects).empty());
  CHECK_FALSE(faults.apply(faults_of({}, 101, {}, {}), effects).empty());
  CHECK_FALSE(faults.apply(faults_of({}, 0, -1s, {}), effects).empty());
  CHECK_FALSE(faults.apply(faults_of({}, 0, {}, 61s), effects).empty());
  CHECK(faults.summary() == "faults injected: node 7 not heard");
}

TEST_CASE("nothing is heard of a blocked node, and of the others what is left after the losses") {
  Faults faults(true, 1);
  NodeEffects effects;
  CHECK(faults.apply(faults_of({{7}}, 25, {}, 20ms), effects).empty());
  CHECK(effects.sync_delay == Duration(20ms));
  CHECK(faults.summary() == "faults injected: node 7 not heard, 25 % lost, disk 20 ms slower");
  int heard = 0;
  for (int i = 0; i < 10'000; ++i) {
    CHECK_FALSE(faults.hears(at(1s), {7}, "frame", false));
    heard += faults.hears(at(1s), {8}, "frame", false) ? 1 : 0;
  }
  CHECK(heard > 7300);
  CHECK(heard < 7700);
  effects.clear();
  CHECK(faults.apply(faults_of({}, 0, {}, {}), effects).empty());
  CHECK(effects.sync_delay == Duration(0));
  CHECK(faults.hears(at(1s), {7}, "frame", false));
}

TEST_CASE("frames that are late come in their order, also when the delay shrinks under way") {
  Faults faults(true, 1);
  NodeEffects effects;
  CHECK(faults.apply(faults_of({}, 0, 100ms, {}), effects).empty());
  CHECK_FALSE(faults.hears(at(1000ms), {7}, "one", false));
  CHECK_FALSE(faults.hears(at(1010ms), {8}, "two", true));
  CHECK(faults.next_deadline() == at(1100ms).at);
  CHECK(faults.apply(faults_of({}, 0, {}, {}), effects).empty());
  CHECK_FALSE(faults.hears(at(1020ms), {7}, "three", false));
  CHECK_FALSE(faults.take_due(at(1099ms)));
  CHECK(faults.take_due(at(1110ms))->frame == "one");
  const auto second = faults.take_due(at(1110ms));
  CHECK(second->frame == "two");
  CHECK(second->datagram);
  CHECK(faults.take_due(at(1110ms))->frame == "three");
  CHECK_FALSE(faults.take_due(at(1110ms)));
  CHECK(faults.hears(at(1111ms), {7}, "four", false));
}

TEST_CASE("P10 boundedness: frames that are held back are lost beyond a bound") {
  Faults faults(true, 1);
  NodeEffects effects;
  CHECK(faults.apply(faults_of({}, 0, 1s, {}), effects).empty());
  const Bytes large(1U << 20U, 'x');
  for (int i = 0; i < 100; ++i) CHECK_FALSE(faults.hears(at(1s), {7}, large, false));
  int held = 0;
  while (faults.take_due(at(9s))) ++held;
  CHECK(held == 64);
}

// ---- backups ----------------------------------------------------------------------------------------------------

namespace {

/// A cluster with an auction and some bids, and the part that hands out its state, on node 1.
struct Exporter {
  SmallWorld world;
  NodeSetup setup;
  Counters counters;
  Replicas replicas{setup, counters};
  Backups backups{replicas};
  NodeEffects effects;

  Exporter() {
    replicas.found(at(1s), GroupId{5}, {{{1}}, {}}, host::auction_machine(terms()), effects);
    replicas.start_observer(at(1s), GroupId{6}, blank_machine(2), effects);
  }
  static auction::Terms terms() {
    return {"lot-7",    "lot-7",   Bytes(3U << 20U, 't'), "sid",      auction::Kind::english,
            {1000, {}}, {100, {}}, WallTime{1},           WallTime{2}};
  }
  wire::BackupPiece ask(Now now, const std::string& client, std::uint64_t offset, std::uint64_t group = 5) {
    return backups.piece(now, client, wire::BackupQuery{9, GroupId{group}, offset});
  }
};

}  // namespace

TEST_CASE("a group's state comes in pieces that make up one snapshot") {
  Exporter exporter;
  Bytes all;
  wire::BackupPiece piece;
  do {
    piece = exporter.ask(at(2s), "ann", all.size());
    REQUIRE(piece.message.empty());
    CHECK(piece.id == 9);
    CHECK(piece.offset == all.size());
    all += *piece.bytes;
  } while (all.size() < piece.size);
  CHECK(piece.bytes->size() < piece.size);
  CHECK(digest_of(all) == piece.digest);
  const auto snapshot = wire::decode<wire::SnapshotRecord>(all);
  REQUIRE(snapshot);
  CHECK(snapshot->config.voters == std::vector<Uid>{{1}});
  CHECK_FALSE(exporter.ask(at(2s), "ann", piece.offset).message.empty());  // it was the last
}

TEST_CASE("there is no piece of a group that is not here or has no state, nor after a long silence") {
  Exporter exporter;
  CHECK(exporter.ask(at(2s), "ann", 0, 77).message == "group 4d does not live on this node");
  CHECK(exporter.ask(at(2s), "ann", 0, 6).message == "this node has no state of group 6 yet");
  CHECK(exporter.ask(at(2s), "ann", 100).message == "there is no such piece (any more): begin again with the first");
  CHECK(exporter.ask(at(2s), "ann", 0).message.empty());
  CHECK(exporter.ask(at(9s), "ann", 100).message.empty());
  CHECK_FALSE(exporter.ask(at(20s), "ann", 100).message.empty());
}

TEST_CASE("a group's state is made for backups once a second, however often it is asked for") {
  Exporter exporter;
  const Digest first = exporter.ask(at(2s), "ann", 0).digest;
  exporter.replicas.stop(GroupId{5}, exporter.effects);
  exporter.replicas.found(at(2s), GroupId{5}, {{{1}, {2}}, {}}, host::auction_machine(Exporter::terms()),
                          exporter.effects);
  CHECK(exporter.ask(at(2900ms), "ann", 0).digest == first);
  CHECK(exporter.ask(at(2900ms), "eve", 0).digest == first);
  CHECK(exporter.ask(at(3s), "ann", 0).digest != first);
}

TEST_CASE("P10 boundedness: only a few backups are made at a time") {
  Exporter exporter;
  for (const char* client : {"a", "b", "c", "d"}) CHECK(exporter.ask(at(2s), client, 0).message.empty());
  CHECK(exporter.ask(at(2s), "e", 0).message == "this node is busy with 4 other backups: try later");
  CHECK(exporter.ask(at(2s), "a", 0).message.empty());
  CHECK(exporter.ask(at(13s), "e", 0).message.empty());
}

}  // namespace gavel::host
