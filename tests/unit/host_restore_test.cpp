// A cluster founded from a backup of another.
#include <catch2/catch.hpp>

#include "common/wire/archive.hpp"
#include "node/host/restore.hpp"
#include "tests/unit/host_house.hpp"

namespace gavel::host {
namespace {

wire::ArchivedGroup taken(SmallWorld& world, std::uint64_t uid, GroupId group) {
  const auto snapshot = world.node(uid).replica(group)->snapshot();
  return {group, snapshot.slot, share(wire::encode(snapshot))};
}

/// Three nodes with two running auctions, one of them with five bids, and one that has ended.
struct Former {
  SmallWorld world;
  directory::Auction lamp, vase, chair;
  SessionId session;

  Former() {
    found_three(world);
    chair = start_auction(world, 1, 200ms, "chair");
    REQUIRE(world.run_until([&] { return record_of(world, 1, chair.group).outcome.has_value(); }));
    lamp = start_auction(world, 1, 600s, "lamp");
    vase = start_auction(world, 1, 600s, "vase");
    world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
    session = world.open_session(1, "ann", lamp.group);
    for (std::uint64_t n = 1; n <= 5; ++n)
      world.call(1, "ann", command(lamp.group, session, n, bid_of(1000 + 100 * static_cast<std::int64_t>(n))));
  }
  wire::Archive backup(std::initializer_list<GroupId> groups) {
    wire::Archive archive{"gavel", world.now().wall, {}};
    for (const auto group : groups) archive.groups.push_back(taken(world, 1, group));
    return wire::unpack_archive(wire::pack(archive)).value();
  }
};

}  // namespace

TEST_CASE("a cluster goes on from a backup on new nodes, with every bid, and takes what is not in it back on offer") {
  Former former;
  const auto backup = former.backup({kDirectoryGroup, former.lamp.group});
  SmallWorld world;
  world.start(11, true, [&](NodeSetup& s) { s.restore = backup; });
  const auto serves = [&] {
    const auto* directory = world.node(11).directory();
    return directory && directory->nodes().contains(Uid{11}) && world.node(11).replica(former.lamp.group) &&
           world.node(11).replica(former.lamp.group)->leads();
  };
  REQUIRE(world.run_until(serves));
  const auto& directory = *world.node(11).directory();
  CHECK(directory.nodes().size() == 1);
  CHECK(directory.nodes().at(Uid{11}).used == 1);
  CHECK(directory.items().at("vase").state == directory::ItemState::on_offer);
  CHECK(directory.auctions().at("chair").outcome.has_value());
  CHECK(directory.auctions().at("lamp").genesis == std::vector<Uid>{{11}});
  CHECK(world.node(11).auction(former.lamp.group)->book().bids().size() == 5);

  // The session that was open goes on, and so do the numbers of its requests.
  world.client_sends(11, "ann", wire::Hello{{8}, "ann"});
  const auto again = world.call(11, "ann", command(former.lamp.group, former.session, 5, bid_of(1500)));
  CHECK(verdict_of(again).ordinal == 5);
  const auto next = world.call(11, "ann", command(former.lamp.group, former.session, 6, bid_of(9000)));
  CHECK(verdict_of(next).verdict == auction::Verdict::accepted);
  // No session or place that was given after the backup is given again.
  const auto opened = world.open_session(11, "ann", former.lamp.group);
  CHECK(opened.value >> 20U > (std::uint64_t{1} << 32U) + backup.find(former.lamp.group)->slot.value);

  for (const std::uint64_t uid : {12, 13}) world.start(uid);
  CHECK(world.run_until(
      [&] {
        const auto* replica = world.node(13).replica(former.lamp.group);
        return replica && replica->config().voters == std::vector<Uid>{{11}, {12}, {13}} &&
               world.node(13).auction(former.lamp.group)->book().bids().size() == 6;
      },
      30s));
  CHECK(start_auction(world, 12, 600s, "stool").group > former.vase.group);
}

TEST_CASE("a restored node goes on from its own disk after it died") {
  Former former;
  const auto backup = former.backup({kDirectoryGroup, former.lamp.group, former.vase.group});
  SmallWorld world;
  world.start(11, true, [&](NodeSetup& s) { s.restore = backup; });
  REQUIRE(world.run_until([&] { return world.node(11).directory() != nullptr; }));
  world.run(500ms);
  world.kill(11);
  world.start(11);
  CHECK(world.run_until([&] {
    const auto* replica = world.node(11).replica(former.vase.group);
    return replica && replica->leads() && world.node(11).auction(former.lamp.group)->book().bids().size() == 5;
  }));
}

TEST_CASE("a founding from a backup that was cut short is done again, and is nothing else") {
  Former former;
  const auto backup = former.backup({kDirectoryGroup, former.lamp.group, former.vase.group});
  const auto planned = restoration_of(backup, Uid{11}, former.world.now().wall);
  REQUIRE(planned);
  CHECK(planned->groups.back().group == kDirectoryGroup);

  SmallWorld world;
  const auto restores = [&](NodeSetup& s) { s.restore = backup; };
  const auto serves = [&] {
    const auto* auction = world.node(11).auction(former.lamp.group);
    return auction && auction->book().bids().size() == 5 && world.node(11).replica(former.lamp.group)->leads();
  };
  world.start(11, true, restores);
  REQUIRE(world.run_until(serves));
  auto& disk = world.at(11).disk;
  const std::vector<store::Operation> loss{{store::Operation::Kind::remove, kDirectoryGroup, {}, false, {}, {}}};
  REQUIRE(disk.write(loss));
  REQUIRE(disk.sync());
  world.kill(11);
  CHECK_THROWS_WITH(world.start(11), Catch::Matchers::Contains("was cut short"));
  CHECK_THROWS_WITH(world.start(11, true), Catch::Matchers::Contains("was cut short"));
  world.start(11, true, restores);
  CHECK(world.run_until(serves));
  world.kill(11);
  CHECK_THROWS_WITH(world.start(11, true, restores), Catch::Matchers::Contains("already holds"));
  world.start(11);
  CHECK(world.run_until(serves));
}

TEST_CASE("what is no whole backup founds nothing, and says why") {
  Former former;
  SmallWorld world;
  const auto start = [&](wire::Archive archive) {
    world.start(11, true, [&](NodeSetup& s) { s.restore = std::move(archive); });
  };
  CHECK_THROWS_WITH(start(former.backup({former.lamp.group})), Catch::Matchers::Contains("holds no directory"));
  auto wrong = former.backup({kDirectoryGroup, former.lamp.group});
  wrong.groups[1].state = wrong.groups[0].state;
  wrong.groups[1].slot = wrong.groups[0].slot;
  CHECK_THROWS_WITH(start(wrong), Catch::Matchers::Contains("is damaged: the state of group"));
  auto endless = former.backup({kDirectoryGroup});
  auto snapshot = wire::snapshot_in(endless.groups[0]).value();
  snapshot.term.round = ~std::uint64_t{0};
  endless.groups[0].state = share(wire::encode(snapshot));
  CHECK_THROWS_WITH(start(endless), Catch::Matchers::Contains("do not fit together"));
}

}  // namespace gavel::host
