// How a client finds its gateway, and how its watches survive a change of it.
#include "tests/unit/client_script.hpp"

namespace gavel::client {
namespace {

wire::Beacon beacon(const std::string& client_endpoint) {
  wire::Beacon beacon;
  beacon.uid = Uid{3};
  beacon.client = client_endpoint;
  beacon.member = true;
  return beacon;
}

wire::Pushed pushed(std::uint64_t slot, std::uint32_t index) { return {kGroup, Slot{slot}, index, "event"}; }

TEST_CASE("client: without a known gateway it probes, and goes to whoever answers") {
  Script s({});
  s.client.query(s.now, kGroup, "show", 5s);
  s.take();
  CHECK(s.probes == 1);
  s.pass(450ms);
  CHECK(s.probes == 3);
  s.client.on_datagram(s.now, wire::seal(s.from_gateway, beacon(kB)));
  s.take();
  CHECK(s.connects == std::vector<std::string>{kB});
}

TEST_CASE("client: beacons of another cluster and garbage are ignored") {
  Script s({});
  s.client.query(s.now, kGroup, "show", 5s);
  s.client.on_datagram(s.now, wire::seal(wire::Envelope{"other", {}, Uid{1}, {}}, beacon(kB)));
  s.client.on_datagram(s.now, "garbage");
  s.take();
  CHECK(s.connects.empty());
}

TEST_CASE("client: no gateway by the deadline is unreachable, and nothing was done") {
  Script s({kA});
  const CallId bid = s.client.command(s.now, kGroup, "bid", 1s);
  for (int i = 0; i < 100; ++i) {
    s.lose();
    s.pass(10ms);
  }
  CHECK(s.outcome(bid).kind == OutcomeKind::unreachable);
}

TEST_CASE("client: a gateway of another cluster completes calls at once, with both names") {
  Script s({kA});
  const CallId ask = s.client.query(s.now, kGroup, "show", 5s);
  s.from_gateway.cluster = "other";
  s.say(wire::Refused{"this is other"});
  CHECK(s.outcome(ask).kind == OutcomeKind::refused);
  CHECK(s.outcome(ask).message.find("'other'") != std::string::npos);
  CHECK(s.outcome(ask).message.find("'test'") != std::string::npos);
}

TEST_CASE("client: a gateway that refuses is left for one that does not") {
  Script s({kA, kB});
  s.client.query(s.now, kGroup, "show", 5s);
  s.take();
  s.say(wire::Refused{"no"});
  CHECK(s.connects.size() == 2);
  CHECK(s.connects[0] != s.connects[1]);
  CHECK(s.outcomes.empty());
}

TEST_CASE("client: a gateway that forgot the client is greeted again, and no call is lost by it") {
  Script s({kA});
  const CallId ask = s.client.query(s.now, kGroup, "show", 5s);
  s.welcome();
  s.expect<wire::Call>();
  s.say(wire::Refused{"say hello first"});
  s.pass(60ms);
  s.welcome();
  s.answer(s.expect<wire::Call>(), wire::AnswerStatus::ok, "state");
  CHECK(s.outcome(ask).body == "state");
}

TEST_CASE("client: garbage from a gateway is counted and harms nothing") {
  Script s({kA});
  const CallId ask = s.client.query(s.now, kGroup, "show", 5s);
  s.welcome();
  s.client.on_frame(s.now, "garbage");
  s.client.on_frame(s.now, "");
  CHECK(s.client.malformed_frames() == 2);
  s.answer(s.expect<wire::Call>(), wire::AnswerStatus::ok, "state");
  CHECK(s.outcome(ask).body == "state");
}

TEST_CASE("client: a watch goes on where it was after a move, none twice, none out of order") {
  Script s({kA});
  s.client.watch(s.now, kGroup, Slot{4}, kWholeSlot);
  s.welcome({kB});
  const auto first = s.expect<wire::Watch>();
  CHECK(first.slot == Slot{4});
  CHECK(first.index == kWholeSlot);
  s.say(pushed(4, 1));
  s.say(pushed(5, 1));
  s.say(pushed(5, 2));
  s.lose();
  s.welcome();
  const auto again = s.expect<wire::Watch>();
  CHECK(again.slot == Slot{5});
  CHECK(again.index == 2);
  s.say(pushed(5, 1));
  s.say(pushed(5, 2));
  s.say(pushed(5, 3));
  s.say(pushed(9, 1));
  std::vector<std::pair<std::uint64_t, std::uint32_t>> seen;
  for (const Event& event : s.events) seen.emplace_back(event.slot.value, event.index);
  CHECK(seen == std::vector<std::pair<std::uint64_t, std::uint32_t>>{{5, 1}, {5, 2}, {5, 3}, {9, 1}});
}

TEST_CASE("client: a gap is told, and the watch goes on after it") {
  Script s({kA});
  s.client.watch(s.now, kGroup, Slot{4}, 1);
  s.welcome();
  s.say(wire::PushedGap{kGroup, Slot{20}});
  REQUIRE(s.resyncs.size() == 1);
  CHECK(s.resyncs[0].slot == Slot{20});
  const auto again = s.expect<wire::Watch>();
  CHECK(again.slot == Slot{4});
  const auto moved = s.expect<wire::Watch>();
  CHECK(moved.slot == Slot{19});
  s.say(pushed(20, 1));
  CHECK(s.events.size() == 1);
  s.say(wire::PushedGap{kGroup, Slot{20}});
  CHECK(s.resyncs.size() == 1);
}

TEST_CASE("client: a stopped gateway is noticed while only watching") {
  Script s({kA, kB});
  s.client.watch(s.now, kGroup);
  s.welcome();
  s.pass(1s);
  CHECK(s.connects.size() == 2);
}

TEST_CASE("client: status asks the gateway itself") {
  Script s({kA}, [](Options& options) { options.only_given = true; });
  const CallId ask = s.client.status(s.now, 1s);
  s.welcome({kB});
  wire::StatusReport report;
  report.id = s.expect<wire::StatusQuery>().id;
  report.name = "one";
  s.say(report);
  CHECK(wire::decode<wire::StatusReport>(s.outcome(ask).body)->name == "one");
  CHECK(s.client.known_gateways() == std::vector<std::string>{kA});
}

}  // namespace
}  // namespace gavel::client
