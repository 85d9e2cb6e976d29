// Auctions that heal: members that die for good, come back, are drained or removed, and the manager that sees to it.
#include <catch2/catch.hpp>

#include "tests/unit/host_house.hpp"

namespace gavel::host {
namespace {

std::vector<Uid> uids(std::initializer_list<std::uint64_t> values) {
  std::vector<Uid> all;
  for (const auto value : values) all.push_back(Uid{value});
  return all;
}

void quickly(NodeSetup& setup) { setup.replace_after = 1s; }

/// An auction of nodes 2 to 5 among five, with five bids.
struct Running {
  SmallWorld world;
  directory::Auction auction;
  SessionId session;

  Running() {
    found(world, 5, quickly);
    auction = start_auction(world, 1, 600s);
    REQUIRE(auction.members == uids({2, 3, 4, 5}));
    world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
    session = world.open_session(1, "ann", auction.group);
    for (std::uint64_t n = 1; n <= 5; ++n) bid(n);
  }
  void bid(std::uint64_t number) {
    const auto answer = world.call(
        1, "ann", command(auction.group, session, number, bid_of(1000 + 100 * static_cast<std::int64_t>(number))));
    CHECK(verdict_of(answer).verdict == auction::Verdict::accepted);
  }
  bool voters_are(std::initializer_list<std::uint64_t> expected, std::uint64_t seen_by) {
    const auto* replica = world.node(seen_by).replica(auction.group);
    return replica && replica->config() == wire::Config{uids(expected), {}};
  }
  bool has_bids(std::uint64_t uid, std::size_t bids) {
    const auto* state = world.node(uid).auction(auction.group);
    return state && state->book().bids().size() == bids;
  }
};

}  // namespace

TEST_CASE("a member that dies for good is replaced from the pool, and the auction goes on meanwhile") {
  Running house;
  auto& world = house.world;
  world.kill(3);
  house.bid(6);
  REQUIRE(world.run_until([&] { return house.voters_are({1, 2, 4, 5}, 5); }, 30s));
  house.bid(7);
  CHECK(world.run_until([&] { return house.has_bids(1, 7) && !world.node(1).observes(house.auction.group); }));
  const auto& record = record_of(world, 1, house.auction.group);
  CHECK(record.members == uids({1, 2, 4, 5}));
  CHECK(record.replaced == uids({3}));
  CHECK(world.node(1).directory()->nodes().at(Uid{3}).life == directory::Life::lost);
}

TEST_CASE("the active auctioneer that dies for good is replaced too") {
  Running house;
  auto& world = house.world;
  REQUIRE(world.run_until([&] { return world.node(5).replica(house.auction.group)->leads(); }));
  world.kill(5);
  REQUIRE(world.run_until([&] { return house.voters_are({1, 2, 3, 4}, 4); }, 30s));
  house.bid(6);
  CHECK(world.run_until([&] { return record_of(world, 1, house.auction.group).active == Uid{4}; }));
}

TEST_CASE("a node that was lost comes back idle, and keeps what it had promised in an auction that lives") {
  Running house;
  auto& world = house.world;
  world.kill(3);
  REQUIRE(world.run_until([&] { return house.voters_are({1, 2, 4, 5}, 5); }, 30s));
  world.start(3, false, quickly);
  REQUIRE(world.run_until([&] {
    const auto& nodes = world.node(3).directory()->nodes();
    return nodes.contains(Uid{3}) && nodes.at(Uid{3}).incarnation == world.node(3).setup().self.incarnation;
  }));
  CHECK(world.run_until([&] { return record_of(world, 3, house.auction.group).members == uids({1, 2, 4, 5}); }));
  const auto& own = world.node(3).directory()->nodes().at(Uid{3});
  CHECK(own.life == directory::Life::up);
  CHECK(own.used == 0);
  CHECK(own.joined == 6);
  world.run(2s);
  REQUIRE(world.node(3).replica(house.auction.group));
  CHECK_FALSE(world.node(3).observes(house.auction.group));
  world.kill(2);
  REQUIRE(world.run_until([&] { return house.voters_are({1, 3, 4, 5}, 5); }, 30s));
  house.bid(6);
  CHECK(world.run_until([&] { return house.has_bids(3, 6); }));
}

TEST_CASE("a drained node loses its seats to the pool, leads nothing, and goes on running") {
  Running house;
  auto& world = house.world;
  REQUIRE(world.run_until([&] { return world.node(5).replica(house.auction.group)->leads(); }));
  const auto session = world.open_session(1, "ann", kDirectoryGroup);
  const directory::Command drain = directory::DrainNode{Uid{5}, true};
  world.call(1, "ann", command(kDirectoryGroup, session, 1, wire::encode_any(drain)));
  REQUIRE(world.run_until([&] { return house.voters_are({1, 2, 3, 4}, 4); }, 30s));
  house.bid(6);
  CHECK_FALSE(world.node(5).replica(house.auction.group)->leads());
  CHECK(world.run_until([&] { return !world.node(5).replica(kDirectoryGroup)->leads(); }));
  CHECK(world.node(1).directory()->nodes().at(Uid{5}).used == 0);
  CHECK_FALSE(world.at(5).exit);
}

TEST_CASE("an idle node manages the nodes rather than a busy one of a higher uid") {
  Running house;
  auto& world = house.world;
  CHECK(world.run_until([&] { return world.node(1).replica(kDirectoryGroup)->leads(); }, 30s));
}

TEST_CASE("a node that was removed while it was away says so and goes") {
  SmallWorld world;
  found(world, 4, quickly);
  auto& second = world.at(2);
  second.cut_off = true;
  REQUIRE(world.run_until([&] { return world.node(1).directory()->nodes().at(Uid{2}).life == directory::Life::lost; },
                          30s));
  world.client_sends(1, "op", wire::Hello{{8}, "op"});
  const auto session = world.open_session(1, "op", kDirectoryGroup);
  const directory::Command remove = directory::RemoveNode{Uid{2}, false};
  world.call(1, "op", command(kDirectoryGroup, session, 1, wire::encode_any(remove)));
  second.cut_off = false;
  REQUIRE(world.run_until([&] { return second.exit.has_value(); }, 30s));
  CHECK(second.exit->code == 1);
  CHECK(second.exit->reason.find("removed from cluster gavel") != std::string::npos);
  world.run(2s);
  CHECK_FALSE(world.node(1).directory()->nodes().contains(Uid{2}));
  world.kill(2);
  second.exit.reset();
  world.start(2, false, quickly);  // the operator has other plans with it
  CHECK(world.run_until([&] { return world.node(1).directory()->nodes().contains(Uid{2}); }, 30s));
}

TEST_CASE("founders that were replaced before anybody led found the group all the same, for nobody else can") {
  SmallWorld world;
  found(world, 9, quickly);
  for (const std::uint64_t uid : {7, 8, 9}) world.at(uid).cut_off = true;
  const auto auction = start_auction(world, 1, 600s);
  REQUIRE(auction.genesis == uids({6, 7, 8, 9}));
  REQUIRE(world.run_until([&] { return record_of(world, 1, auction.group).replaced == uids({7, 8, 9}); }, 30s));
  REQUIRE(world.run_until([&] { return world.node(5).replica(auction.group) != nullptr; }));
  CHECK(world.node(5).replica(auction.group)->blank());
  for (const std::uint64_t uid : {7, 8, 9}) world.at(uid).cut_off = false;
  const auto whole = [&] {
    const auto* replica = world.node(5).replica(auction.group);
    return replica && !replica->blank() &&
           replica->config() == wire::Config{record_of(world, 5, auction.group).members, {}};
  };
  CHECK(world.run_until(whole, 60s));
}

TEST_CASE("a manager whose process stood still calls nobody lost because it heard nobody meanwhile") {
  SmallWorld world;
  found(world, 4, quickly);
  REQUIRE(world.run_until([&] { return world.node(4).replica(kDirectoryGroup)->leads(); }));
  world.client_sends(4, "ann", wire::Hello{{8}, "ann"});
  world.run(2s);
  world.at(4).stopped = true;
  world.run(4s);
  REQUIRE_FALSE(world.node(3).directory()->nodes().at(Uid{4}).life == directory::Life::up);
  world.at(4).stopped = false;
  world.client_sends(4, "ann", wire::Ping{1});  // it knows nothing yet of what happened, and thinks that it leads
  world.run(3s);
  for (const std::uint64_t uid : {1, 2, 3}) {
    CAPTURE(uid);
    CHECK(world.node(1).directory()->nodes().at(Uid{uid}).joined == uid);
  }
}

TEST_CASE("a manager that dies right after a death leaves nothing undone") {
  Running house;
  auto& world = house.world;
  REQUIRE(world.run_until([&] { return world.node(1).replica(kDirectoryGroup)->leads(); }, 30s));
  world.start(6, false, quickly);
  world.start(7, false, quickly);
  REQUIRE(world.run_until([&] { return world.node(2).directory()->nodes().size() == 7; }, 30s));
  world.run(2s);
  std::uint64_t manager = 0;
  for (const std::uint64_t uid : {1, 2, 3, 4, 5, 6, 7})
    if (world.node(uid).replica(kDirectoryGroup)->leads()) manager = uid;
  REQUIRE(manager != 0);
  world.kill(4);
  world.run(500ms);
  world.kill(manager);
  const auto healed = [&] {
    const auto& members = record_of(world, 2, house.auction.group).members;
    const auto* replica = world.node(2).replica(house.auction.group);
    return !std::binary_search(members.begin(), members.end(), Uid{4}) && members.size() == 4 &&
           replica->config() == wire::Config{members, {}};
  };
  CHECK(world.run_until(healed, 60s));
}

}  // namespace gavel::host
