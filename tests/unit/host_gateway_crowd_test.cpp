// Which gateway a client is sent to: the rule alone, and two nodes that follow it.
#include <catch2/catch.hpp>

#include "node/gateway/crowd.hpp"
#include "tests/unit/host_small_world.hpp"

namespace gavel::gateway {
namespace {

using host::SmallWorld;

wire::Hello staying(std::uint64_t client, std::uint32_t redirected = 0) { return {{client}, "", true, redirected}; }
wire::Hello passing(std::uint32_t redirected = 0) { return {{1}, "", false, redirected}; }
Neighbour neighbour(std::uint64_t uid, std::uint32_t load, std::uint32_t room = 100) {
  return {{uid}, "n" + std::to_string(uid), load, room};
}

bool has_two(SmallWorld& world) {
  const auto* directory = world.node(1).directory();
  return directory && directory->nodes().size() == 2 && world.node(1).replica(kDirectoryGroup)->config().is_voter({2});
}

void start_two(SmallWorld& world, std::uint32_t room) {
  const auto with_room = [room](host::NodeSetup& setup) { setup.room = room; };
  world.start(1, true, with_room);
  world.start(2, false, with_room);
  REQUIRE(world.run_until([&] { return has_two(world); }));
  world.run(500ms);
}

}  // namespace

TEST_CASE("a client that stays goes to the gateway with the fewest clients, if they are strictly fewer") {
  Crowd crowd;
  const auto on = crowd.judge({}, {5, 100}, staying(1), {neighbour(2, 4), neighbour(3, 2), neighbour(4, 5)});
  REQUIRE(on);
  CHECK(on->gateways == std::vector<std::string>{"n3", "n2"});
  CHECK_FALSE(crowd.judge({}, {5, 100}, staying(1), {neighbour(2, 5), neighbour(3, 9)}));
  CHECK_FALSE(crowd.judge({}, {0, 100}, staying(1), {}));
}

TEST_CASE("a client that only passes through, or was sent on twice, is kept") {
  Crowd crowd;
  CHECK_FALSE(crowd.judge({}, {5, 100}, passing(), {neighbour(2, 0)}));
  CHECK(crowd.judge({}, {5, 100}, staying(1, 1), {neighbour(2, 0)}));
  CHECK_FALSE(crowd.judge({}, {5, 100}, staying(1, Crowd::kMostRedirects), {neighbour(2, 0)}));
}

TEST_CASE("a crowd that comes at once is spread, although the others' counts are known only later") {
  Crowd crowd;
  std::map<std::string, int> to;
  std::uint32_t here = 0;
  for (std::uint64_t client = 1; client <= 40; ++client) {
    const auto on = crowd.judge({}, {here, 100}, staying(client), {neighbour(2, 0), neighbour(3, 0), neighbour(4, 0)});
    here += on ? 0 : 1;
    if (on) ++to[on->gateways.front()];
  }
  CHECK(here == 10);
  for (const auto& [name, count] : to) CHECK(count == 10);
  const auto later = crowd.judge(TimePoint(1s), {here, 100}, staying(50), {neighbour(2, 0), neighbour(3, 10)});
  CHECK(later->gateways == std::vector<std::string>{"n2"});
}

TEST_CASE("what is uneven is evened out a few clients at a time, and what is within a tenth of even stays as it is") {
  Crowd crowd;
  TimePoint now(1s);
  std::map<std::uint64_t, std::uint32_t> load{{1, 260}, {2, 185}, {3, 185}, {4, 185}, {5, 185}};
  std::uint32_t rounds = 0;
  for (; rounds < 100; ++rounds, now += Crowd::kEvenOut) {
    std::vector<Neighbour> others;
    for (const std::uint64_t uid : {2, 3, 4, 5}) others.push_back(neighbour(uid, load[uid], 1000));
    const auto surplus = crowd.surplus(now, {load[1], 1000}, others);
    if (surplus == 0) break;
    CHECK(surplus <= Crowd::kEvenedOutAtOnce);
    CHECK(crowd.surplus(now, {load[1], 1000}, others) == 0);  // not again before the others tell what came of it
    for (std::uint32_t n = 0; n < surplus; ++n) {
      const auto on = crowd.even_out(now, {n + 1}, load[1], others);
      REQUIRE(on);
      --load[1];
      ++load[static_cast<std::uint64_t>(on->gateways.front()[1] - '0')];
    }
  }
  CHECK(rounds <= 10);
  for (const auto& [uid, clients] : load) {
    CHECK(clients >= 180);
    CHECK(clients <= 220);
  }
  CHECK(Crowd().surplus(now, {8, 100}, {neighbour(2, 0)}) == 0);  // a few are not worth a move
  const std::vector<Neighbour> one_is_back{neighbour(2, 160, 1000), neighbour(3, 210, 1000), neighbour(4, 210, 1000)};
  CHECK(Crowd().surplus(now, {210, 1000}, one_is_back) >
        0);  // it lacks more than a tenth, although nobody has so much more
  CHECK(Crowd().surplus(now, {50, 100}, {}) == 0);
}

TEST_CASE("nobody is moved to and fro beside a gateway that is full, however few it has") {
  const auto full = neighbour(2, 10, 10);
  CHECK(Crowd().surplus(TimePoint(1s), {99, 1000}, {full, neighbour(3, 98, 1000)}) == 0);
  CHECK(Crowd().surplus(TimePoint(1s), {99, 1000}, {full}) == 0);
}

TEST_CASE("a full gateway sends everybody on, and says when all are full") {
  for (const auto& hello : {passing(), staying(1, 2), staying(1, 9)})
    CHECK(Crowd().judge({}, {3, 3}, hello, {neighbour(2, 3, 3), neighbour(3, 2, 3)})->gateways ==
          std::vector<std::string>{"n3"});
  const auto busy = Crowd().judge({}, {3, 3}, staying(1), {neighbour(2, 3, 3)});
  REQUIRE(busy);
  CHECK(busy->gateways.empty());
  CHECK(busy->retry_after > 0s);
  CHECK(busy->reason == "Busy, all nodes full");
}

TEST_CASE("P10 boundedness: whoever wants a full node and no other gets one of a few places aside") {
  Crowd crowd;
  const auto insists = passing(Crowd::kMostRedirects + 1);
  CHECK_FALSE(crowd.judge({}, {3, 3}, insists, {neighbour(2, 0)}));
  CHECK(crowd.judge({}, {3 + Crowd::kAside, 3}, insists, {neighbour(2, 0)}));
}

TEST_CASE("a node that is drained keeps nobody who stays, as long as somebody else has room") {
  Crowd crowd;
  CHECK(crowd.judge({}, {0, 100, true}, staying(1), {neighbour(2, 50)})->gateways == std::vector<std::string>{"n2"});
  CHECK_FALSE(crowd.judge({}, {0, 100, true}, staying(1), {neighbour(2, 100)}));
  CHECK_FALSE(crowd.judge({}, {0, 100, true}, passing(), {neighbour(2, 50)}));
}

TEST_CASE("two nodes share the clients that stay, whatever gateway those come to") {
  SmallWorld world;
  start_two(world, 100);
  int kept = 0;
  for (std::uint64_t n = 1; n <= 10; ++n) {
    const auto client = "c" + std::to_string(n);
    world.client_sends(1, client, staying(n));
    for (const auto& message : world.received(client)) {
      kept += std::holds_alternative<wire::Welcome>(message) ? 1 : 0;
      const auto* on = std::get_if<wire::Redirect>(&message);
      if (!on) continue;
      CHECK(on->gateways.front() == world.node(2).setup().endpoints.client);
      world.client_sends(2, client, staying(n, 1));
      CHECK(std::holds_alternative<wire::Welcome>(world.received(client).at(0)));
    }
    world.run(300ms);
  }
  CHECK(kept == 5);
}

TEST_CASE("when all nodes are full a client is told so, and served once there is room") {
  SmallWorld world;
  start_two(world, 1);
  world.client_sends(1, "a", staying(1));
  world.client_sends(2, "b", staying(2));
  world.run(300ms);
  world.received("a");
  world.client_sends(1, "c", staying(3));
  CHECK(std::get<wire::Redirect>(world.received("c").at(0)).gateways.empty());
  world.client_sends(2, "b", wire::Bye{});
  world.run(300ms);
  world.client_sends(1, "c", staying(3));
  CHECK(std::get<wire::Redirect>(world.received("c").at(0)).gateways.size() == 1);
}

TEST_CASE("a node that ends sends those who stay to another one") {
  SmallWorld world;
  start_two(world, 100);
  world.client_sends(2, "ann", staying(1));
  world.client_sends(2, "bob", passing());
  world.act(world.at(2), [&](host::Node& n, host::NodeEffects& e) { n.on_drain(world.now(), e); });
  const auto on = world.next<wire::Redirect>("ann");
  REQUIRE(on);
  CHECK(on->gateways.front() == world.node(1).setup().endpoints.client);
  CHECK_FALSE(world.next<wire::Redirect>("bob", 1s));
}

}  // namespace gavel::gateway
