// A node among a few others: founding, joining, an auction from start to recorded result, death and restart.
#include <catch2/catch.hpp>

#include "common/wire/archive.hpp"
#include "tests/unit/host_house.hpp"

namespace gavel::host {
TEST_CASE("a founder leads the directory alone, and lists itself") {
  SmallWorld world;
  world.start(1, true);
  CHECK(world.run_until([&] {
    const auto* directory = world.node(1).directory();
    return directory && directory->nodes().contains(Uid{1});
  }));
  CHECK(world.node(1).replica(kDirectoryGroup)->leads());
}

TEST_CASE("nodes that hear a beacon join, are listed, and become voters") {
  SmallWorld world;
  found_three(world);
  for (const std::uint64_t uid : {1, 2, 3}) CHECK(world.node(uid).alarms().empty());
  CHECK(world.run_until([&] { return world.node(3).replica(kDirectoryGroup)->leads(); }));  // the highest takes over
}

TEST_CASE("where beacons do not reach, a node that is told of one other joins all") {
  SmallWorld world;
  world.beacons = false;
  const auto seed = world.start(1, true).node->setup().endpoints.peer;
  world.run(100ms);
  for (const std::uint64_t uid : {2, 3}) world.start(uid, false, [&](NodeSetup& s) { s.seeds = {seed}; });
  CHECK(world.run_until([&] { return all_are_voters(world, {1, 2, 3}); }, 20s));
  CHECK(world.at(2).linked.contains(Uid{3}));
  CHECK(world.at(3).linked.contains(Uid{2}));
}

TEST_CASE("a second founder of a cluster that exists is refused") {
  SmallWorld world;
  world.start(1, true);
  world.run(1s);
  auto& second = world.start(2, true, [](NodeSetup& s) { s.found_wait = 300ms; });
  CHECK(world.run_until([&] { return second.exit.has_value(); }));
  CHECK(second.exit->code == 2);
  CHECK(second.exit->reason.find("exists already") != std::string::npos);
}

TEST_CASE("founding is refused on a disk that holds groups") {
  SmallWorld world;
  world.start(1, true);
  world.run(1s);
  world.kill(1);
  CHECK_THROWS_WITH(world.start(1, true), Catch::Matchers::Contains("without --bootstrap"));
}

TEST_CASE("an auction runs from its start to the recorded result") {
  SmallWorld world;
  found_three(world);
  const auto auction = start_auction(world, 1, 5s);
  CHECK(auction.members == std::vector<Uid>{{1}, {2}, {3}});

  world.client_sends(2, "ann", wire::Hello{{8}, "ann"});
  const auto session = world.open_session(2, "ann", auction.group);
  world.client_sends(1, "bob", wire::Hello{{9}, "bob"});
  world.client_sends(1, "bob", wire::Watch{auction.group, {}, 0});

  const auto first = world.call(2, "ann", command(auction.group, session, 1, bid_of(1000)));
  CHECK(verdict_of(first).verdict == auction::Verdict::accepted);
  const auto again = world.call(2, "ann", command(auction.group, session, 1, bid_of(1000)));
  CHECK(again.slot == first.slot);  // P7: a repeated number gets the kept reply
  const auto low = world.call(2, "ann", command(auction.group, session, 2, bid_of(1001)));
  CHECK(verdict_of(low).verdict == auction::Verdict::below_increment);

  std::vector<auction::Event> seen;
  while (seen.empty() || !std::holds_alternative<auction::Closed>(seen.back())) {
    const auto pushed = world.next<wire::Pushed>("bob", 20s);
    REQUIRE(pushed);
    seen.push_back(wire::decode_any<auction::Event>(pushed->body).value());
  }
  CHECK(std::count_if(seen.begin(), seen.end(),
                      [](const auto& e) { return std::holds_alternative<auction::NewHighest>(e); }) == 1);

  CHECK(world.run_until([&] {
    for (const std::uint64_t uid : {1, 2, 3}) {
      const auto* record = world.node(uid).directory()->auction_of(auction.group);
      if (!record || !record->outcome) return false;
    }
    return true;
  }));
  const auto* record = world.node(1).directory()->auction_of(auction.group);
  CHECK(record->outcome->winner == "ann");
  CHECK(record->outcome->price.minor == 1000);
}

TEST_CASE("an auction survives its auctioneer, who comes back from its disk") {
  SmallWorld world;
  found_three(world);
  const auto auction = start_auction(world, 1, 60s);
  REQUIRE(world.run_until(
      [&] { return world.node(3).replica(auction.group) && world.node(3).replica(auction.group)->leads(); }));
  world.client_sends(2, "ann", wire::Hello{{8}, "ann"});
  const auto session = world.open_session(2, "ann", auction.group);
  for (std::uint64_t n = 1; n <= 5; ++n)
    world.call(2, "ann", command(auction.group, session, n, bid_of(1000 + 100 * static_cast<std::int64_t>(n))));

  world.kill(3);
  const auto sixth = world.call(2, "ann", command(auction.group, session, 6, bid_of(5000)));
  CHECK(verdict_of(sixth).verdict == auction::Verdict::accepted);
  CHECK(world.run_until([&] { return world.node(1).directory()->nodes().at(Uid{3}).life == directory::Life::down; }));
  CHECK(world.run_until([&] { return world.node(1).directory()->auction_of(auction.group)->active == Uid{2}; }));

  world.start(3);
  CHECK(world.run_until([&] {
    const auto* back = world.node(3).auction(auction.group);
    return back && back->book().bids().size() == 6;
  }));
  CHECK(world.run_until([&] { return world.node(1).directory()->nodes().at(Uid{3}).life == directory::Life::up; }));
  CHECK(world.run_until([&] { return world.node(3).replica(auction.group)->leads(); }, 30s));
}

TEST_CASE("all nodes die at once and lose nothing acknowledged") {
  SmallWorld world;
  found_three(world);
  const auto auction = start_auction(world, 1, 60s);
  world.client_sends(2, "ann", wire::Hello{{8}, "ann"});
  const auto session = world.open_session(2, "ann", auction.group);
  for (std::uint64_t n = 1; n <= 5; ++n)
    world.call(2, "ann", command(auction.group, session, n, bid_of(1000 + 100 * static_cast<std::int64_t>(n))));
  for (const std::uint64_t uid : {1, 2, 3}) world.kill(uid);
  for (const std::uint64_t uid : {1, 2, 3}) world.start(uid);
  CHECK(world.run_until(
      [&] {
        for (const std::uint64_t uid : {1, 2, 3}) {
          const auto* back = world.node(uid).auction(auction.group);
          if (!back || back->book().bids().size() != 5) return false;
        }
        return true;
      },
      20s));
}

TEST_CASE("a drained node hands over what it leads, and asks to exit") {
  SmallWorld world;
  found_three(world);
  REQUIRE(world.run_until([&] { return world.node(3).replica(kDirectoryGroup)->leads(); }));
  auto& third = world.at(3);
  world.act(third, [&](Node& n, NodeEffects& e) { n.on_drain(world.now(), e); });
  REQUIRE(world.run_until([&] { return third.exit.has_value(); }));
  CHECK(third.exit->code == 0);
  CHECK(third.exit->reason == "drained");
  CHECK_FALSE(third.node->replica(kDirectoryGroup)->leads());
}

TEST_CASE("a drained node does not wait for a majority that is gone") {
  SmallWorld world;
  found_three(world);
  world.kill(1);
  world.kill(2);
  world.run(500ms);
  auto& third = world.at(3);
  const auto asked = world.now().at;
  world.act(third, [&](Node& n, NodeEffects& e) { n.on_drain(world.now(), e); });
  REQUIRE(world.run_until([&] { return third.exit.has_value(); }));
  CHECK(world.now().at - asked < 200ms);
}

TEST_CASE("a node whose disk fails says so, leads no longer, and the others go on") {
  SmallWorld world;
  found_three(world);
  REQUIRE(world.run_until([&] { return world.node(3).replica(kDirectoryGroup)->leads(); }));
  auto& third = world.at(3);
  third.disk_fails = true;
  world.act(third, [&](Node& n, NodeEffects& e) { n.on_storage_failed(world.now(), "no space left", e); });
  CHECK(third.node->alarms().size() == 1);
  CHECK(world.run_until([&] {
    return world.node(1).replica(kDirectoryGroup)->leads() || world.node(2).replica(kDirectoryGroup)->leads();
  }));
  CHECK_FALSE(third.node->replica(kDirectoryGroup)->leads());
  CHECK(world.run_until([&] { return world.node(1).directory()->nodes().at(Uid{3}).slots == 0; }));
  CHECK_FALSE(world.node(1).directory()->nodes().at(Uid{3}).is_fit());
}

TEST_CASE("a node whose data are older than what the cluster saw of it ends, and says why") {
  SmallWorld world;
  found_three(world);
  for (int i = 0; i < 3; ++i) {
    world.kill(3);
    world.start(3);
    const auto life = Incarnation{world.at(3).starts << 24U};
    REQUIRE(world.run_until([&] { return world.node(1).directory()->nodes().at(Uid{3}).incarnation == life; }));
  }
  world.kill(3);
  world.at(3).starts = 0;
  auto& copy = world.start(3);
  REQUIRE(world.run_until([&] { return copy.exit.has_value(); }));
  CHECK(copy.exit->code == 1);
  CHECK(copy.exit->reason.find("old copy") != std::string::npos);
  CHECK(world.run_until([&] { return world.node(1).directory()->nodes().at(Uid{3}).life == directory::Life::down; }));
}

TEST_CASE("of two processes under one uid the one that was started earlier ends") {
  SmallWorld world;
  found_three(world);
  auto& third = world.at(3);
  const wire::Envelope twin{"gavel", {}, Uid{3}, {(third.starts + 1) << 24U}};
  const wire::Beacon beacon{
      Uid{3}, {(third.starts + 1) << 24U}, "n3", "tcp://127.0.0.1:1", "tcp://127.0.0.1:2", "tcp://127.0.0.1:3", true, 0,
      {}};
  world.act(third, [&](Node& n, NodeEffects& e) { n.on_datagram(world.now(), wire::seal(twin, beacon), e); });
  REQUIRE(third.exit.has_value());
  CHECK(third.exit->reason.find("copied") != std::string::npos);
}

TEST_CASE("a node that lost its data joins under a new uid, and the old one is removed") {
  SmallWorld world;
  found_three(world);
  world.kill(2);
  world.start(4, false, [](NodeSetup& s) { s.retired = {{2}}; });
  CHECK(world.run_until(
      [&] {
        const auto& nodes = world.node(1).directory()->nodes();
        const auto& config = world.node(1).replica(kDirectoryGroup)->config();
        return nodes.contains(Uid{4}) && !nodes.contains(Uid{2}) && config.voters == std::vector<Uid>{{1}, {3}, {4}};
      },
      30s));
}

TEST_CASE("two auctions at once stay apart") {
  SmallWorld world;
  found_three(world);
  const auto one = start_auction(world, 1, 60s, "lot-1");
  const auto two = start_auction(world, 2, 60s, "lot-2");
  CHECK(one.group != two.group);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  const auto session = world.open_session(1, "ann", one.group);
  world.call(1, "ann", command(one.group, session, 1, bid_of(1000)));
  REQUIRE(world.run_until([&] {
    const auto* a = world.node(3).auction(one.group);
    return a && a->book().bids().size() == 1;
  }));
  CHECK(world.node(3).auction(two.group)->book().bids().empty());
  // P7: a session of one group means nothing in the other.
  const auto strange = world.call(1, "ann", command(two.group, session, 1, bid_of(1000)));
  CHECK((strange.status == wire::AnswerStatus::expired || strange.status == wire::AnswerStatus::stale));
}

TEST_CASE("P10 boundedness: frames of nonsense cost a counter, and nothing else") {
  SmallWorld world;
  found_three(world);
  Random random(1);
  auto& first = world.at(1);
  for (int i = 0; i < 200; ++i) {
    Bytes nonsense;
    for (int n = 0; n < i; ++n) nonsense.push_back(static_cast<char>(random.next()));
    world.act(first, [&](Node& n, NodeEffects& e) {
      n.on_peer_frame(world.now(), nonsense, e);
      n.on_datagram(world.now(), nonsense, e);
    });
  }
  CHECK(world.node(1).overfull().empty());
  const auto auction = start_auction(world, 1, 60s);
  CHECK(auction.members.size() == 3);
}

TEST_CASE("a node that is no member serves an auction as an observer, and forgets it when nobody asks any more") {
  SmallWorld world;
  found_three(world);
  for (const std::uint64_t uid : {4, 5}) world.start(uid);
  REQUIRE(world.run_until([&] { return world.node(5).directory()->nodes().size() == 5; }, 20s));
  const auto auction = start_auction(world, 1, 600s);
  REQUIRE(auction.members.size() == 4);
  std::uint64_t outsider = 0;
  for (const std::uint64_t uid : {1, 2, 3, 4, 5})
    if (!std::binary_search(auction.members.begin(), auction.members.end(), Uid{uid})) outsider = uid;

  world.client_sends(outsider, "ann", wire::Hello{{8}, "ann"});
  const auto session = world.open_session(outsider, "ann", auction.group);
  CHECK(world.node(outsider).observes(auction.group));
  const auto bid = world.call(outsider, "ann", command(auction.group, session, 1, bid_of(1000)));
  CHECK(verdict_of(bid).verdict == auction::Verdict::accepted);
  const auto shown =
      world.call(outsider, "ann",
                 asking(auction.group, wire::CallKind::query, wire::encode_any(auction::Question{auction::AskShow{}})));
  const auto summary = std::get<auction::Summary>(wire::decode_any<auction::Answer>(shown.body).value());
  CHECK(summary.bids == 1);

  CHECK(world.run_until([&] { return !world.node(outsider).replica(auction.group); }, 60s));
}

TEST_CASE("an auction that ended is archived by those who served it, and its log goes") {
  SmallWorld world;
  found(world, 3, [](NodeSetup& s) { s.retain_closed = 2s; });
  const auto auction = start_auction(world, 1, 1s);
  CHECK(world.run_until(
      [&] {
        for (const std::uint64_t uid : {1, 2, 3})
          if (world.node(uid).replica(auction.group) || world.at(uid).disk.archives().empty()) return false;
        return true;
      },
      20s));
  world.run(1s);
  for (const std::uint64_t uid : {1, 2, 3}) {
    CHECK_FALSE(world.at(uid).disk.synced().contains(auction.group));
    const auto& [name, bytes] = world.at(uid).disk.archives().front();
    CHECK(name == "lot-7.gavel");
    const auto archive = wire::unpack_archive(*bytes.joined());
    REQUIRE(archive);
    REQUIRE(archive->find(auction.group));
    const auto snapshot = wire::snapshot_in(*archive->find(auction.group));
    REQUIRE(snapshot);
    CHECK(snapshot->service == 2);
  }
}

TEST_CASE("a node that starts again founds nothing that ended long ago, while it reads what it knew") {
  SmallWorld world;
  found(world, 3, [](NodeSetup& s) { s.retain_closed = 1s; });
  const auto auction = start_auction(world, 1, 1s);
  REQUIRE(world.run_until([&] { return world.at(2).disk.archives().size() == 1; }, 20s));
  world.run(1s);
  const auto archives = world.at(2).disk.archives().size();
  world.kill(2);
  world.start(2, false, [](NodeSetup& s) { s.retain_closed = 1s; });
  bool hosted = false;
  world.run_until(
      [&] {
        hosted = hosted || world.node(2).replica(auction.group);
        return hosted;
      },
      5s);
  CHECK_FALSE(hosted);
  CHECK(record_of(world, 2, auction.group).outcome.has_value());
  CHECK(world.at(2).disk.archives().size() == archives);
}

TEST_CASE("what ended leaves a node one by one, so that the archives do not hold up everybody's acks") {
  SmallWorld world;
  found(world, 3, [](NodeSetup& s) { s.retain_closed = 2s; });
  for (const std::string item : {"one", "two", "three"}) start_auction(world, 1, 1s, item);
  REQUIRE(world.run_until([&] {
    const auto& auctions = world.node(3).directory()->auctions();
    return std::all_of(auctions.begin(), auctions.end(), [](const auto& each) { return each.second.outcome; });
  }));
  world.at(3).stopped = true;
  world.run(5s);
  world.at(3).stopped = false;
  std::size_t left = world.node(3).groups().size();
  REQUIRE(left == 4);
  REQUIRE(world.run_until([&] {
    const auto before = std::exchange(left, world.node(3).groups().size());
    CHECK(before - left <= 1);
    return left == 1;
  }));
}

}  // namespace gavel::host
