// Standing services on real nodes' code: who serves them, who is called in, whom they leave, and what their clients
// hear.
#include "common/wire/services/chat.hpp"
#include "common/wire/services/likes.hpp"
#include "node/host/service_machine.hpp"
#include "node/services/likes.hpp"
#include "node/services/rooms.hpp"
#include "tests/unit/host_house.hpp"

namespace gavel::host {
namespace {

GroupId open(SmallWorld& world, std::uint64_t uid, const std::string& name) {
  world.client_sends(uid, "opener", wire::Hello{{5}, "opener"});
  const auto session = world.open_session(uid, "opener", kDirectoryGroup);
  const directory::Command open = directory::OpenStanding{name};
  const auto answer = world.call(uid, "opener", command(kDirectoryGroup, session, 1, wire::encode_any(open)));
  const auto reply = wire::decode_any<directory::Reply>(answer.body);
  REQUIRE(reply);
  return std::get<directory::StandingOpened>(*reply).standing.group;
}

bool serve(SmallWorld& world, GroupId group, const std::vector<std::uint64_t>& uids) {
  return std::all_of(uids.begin(), uids.end(), [&](std::uint64_t uid) {
    const auto* replica = world.node(uid).replica(group);
    return replica && !world.node(uid).observes(group) && !replica->blank() &&
           replica->config().voters.size() == uids.size();
  });
}

chat::Speaker ann() { return {"ann", {Bytes(chat::kSecretBytes, 'a')}}; }

Bytes like(const std::string& thing, std::uint32_t count) {
  return wire::encode_any(likes::Command{likes::Like{thing, count}});
}

std::uint64_t likes_of(SmallWorld& world, std::uint64_t uid, GroupId group, const std::string& thing) {
  const auto* service = service_in<LikesService>(world.node(uid).replica(group)->machine());
  REQUIRE(service);
  const auto answer =
      wire::decode_any<likes::Answer>(service->query(wire::encode_any(likes::Question{likes::AskCount{thing}})));
  return std::get<likes::Counts>(answer.value()).counts.at(0).total;
}

TEST_CASE("a standing service is served by the directory's voters, and who becomes one is called in") {
  SmallWorld world;
  found_three(world);
  const auto lobby = open(world, 2, "lobby");
  REQUIRE(world.run_until([&] { return serve(world, lobby, {1, 2, 3}); }));
  REQUIRE(world.run_until([&] { return world.node(3).replica(lobby)->leads(); }));
  CHECK(world.node(1).name_of(lobby) == "lobby");

  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  const auto session = world.open_session(1, "ann", lobby);
  const chat::Command enter = chat::Enter{std::string(chat::kLobby), ann()};
  const chat::Command say = chat::Say{std::string(chat::kLobby), ann(), "hello"};
  const auto entered = world.call(1, "ann", command(lobby, session, 1, wire::encode_any(enter)));
  const auto reply = std::get<chat::RoomReply>(wire::decode_any<chat::Reply>(entered.body).value());
  REQUIRE(reply.verdict == chat::Verdict::done);
  world.client_sends(1, "ann", wire::Watch{lobby, entered.slot, UINT32_MAX, reply.topic});
  world.call(1, "ann", command(lobby, session, 2, wire::encode_any(say)));
  const auto pushed = world.next<wire::Pushed>("ann");
  REQUIRE(pushed);
  const auto said = std::get<chat::Said>(wire::decode_any<chat::Event>(pushed->body).value());
  CHECK(said.line.text == "hello");
  CHECK(said.line.number == reply.number + 1);

  // A higher node joins: it is called in, and leads in the end; who is in the room hears of it at its place in the
  // order.
  world.start(4);
  REQUIRE(world.run_until([&] { return serve(world, lobby, {1, 2, 3, 4}); }, 20s));
  REQUIRE(world.run_until([&] { return world.node(4).replica(lobby)->leads(); }, 20s));
  bool told = false;
  while (!told) {
    const auto next = world.next<wire::Pushed>("ann");
    REQUIRE(next);
    const auto line = std::get<chat::Said>(wire::decode_any<chat::Event>(next->body).value()).line;
    told = line.kind == chat::LineKind::serving && line.node == Uid{4};
  }
}

TEST_CASE("likes are counted once whatever gateway took them, and stand after every node was killed") {
  SmallWorld world;
  found_three(world);
  const auto group = open(world, 1, "likes");
  REQUIRE(world.run_until([&] { return serve(world, group, {1, 2, 3}); }));
  std::uint64_t sum = 0;
  for (std::uint64_t uid = 1; uid <= 3; ++uid) {
    const auto name = "fan-" + std::to_string(uid);
    world.client_sends(uid, name, wire::Hello{{20 + uid}, name});
    const auto session = world.open_session(uid, name, group);
    for (std::uint64_t number = 1; number <= 3; ++number) {
      world.call(uid, name, command(group, session, number, like("lot-7", 10)));
      world.call(uid, name, command(group, session, number, like("lot-7", 10)));  // P7: sent again, counted once
      sum += 10;
    }
  }
  REQUIRE(world.run_until([&] { return likes_of(world, 2, group, "lot-7") == sum; }));
  for (const std::uint64_t uid : {1, 2, 3}) world.kill(uid);
  for (const std::uint64_t uid : {1, 2, 3}) world.start(uid);
  REQUIRE(world.run_until([&] {
    for (const std::uint64_t uid : {1, 2, 3}) {
      const auto* replica = world.node(uid).replica(group);
      if (!replica || likes_of(world, uid, group, "lot-7") != sum) return false;
    }
    return true;
  }));
}

TEST_CASE("a node that is no voter observes a standing service for its clients, and answers from its own state") {
  SmallWorld world;
  found(world, 8);
  const auto group = open(world, 1, "likes");
  REQUIRE(world.run_until([&] { return serve(world, group, {1, 2, 3, 4, 5, 6, 7}); }));
  REQUIRE(world.run_until([&] { return world.node(8).directory()->standing_of(group) != nullptr; }));
  world.client_sends(8, "fan", wire::Hello{{20}, "fan"});
  const auto session = world.open_session(8, "fan", group);
  world.client_sends(8, "fan", wire::Watch{group, {}, 0, likes::topic_of("lot-7")});
  world.call(8, "fan", command(group, session, 1, like("lot-7", 3)));
  CHECK(world.node(8).observes(group));
  const auto pushed = world.next<wire::Pushed>("fan");
  REQUIRE(pushed);
  CHECK(std::get<likes::Counted>(wire::decode_any<likes::Event>(pushed->body).value()).total == 3);
}

TEST_CASE("nodes that idle beat together with all their groups, and wake three times a heartbeat at most") {
  SmallWorld world;
  world.beacons = false;
  std::vector<std::string> seeds;
  for (const std::uint64_t uid : {1, 2, 3, 4, 5}) {
    world.run(7ms * uid);
    auto& started = world.start(uid, uid == 1, [&](NodeSetup& setup) { setup.seeds = seeds; });
    seeds = {started.node->setup().endpoints.peer};
  }
  REQUIRE(world.run_until([&] { return all_are_voters(world, {1, 2, 3, 4, 5}); }, 20s));
  for (const std::string name : {"lobby", "likes"}) {
    const auto group = open(world, 2, name);
    REQUIRE(world.run_until([&] { return serve(world, group, {1, 2, 3, 4, 5}); }));
    world.run(13ms);
  }
  world.run(5s);
  std::map<std::uint64_t, std::uint64_t> before;
  for (const std::uint64_t uid : {1, 2, 3, 4, 5}) before[uid] = world.at(uid).wakes;
  world.run(5s);
  // Its own beat or the first that it hears, the others' answers to that, and now and then its upkeep.
  for (const std::uint64_t uid : {1, 2, 3, 4, 5})
    CHECK(world.at(uid).wakes - before[uid] <= 3 * (5s / order::Options().heartbeat));
}

TEST_CASE("P10 boundedness: many groups together hold little more of their logs in memory than a few do") {
  constexpr std::size_t kBody = 60'000;
  SmallWorld world;
  world.start(1, true, [](NodeSetup& setup) { setup.log_memory = std::size_t{16} << 20U; });
  REQUIRE(world.run_until([&] { return world.node(1).directory() != nullptr; }));
  const auto group = open(world, 1, "likes");
  REQUIRE(world.run_until([&] { return serve(world, group, {1}); }));
  world.client_sends(1, "fan", wire::Hello{{20}, "fan"});
  const auto held = [&] {
    const auto* replica = world.node(1).replica(group);
    return kBody * (replica->last().value + 1 - replica->first().value);
  };
  const auto held_most = [&] {
    std::size_t most = 0;
    for (int i = 0; i < 250; ++i) {
      wire::Call question;
      question.kind = wire::CallKind::query;
      question.group = group;
      question.body = Bytes(kBody, 'x');
      static_cast<void>(world.call(1, "fan", question));
      most = std::max(most, held());
    }
    return most;
  };
  const auto of_two = held_most();  // the directory and the likes: 8 MiB each, and a quarter before the snapshot
  CHECK(of_two > 8'000'000);
  CHECK(of_two < 11'000'000);
  open(world, 1, "lobby");
  world.run(2s);
  CHECK(held() < 6'000'000);  // of three each has 4 MiB, whether it goes on or not
  const auto of_three = held_most();
  CHECK(of_three > 4'000'000);
  CHECK(of_three < 6'000'000);
}

TEST_CASE("a node that was called in and died before its state came learns from the first snapshot what it serves") {
  const auto machine = unknown_machine();
  CHECK_FALSE(machine->has_state());
  CHECK_FALSE(machine->next_deadline());
  const auto likes = blank_machine(ServiceKind::likes);
  Events events;
  likes->apply({Slot{1}, {}, SessionId{1}, {1}}, like("lot-7", 3), events);
  CHECK_FALSE(machine->restore(*likes->snapshot().joined()).has_value());  // nobody said yet of which kind it is
  CHECK_FALSE(machine->become(99));
  REQUIRE(machine->become(likes->kind()));
  CHECK_FALSE(machine->become(static_cast<std::uint16_t>(ServiceKind::lobby)));
  REQUIRE(machine->restore(*likes->snapshot().joined()).has_value());
  CHECK(machine->has_state());
  CHECK(machine->digest() == likes->digest());
  CHECK(service_in<LikesService>(*machine) != nullptr);
  CHECK(service_in<RoomsService>(*machine) == nullptr);
}

}  // namespace
}  // namespace gavel::host
