// The gateway at a client's edge: what it refuses, how long it makes wait, and what watchers are told.
#include <catch2/catch.hpp>

#include "node/gateway/calls.hpp"
#include "node/gateway/clients.hpp"
#include "node/gateway/event_history.hpp"
#include "node/gateway/watches.hpp"
#include "tests/unit/host_small_world.hpp"

namespace gavel::gateway {
namespace {

using host::SmallWorld;

void found_one(SmallWorld& world) {
  world.start(1, true);
  REQUIRE(world.run_until([&] {
    const auto* directory = world.node(1).directory();
    return directory && directory->nodes().contains(Uid{1});
  }));
}

wire::Call call_of(wire::CallKind kind, GroupId group, Bytes body = {}) {
  wire::Call call;
  call.id = 1;
  call.group = group;
  call.kind = kind;
  call.body = std::move(body);
  return call;
}

Bytes ask_nodes() { return wire::encode_any(directory::Question{directory::AskNodes{}}); }

}  // namespace

TEST_CASE("hello is answered with who serves, and where else one could go") {
  SmallWorld world;
  found_one(world);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  const auto welcome = world.next<wire::Welcome>("ann");
  REQUIRE(welcome);
  CHECK(welcome->node == Uid{1});
  CHECK(welcome->gateways.front() == world.node(1).setup().endpoints.client);
}

TEST_CASE("another version or another cluster is refused by name") {
  SmallWorld world;
  found_one(world);
  const auto reason_for = [&](const Bytes& frame) {
    world.client_sends_bytes(1, "eve", frame);
    const auto refused = world.next<wire::Refused>("eve");
    return refused ? refused->reason : std::string();
  };
  const auto hello = wire::Hello{{8}, "eve"};
  CHECK_THAT(reason_for(wire::seal(wire::Envelope{"other", {}, {99}, {}}, hello)),
             Catch::Matchers::Contains("other") && Catch::Matchers::Contains("gavel"));
  Bytes older = wire::seal(wire::Envelope{"gavel", {}, {99}, {}}, hello);
  older[1] = 99;  // the version is the second byte
  CHECK_THAT(reason_for(older), Catch::Matchers::Contains("99"));
  CHECK_FALSE(reason_for("nonsense").empty());
  CHECK_FALSE(reason_for(wire::seal(wire::Envelope{"gavel", {}, {99}, {}}, wire::Ping{1})).empty());  // no hello
}

TEST_CASE("calls that make no sense are answered, each in its words") {
  SmallWorld world;
  found_one(world);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  const auto status_of = [&](const wire::Call& call) {
    world.client_sends(1, "ann", call);
    return world.next<wire::Answer>("ann").value().status;
  };
  CHECK(status_of(call_of(wire::CallKind::query, {77}, ask_nodes())) == wire::AnswerStatus::unknown_group);
  CHECK(status_of(call_of(wire::CallKind::command, kDirectoryGroup)) == wire::AnswerStatus::malformed);
  CHECK(status_of(call_of(wire::CallKind::query, kDirectoryGroup, Bytes(70'000, 'x'))) ==
        wire::AnswerStatus::malformed);
  auto strange = call_of(wire::CallKind::command, kDirectoryGroup, "?");
  strange.session = {12345};
  strange.number = {1};
  CHECK(status_of(strange) == wire::AnswerStatus::expired);
  CHECK(status_of(call_of(wire::CallKind::query, kDirectoryGroup, ask_nodes())) == wire::AnswerStatus::ok);
  CHECK(status_of(call_of(wire::CallKind::local, kDirectoryGroup, ask_nodes())) == wire::AnswerStatus::ok);
}

TEST_CASE("P10 boundedness: a client over its window is told to wait, and every call is answered") {
  SmallWorld world;
  found_one(world);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  world.received("ann");
  constexpr std::uint64_t kCalls = 2000;
  for (std::uint64_t id = 1; id <= kCalls; ++id) {
    auto call = call_of(wire::CallKind::query, kDirectoryGroup, ask_nodes());
    call.id = id;
    world.client_sends(1, "ann", call);
  }
  world.run(5s);
  std::set<std::uint64_t> answered;
  std::size_t busy = 0;
  for (const auto& message : world.received("ann")) {
    const auto* answer = std::get_if<wire::Answer>(&message);
    if (!answer) continue;
    CHECK(answered.insert(answer->id).second);
    busy += answer->status == wire::AnswerStatus::busy ? 1 : 0;
    if (answer->status == wire::AnswerStatus::busy) CHECK(answer->retry_after > 0us);
  }
  CHECK(answered.size() == kCalls);
  CHECK(busy == kCalls - Calls::kMostOfOne);
}

TEST_CASE("P10 boundedness: calls that gathered are answered together, and more than may gather are refused") {
  SmallWorld world;
  found_one(world);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  world.received("ann");
  wire::Calls gathered;
  for (std::uint64_t id = 1; id <= wire::kMostGathered; ++id) {
    gathered.calls.push_back(call_of(wire::CallKind::query, kDirectoryGroup, ask_nodes()));
    gathered.calls.back().id = id;
  }
  world.client_sends(1, "ann", gathered);
  world.run(1s);
  std::set<std::uint64_t> answered;
  for (const auto& message : world.received("ann"))
    if (const auto* answer = std::get_if<wire::Answer>(&message)) answered.insert(answer->id);
  CHECK(answered.size() == wire::kMostGathered);

  gathered.calls.push_back(gathered.calls.front());
  world.client_sends(1, "ann", gathered);
  CHECK(world.next<wire::Refused>("ann").value().reason == "at most 512 calls come in one frame");
}

TEST_CASE("a client that is silent for a minute is forgotten, and told so when it comes back") {
  SmallWorld world;
  found_one(world);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  world.run(50s);
  world.client_sends(1, "ann", wire::Ping{1});
  CHECK(world.next<wire::Pong>("ann"));
  world.run(62s);
  world.client_sends(1, "ann", wire::Ping{2});
  CHECK(world.next<wire::Refused>("ann"));
}

TEST_CASE("a client that does not read is forgotten, and harms nobody") {
  SmallWorld world;
  found_one(world);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  world.clients_read = false;
  world.client_sends(1, "ann", wire::Ping{1});
  world.run(10ms);
  world.clients_read = true;
  world.client_sends(1, "bob", wire::Hello{{9}, "bob"});
  CHECK(world.next<wire::Welcome>("bob"));
  world.client_sends(1, "ann", wire::Ping{2});
  CHECK(world.next<wire::Refused>("ann"));
}

TEST_CASE("status names the groups, their leaders and the counters") {
  SmallWorld world;
  found_one(world);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  world.client_sends(1, "ann", wire::StatusQuery{5});
  const auto report = world.next<wire::StatusReport>("ann");
  REQUIRE(report);
  CHECK(report->id == 5);
  REQUIRE(report->groups.size() == 1);
  CHECK(report->groups[0].leader == Uid{1});
  CHECK_FALSE(report->counters.empty());
}

TEST_CASE("whom a gateway serves can be asked, and a client that goes is forgotten at once") {
  SmallWorld world;
  found_one(world);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann", true});
  world.client_sends(1, "bob", wire::Hello{{9}, "bob"});
  world.client_sends(1, "ann", wire::Watch{kDirectoryGroup, {}, 0});
  world.run(2s);
  world.client_sends(1, "bob", wire::ClientsQuery{3});
  const auto list = world.next<wire::ClientList>("bob").value();
  CHECK(list.id == 3);
  CHECK(list.total == 2);
  REQUIRE(list.clients.size() == 2);
  const auto& ann = list.clients.front();
  CHECK((ann.client == ClientId{8} && ann.name == "ann" && ann.stays));
  CHECK(ann.idle == 2s);
  CHECK(ann.watches == std::vector{kDirectoryGroup});
  world.client_sends(1, "ann", wire::Bye{});
  world.client_sends(1, "bob", wire::ClientsQuery{4});
  CHECK(world.next<wire::ClientList>("bob").value().total == 1);
  world.client_sends(1, "ann", wire::Ping{1});
  CHECK(world.next<wire::Refused>("ann"));
}

TEST_CASE("a lead is handed over by the node that has it, and others say who that is") {
  SmallWorld world;
  found_one(world);
  world.client_sends(1, "ann", wire::Hello{{8}, "ann"});
  world.client_sends(1, "ann", wire::TransferLead{5, kDirectoryGroup, {1}});
  const auto already = world.next<wire::Operated>("ann").value();
  CHECK((already.id == 5 && already.done));
  world.client_sends(1, "ann", wire::TransferLead{6, {77}, {1}});
  CHECK_FALSE(world.next<wire::Operated>("ann").value().done);
}

// ---- the parts --------------------------------------------------------------------------------------------------

TEST_CASE("P7 exactly once: a command repeated while it is under way is attached, not submitted again") {
  Calls calls(1);
  auto call = call_of(wire::CallKind::command, {5});
  call.session = {3};
  call.number = {9};
  const auto id = calls.begin({}, {"a", 1}, call);
  CHECK(calls.attach({"a", 1}, call) == Calls::Attached::already);
  CHECK(calls.attach({"b", 7}, call) == Calls::Attached::yes);
  auto other = call;
  other.number = {10};
  CHECK(calls.attach({"b", 8}, other) == Calls::Attached::no);
  for (std::uint64_t n = 0; n < Calls::kMostWaiters - 2; ++n) calls.attach({"c", n}, call);
  CHECK(calls.attach({"d", 1}, call) == Calls::Attached::refused);
  const auto finished = calls.finish(id);
  REQUIRE(finished);
  CHECK(finished->others.size() + 1 == Calls::kMostWaiters);
  CHECK_FALSE(calls.finish(id));
  CHECK(calls.attach({"b", 7}, call) == Calls::Attached::no);
}

/// What watchers were told.
struct Heard {
  std::vector<wire::Pushed> pushed;
  std::vector<wire::PushedGap> gaps;
  std::vector<std::pair<Bytes, Bytes>> by_client;

  Watches::Push push() {
    return [this](const Bytes& routing_id, const wire::ToClient& message) {
      if (const auto* gap = std::get_if<wire::PushedGap>(&message)) gaps.push_back(*gap);
      const auto* event = std::get_if<wire::Pushed>(&message);
      if (event == nullptr) return;
      pushed.push_back(*event);
      by_client.emplace_back(routing_id, event->body);
    };
  }
  static std::function<const EventHistory*(GroupId)> from(const EventHistory& history) {
    return [&history](GroupId) { return &history; };
  }
  std::vector<Bytes> bodies(const Bytes& client) const {
    std::vector<Bytes> all;
    for (const auto& [to, body] : by_client)
      if (to == client) all.push_back(body);
    return all;
  }
};

TEST_CASE("a history forgets whole slots, the oldest first, and says from where on it is complete") {
  EventHistory history({10}, {.events = 4, .bytes = 1000});
  for (std::uint32_t index = 1; index <= 2; ++index) history.append({{11}, index}, {"a"});
  for (std::uint32_t index = 1; index <= 2; ++index) history.append({{12}, index}, {"b"});
  CHECK(history.complete_after() == Slot{10});
  history.append({{13}, 1}, {"c"});
  CHECK(history.complete_after() == Slot{11});
  CHECK(history.next({}, {{11}, 2})->body == "b");
  CHECK(history.next({}, {{12}, 2})->place.slot == Slot{13});
  CHECK(history.next({}, {{13}, 1}) == nullptr);
  history.restart({50});
  CHECK(history.size() == 0);
  CHECK(history.complete_after() == Slot{50});
}

TEST_CASE("a history that may keep less from now on forgets what is over") {
  EventHistory history({}, {.events = 100, .bytes = 1000});
  for (std::uint64_t slot = 1; slot <= 50; ++slot) history.append({{slot}, 1}, {Bytes(10, 'e')});
  CHECK(history.size() == 50);
  history.bound({.events = 100, .bytes = 200});
  CHECK(history.size() == 20);
  CHECK(history.complete_after() == Slot{30});
  CHECK(history.next({}, {{30}, 1})->place.slot == Slot{31});
  history.append({{51}, 1}, {Bytes(10, 'e')});
  CHECK(history.size() == 20);
}

TEST_CASE("a watcher gets every event once and in order, a gap when it is too far behind, and only so many at a time") {
  EventHistory history({}, {.events = 200, .bytes = 10'000});
  for (std::uint64_t slot = 1; slot <= 100; ++slot) history.append({{slot}, 1}, {"e"});
  Watches watches;
  const TimePoint now(1s);
  REQUIRE(watches.watch("ann", {{5}, {}}, {{20}, 1}));
  Heard heard;
  watches.pump(now, {5}, history, heard.push());
  CHECK(heard.pushed.size() == Watches::kAtOnce);
  CHECK(watches.next_due() == now + Watches::kBehind);
  watches.pump_due(watches.next_due(), heard.from(history), heard.push());
  CHECK(watches.next_due() == kNever);
  REQUIRE(heard.pushed.size() == 80);
  for (std::size_t i = 0; i < heard.pushed.size(); ++i) CHECK(heard.pushed[i].slot == Slot{21 + i});
  CHECK(heard.gaps.empty());

  history.restart({150});
  history.append({{151}, 1}, {"e"});
  watches.pump(now, {5}, history, heard.push());
  REQUIRE(heard.gaps.size() == 1);
  CHECK(heard.gaps[0].slot == Slot{151});
  CHECK(heard.pushed.back().slot == Slot{151});

  watches.unwatch("ann", {{5}, {}});
  CHECK_FALSE(watches.any_of({5}));
  for (std::uint64_t group = 1; group <= Watches::kMostOfOne; ++group) CHECK(watches.watch("ann", {{group}, {}}, {}));
  CHECK_FALSE(watches.watch("ann", {{999}, {}}, {}));
  CHECK(watches.size() == Watches::kMostOfOne);
  watches.forget("ann");
  CHECK(watches.size() == 0);
  CHECK(watches.groups().empty());
}

TEST_CASE("a watcher hears of its topic and of no other") {
  EventHistory history({});
  Watches watches;
  Heard heard;
  REQUIRE(watches.watch("ann", {{5}, "room"}, {}));
  REQUIRE(watches.watch("bob", {{5}, {}}, {}));
  history.append({{1}, 1}, {"bid"});
  history.append({{1}, 2}, {"said", "room"});
  watches.pump({}, {5}, history, heard.push());
  CHECK(heard.bodies("ann") == std::vector<Bytes>{"said"});
  CHECK(heard.bodies("bob") == std::vector<Bytes>{"bid"});
  CHECK(watches.of("ann") == std::vector<GroupId>{{5}});
}

TEST_CASE(
    "a watcher of a silent topic misses nothing when another topic fills the history, nor when it says again where it "
    "is") {
  EventHistory history({}, {.events = 4, .bytes = 1000});
  Watches watches;
  Heard heard;
  const Watches::Topic room{{5}, "room"};
  REQUIRE(watches.watch("ann", room, {}));
  history.append({{1}, 1}, {"hello", "room"});
  watches.pump({}, {5}, history, heard.push());
  for (std::uint64_t slot = 2; slot <= 20; ++slot) history.append({{slot}, 1}, {"bid"});
  watches.pump({}, {5}, history, heard.push());
  REQUIRE(history.complete_after() > Slot{1});
  REQUIRE(watches.watch("ann", room, {{1}, 1}));
  history.append({{21}, 1}, {"again", "room"});
  watches.pump({}, {5}, history, heard.push());
  CHECK(heard.gaps.empty());
  CHECK(heard.bodies("ann") == std::vector<Bytes>{"hello", "again"});
}

TEST_CASE("what goes before it could be pushed is a gap, in its own topic alone") {
  EventHistory history({}, {.events = 4, .bytes = 1000});
  Watches watches;
  Heard heard;
  REQUIRE(watches.watch("ann", {{5}, "room"}, {}));
  REQUIRE(watches.watch("bob", {{5}, {}}, {}));
  watches.pump({}, "ann", {{5}, "room"}, history, heard.push());
  watches.pump({}, "bob", {{5}, {}}, history, heard.push());
  history.append({{1}, 1}, {"bid"});
  for (std::uint64_t slot = 2; slot <= 6; ++slot) history.append({{slot}, 1}, {"said", "room"});
  watches.pump({}, {5}, history, heard.push());
  REQUIRE(heard.gaps.size() == 2);  // the bid is gone as well
  CHECK(heard.bodies("bob").empty());
  CHECK(heard.bodies("ann").size() == 4);
}

TEST_CASE("events that replace each other reach a watcher at most 20 times a second, the newest in the end") {
  EventHistory history({});
  Watches watches;
  Heard heard;
  REQUIRE(watches.watch("ann", {{5}, "lot-7"}, {}));
  TimePoint now(1s);
  std::uint64_t slot = 0;
  for (int ms = 0; ms < 1000; ++ms, now += 1ms) {
    if (watches.next_due() <= now) watches.pump_due(now, heard.from(history), heard.push());
    ++slot;
    history.append({{slot}, 1}, {std::to_string(slot), "lot-7", true});
    watches.pump(now, {5}, history, heard.push());
  }
  CHECK(history.size() == 1);
  REQUIRE(watches.next_due() != kNever);
  watches.pump_due(watches.next_due(), heard.from(history), heard.push());
  CHECK(watches.next_due() == kNever);
  const auto bodies = heard.bodies("ann");
  CHECK(bodies.size() == 21);
  CHECK(bodies.front() == "1");
  CHECK(bodies.back() == "1000");
  CHECK(heard.gaps.empty());
}

TEST_CASE("a thousand watchers of one count are told at one moment, whenever each of them came") {
  EventHistory history({});
  Watches watches;
  Heard heard;
  const Watches::Topic topic{{5}, "lot-7"};
  TimePoint now(1s);
  std::set<TimePoint> moments;
  for (std::uint64_t ms = 0; ms < 1000; ++ms, now += 1ms) {
    const auto name = std::to_string(ms);
    REQUIRE(watches.watch(name, topic, {}));
    watches.pump(now, name, topic, history, heard.push());
    const auto before = heard.pushed.size();
    if (watches.next_due() <= now) watches.pump_due(now, heard.from(history), heard.push());
    history.append({{ms + 1}, 1}, {"count", "lot-7", true});
    watches.pump(now, {5}, history, heard.push());
    if (heard.pushed.size() > before + 1) moments.insert(now);
  }
  CHECK(moments.size() <= 21);
  watches.forget("7");
  for (std::uint64_t ms = 0; ms < 1000; ++ms) watches.forget(std::to_string(ms));
  CHECK(watches.next_due() == kNever);
}

TEST_CASE("who watches a slot that has more events than there is room for is told of the gap, not of nothing") {
  EventHistory history({}, {.events = 4, .bytes = 1000});
  Watches watches;
  Heard heard;
  REQUIRE(watches.watch("ann", {{5}, "late"}, {}));
  watches.pump({}, "ann", {{5}, "late"}, history, heard.push());
  for (std::uint32_t index = 1; index <= 6; ++index) history.append({{1}, index}, {"like", std::to_string(index)});
  history.append({{1}, 7}, {"like", "late"});
  watches.pump({}, {5}, history, heard.push());
  REQUIRE(heard.gaps.size() == 1);
  CHECK(heard.gaps[0].topic == "late");
}

TEST_CASE("who waits for the next count, which is forgotten meanwhile, is told of the gap") {
  EventHistory history({}, {.events = 8, .bytes = 100});
  Watches watches;
  Heard heard;
  const TimePoint now(1s);
  REQUIRE(watches.watch("ann", {{5}, "count"}, {}));
  history.append({{1}, 1}, {"one", "count", true});
  watches.pump(now, {5}, history, heard.push());
  REQUIRE(heard.pushed.size() == 1);
  history.append({{2}, 1}, {"two", "count", true});
  history.append({{3}, 1}, {"other", "other"});
  history.bound({.events = 1, .bytes = 100});
  watches.pump(now + 1ms, {5}, history, heard.push());
  watches.pump_due(watches.next_due() == kNever ? now + 1s : watches.next_due(), heard.from(history), heard.push());
  CHECK(heard.pushed.size() == 1);
  REQUIRE(heard.gaps.size() == 1);
  CHECK(heard.gaps[0].topic == "count");
}

TEST_CASE("P10 boundedness: replaced events and topics that are gone leave nothing behind in a history") {
  EventHistory history({}, {.events = 8, .bytes = 100});
  for (std::uint64_t slot = 1; slot <= 100; ++slot) history.append({{slot}, 1}, {"count", "one", true});
  CHECK(history.size() == 1);
  CHECK(history.complete_after() == Slot{0});  // nobody lacks anything
  for (std::uint64_t slot = 101; slot <= 200; ++slot) history.append({{slot}, 1}, {"0123456789", std::to_string(slot)});
  CHECK(history.size() <= 8);
  CHECK(history.next("one", {}) == nullptr);
  CHECK(history.complete_after() >= Slot{100});
}

TEST_CASE("P10 boundedness: a gateway takes so many clients and no more") {
  Clients clients;
  for (std::size_t n = 0; n < Clients::kMost; ++n) REQUIRE(clients.welcome({}, std::to_string(n), {{n}, ""}));
  CHECK_FALSE(clients.welcome({}, "one more", {{1}, ""}));
  CHECK(clients.welcome({}, "0", {{1}, "again"}));
}

}  // namespace gavel::gateway
