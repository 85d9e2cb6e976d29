// One auction brought back from a backup, in a cluster that lives.
#include <catch2/catch.hpp>

#include "common/base/digest.hpp"
#include "common/order/applier.hpp"
#include "tests/unit/host_house.hpp"

namespace gavel::host {
namespace {

using Catch::Matchers::Contains;

Bytes state_of(SmallWorld& world, std::uint64_t uid, GroupId group) {
  return wire::encode(world.node(uid).replica(group)->snapshot());
}

/// The pieces of a state as a client hands them over, to one node.
struct Sender {
  SmallWorld& world;
  std::uint64_t uid;
  std::string client = "operator";
  wire::RestorePiece piece;
  Bytes state;

  Sender(SmallWorld& w, std::uint64_t u, GroupId group, Bytes whole) : world(w), uid(u), state(std::move(whole)) {
    piece.group = group;
    piece.size = state.size();
    piece.digest = digest_of(state);
    world.client_sends(uid, client, wire::Hello{{5}, client});
  }
  wire::Operated send(std::size_t from, std::size_t bytes) {
    piece.offset = from;
    piece.bytes = share(state.substr(from, bytes));
    world.client_sends(uid, client, piece);
    const auto answer = world.next<wire::Operated>(client);
    REQUIRE(answer);
    return *answer;
  }
  /// In three pieces; what the last one is answered with.
  wire::Operated send_all() {
    const auto third = state.size() / 3;
    const auto first = send(0, third);
    if (!first.done) return first;
    const auto second = send(third, third);
    return second.done ? send(2 * third, state.size()) : second;
  }
  wire::Operated again() { return send(2 * (state.size() / 3), state.size()); }
};

/// Seven nodes; four of them serve an auction, of which two or three die when it has had five bids and a backup, and
/// then a sixth bid.
struct Lost {
  SmallWorld world;
  directory::Auction lamp;
  SessionId session;
  Bytes backup;

  explicit Lost(std::vector<std::uint64_t> dead = {5, 6, 7}) {
    found(world, 7);
    lamp = start_auction(world, 1, 600s, "lamp");
    REQUIRE(lamp.members == std::vector<Uid>{{4}, {5}, {6}, {7}});
    world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
    session = world.open_session(1, "ann", lamp.group);
    for (std::uint64_t n = 1; n <= 5; ++n) bid(n);
    REQUIRE(world.run_until([&] {
      const auto* auction = world.node(4).auction(lamp.group);
      return auction && auction->book().bids().size() == 5;
    }));
    backup = state_of(world, 4, lamp.group);
    bid(6);
    for (const std::uint64_t uid : dead) world.kill(uid);
    REQUIRE(world.run_until([&] {
      const Uid leader = world.node(1).replica(kDirectoryGroup)->leader(world.now().at);
      return leader && leader < Uid{5} && !world.node(4).replica(lamp.group)->leader(world.now().at);
    }));
  }
  void bid(std::uint64_t n) {
    world.call(1, "ann", command(lamp.group, session, n, bid_of(1000 + 100 * static_cast<std::int64_t>(n))));
  }
  const directory::Auction& now(std::uint64_t uid = 1) { return world.node(uid).directory()->auctions().at("lamp"); }
  bool leads(std::uint64_t uid) {
    const auto* replica = world.node(uid).replica(now(uid).group);
    return now(uid).restored && replica && replica->leads();
  }
};

}  // namespace

TEST_CASE("an auction that lost its majority goes on from a backup, with its bids and its sessions") {
  Lost house;
  auto& world = house.world;
  const GroupId former = house.lamp.group;
  world.client_sends(2, "eve", wire::Hello{{9}, "eve"});
  world.client_sends(2, "eve", wire::Watch{former, Slot{1}, 0});
  Sender sender(world, 4, former, house.backup);
  REQUIRE(sender.send_all().done);
  REQUIRE(world.run_until([&] { return house.leads(4); }));
  CHECK(sender.again().done);
  CHECK_THAT(sender.again().message, Contains("goes on in group"));

  // Who watched is told, and so is who asks for the former group; the last bids are set aside with it.
  const auto gap = world.next<wire::PushedGap>("eve");
  REQUIRE(gap);
  CHECK(gap->slot == wire::kNoMoreEvents);
  CHECK(world.call(1, "ann", command(former, house.session, 7, bid_of(9000))).status ==
        wire::AnswerStatus::unknown_group);
  CHECK(world.node(4).replica(former) == nullptr);
  CHECK_THAT(world.node(4).alarms().back(), Contains("archive/lamp.group-" + std::to_string(former.value)));

  const GroupId group = house.now().group;
  CHECK(verdict_of(world.call(1, "ann", command(group, house.session, 5, bid_of(1500)))).ordinal == 5);
  CHECK(verdict_of(world.call(1, "ann", command(group, house.session, 6, bid_of(9000)))).ordinal == 6);
  CHECK(world.run_until([&] {
    const auto* replica = world.node(3).replica(group);
    return replica && replica->config().voters == std::vector<Uid>{{1}, {2}, {3}, {4}} &&
           world.node(3).auction(group)->book().bids().size() == 6;
  }));
  CHECK(house.now().active == Uid{4});

  world.kill(4);
  world.start(4);
  CHECK(world.run_until([&] {
    const auto* auction = world.node(4).auction(group);
    return auction && auction->book().bids().size() == 6;
  }));
}

TEST_CASE("a founder that dies before it has founded founds nothing afterwards, and the operator begins again") {
  Lost house({6, 7});
  auto& world = house.world;
  const GroupId former = house.lamp.group;
  const Uid manager = world.node(1).replica(kDirectoryGroup)->leader(world.now().at);
  const std::uint64_t target = manager == Uid{4} ? 3 : 4;
  Sender sender(world, target, former, house.backup);
  REQUIRE(sender.send_all().done);
  for (int tries = 0; tries < 5000 && !Contains("not taken it yet").match(sender.again().message); ++tries)
    world.run(1ms);
  // It dies when its proposal has got its place in the order, of which it has not heard yet.
  const auto& directory = *world.node(manager.value).replica(kDirectoryGroup);
  const Slot before = directory.last();
  REQUIRE(world.run_until([&] { return directory.last() > before; }));
  world.kill(target);
  REQUIRE(world.run_until([&] { return house.now().restored; }));
  world.start(target);
  world.run(3s);
  const GroupId second = house.now().group;
  CHECK(second.value == former.value + 1);
  CHECK(world.node(target).replica(second) == nullptr);
  for (const std::uint64_t uid : {1, 2, 3, 4, 5})
    if (const auto* replica = world.node(uid).replica(second)) CHECK(replica->blank());

  Sender again(world, target, second, house.backup);
  REQUIRE(again.send_all().done);
  REQUIRE(world.run_until([&] { return house.now().group > second && house.leads(target); }));
  CHECK(world.node(target).auction(house.now().group)->book().bids().size() == 5);
  CHECK(world.run_until([&] {
    const auto& members = house.now().members;
    return members.size() == 4 && std::all_of(members.begin(), members.end(), [&](Uid uid) {
             const auto* auction = world.node(uid.value).auction(house.now().group);
             return !world.node(uid.value).replica(second) && auction && auction->book().bids().size() == 5;
           });
  }));
}

TEST_CASE("what is no state of that auction, or of one that is led, is refused in words") {
  SmallWorld world;
  found_three(world);
  const auto lamp = start_auction(world, 1, 600s, "lamp");
  const auto vase = start_auction(world, 1, 600s, "vase");
  REQUIRE(world.run_until([&] {
    const auto *one = world.node(1).auction(lamp.group), *other = world.node(1).auction(vase.group);
    return one && other && world.node(1).replica(lamp.group)->leader(world.now().at);
  }));
  const Bytes good = state_of(world, 1, lamp.group);
  const auto refusal = [&](GroupId group, const Bytes& state, const std::function<void(Sender&)>& change = {}) {
    Sender sender(world, 1, group, state);
    if (change) change(sender);
    auto answer = sender.send_all();
    world.run(500ms);
    if (answer.done) answer = sender.again();
    CHECK_FALSE(answer.done);
    return answer.message;
  };
  CHECK_THAT(refusal(lamp.group, good), Contains("is not lost"));
  CHECK_THAT(refusal(vase.group, good), Contains("is of auction lamp"));
  CHECK_THAT(refusal(GroupId{77}, good), Contains("no auction in group"));
  CHECK_THAT(refusal(lamp.group, state_of(world, 1, kDirectoryGroup)), Contains("another service's"));
  CHECK_THAT(refusal(lamp.group, good.substr(0, good.size() - 9)), Contains("is damaged"));
  CHECK_THAT(refusal(lamp.group, Bytes(300, 'x')), Contains("is damaged"));
  CHECK_THAT(refusal(lamp.group, good, [](Sender& s) { s.piece.digest.value ^= 1U; }), Contains("do not make up"));
  CHECK_THAT(refusal(lamp.group, good, [](Sender& s) { s.piece.size = std::uint64_t{1} << 40U; }), Contains("bytes"));
  CHECK_THAT(refusal(lamp.group, good, [](Sender& s) { s.piece.size -= 1; }), Contains("no next piece"));
  CHECK(record_of(world, 1, lamp.group).group == lamp.group);

  // Forced, it goes on from the backup all the same.
  Sender forced(world, 1, lamp.group, good);
  forced.piece.force = true;
  REQUIRE(forced.send_all().done);
  CHECK(world.run_until([&] {
    const auto& record = world.node(2).directory()->auctions().at("lamp");
    const auto* replica = world.node(1).replica(record.group);
    return record.group > vase.group && replica && replica->leads() && !world.node(2).replica(lamp.group);
  }));
}

TEST_CASE("an auction that lives is not given up by a node that does not serve it") {
  Lost house({7});
  auto& world = house.world;
  REQUIRE(world.node(2).replica(house.lamp.group) == nullptr);
  Sender sender(world, 2, house.lamp.group, house.backup);
  REQUIRE(sender.send_all().done);
  world.run(3s);
  CHECK_THAT(sender.again().message, Contains("is not lost"));
  CHECK(house.now().group == house.lamp.group);
}

TEST_CASE("a state is kept until the directory shows what became of the request for a new group") {
  Lost house;
  auto& world = house.world;
  world.kill(3);  // no majority of the directory is left
  Sender sender(world, 4, house.lamp.group, house.backup);
  sender.piece.force = true;
  REQUIRE(sender.send_all().done);
  for (int seconds = 0; seconds < 15; ++seconds) {
    world.run(1s);
    const auto answer = sender.again();
    CHECK(answer.done);
    CHECK_THAT(answer.message, Contains("not taken it yet"));
  }
  Sender other(world, 4, house.lamp.group, house.backup);
  CHECK_THAT(other.send(0, 50).message, Contains("comes first"));
  Sender same(world, 4, house.lamp.group, house.backup);
  same.client = "another";
  world.client_sends(4, same.client, wire::Hello{{6}, same.client});
  CHECK_THAT(same.send_all().message, Contains("is being restored here already"));
  world.start(3);
  CHECK(world.run_until([&] { return house.leads(4); }, 20s));
  CHECK(world.node(4).auction(house.now().group)->book().bids().size() == 5);
}

TEST_CASE("only a node that was started for it takes a state") {
  SmallWorld world;
  found(world, 1, [](NodeSetup& s) { s.allow_restore = false; });
  const auto lamp = start_auction(world, 1, 600s, "lamp");
  REQUIRE(world.run_until([&] { return world.node(1).auction(lamp.group) != nullptr; }));
  Sender sender(world, 1, lamp.group, state_of(world, 1, lamp.group));
  sender.piece.force = true;
  const auto answer = sender.send_all();
  CHECK_FALSE(answer.done);
  CHECK_THAT(answer.message, Contains("--allow-restore"));
}

TEST_CASE("a state whose numbers leave no room to go on is refused") {
  SmallWorld world;
  found_three(world);
  const auto lamp = start_auction(world, 1, 600s, "lamp");
  REQUIRE(world.run_until([&] { return world.node(1).auction(lamp.group) != nullptr; }));
  const auto message = [&](const std::function<void(wire::SnapshotRecord&)>& forge) {
    auto snapshot = world.node(1).replica(lamp.group)->snapshot();
    forge(snapshot);
    Sender sender(world, 1, lamp.group, wire::encode(snapshot));
    sender.piece.force = true;
    return sender.send_all().message;
  };
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  const auto refused = Contains("is damaged: its parts do not fit together");
  CHECK_THAT(message([](auto& s) { s.term.round = kMost; }), refused);
  CHECK_THAT(message([](auto& s) { s.view.term.round = s.term.round + 1; }), refused);
  CHECK_THAT(message([](auto& s) { s.slot = Slot{kMost - 1}; }), refused);
  CHECK_THAT(message([](auto& s) { s.slot = Slot{std::uint64_t{1} << 43U}; }), refused);
  CHECK_THAT(message([](auto& s) { s.view.slot = s.slot.next(); }), refused);
  CHECK_THAT(message([&](auto& s) { s.stamp = world.now().wall + 367 * 24h; }), refused);
  CHECK_THAT(message([](auto& s) { s.stamp = WallTime{-1}; }), refused);
  CHECK_THAT(message([](auto& s) { s.config.voters.clear(); }), refused);
  CHECK_THAT(message([](auto& s) { s.config.voters = {{2}, {2}}; }), refused);
  CHECK_THAT(message([](auto& s) { s.config.learners = s.config.voters; }), refused);
  CHECK_THAT(message([](auto& s) { s.last_ordered = {{{2}, {1}, {1}}, {{2}, {1}, {1}}}; }), refused);
  const auto with_session = [&](const order::Session& session) {
    return message([&](auto& s) {
      auto state = wire::decode<order::AppliedState>(*s.state.joined()).value();
      state.sessions.sessions = {session};
      s.state = wire::encode(state);
    });
  };
  CHECK_THAT(with_session({{kMost}, {}, {1}, {}}), Contains("its sessions"));
  CHECK_THAT(with_session({{1}, WallTime{INT64_MAX}, {1}, {}}), Contains("its sessions"));
  CHECK(message([](auto& /*s*/) {}).find("damaged") == std::string::npos);
}

TEST_CASE("pieces count once, in their order, and an upload that stops is forgotten") {
  SmallWorld world;
  found_three(world);
  const auto lamp = start_auction(world, 1, 600s, "lamp");
  REQUIRE(world.run_until([&] { return world.node(1).auction(lamp.group) != nullptr; }));
  Sender sender(world, 1, lamp.group, state_of(world, 1, lamp.group));
  CHECK(sender.send(0, 50).done);
  CHECK(sender.send(0, 50).done);
  CHECK_FALSE(sender.send(60, 10).done);
  CHECK(sender.send(50, 10).done);
  world.run(11s);
  CHECK_THAT(sender.send(60, 10).message, Contains("begin again"));
  CHECK(sender.send(0, 50).done);

  // No more than a few at a time, and no more bytes than there is room for.
  Sender large(world, 1, lamp.group, sender.state);
  large.client = "large";
  world.client_sends(1, "large", wire::Hello{{6}, "large"});
  large.piece.size = std::uint64_t{256} << 20U;
  CHECK_THAT(large.send(0, 50).message, Contains("busy"));
  for (const std::string client : {"a", "b", "c"}) {
    Sender other(world, 1, lamp.group, sender.state);
    other.client = client;
    world.client_sends(1, client, wire::Hello{{7}, client});
    CHECK(other.send(0, 50).done);
  }
  large.piece.size = large.state.size();
  CHECK_THAT(large.send(0, 50).message, Contains("busy"));
}

}  // namespace gavel::host
