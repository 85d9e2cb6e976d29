// A client that is sent to another gateway: where it goes, how long it waits, and that nothing it wants gets lost on
// the way. And what it asks of a gateway itself.
#include "tests/unit/client_script.hpp"

namespace gavel::client {
namespace {

const std::string kC = "tcp://127.0.0.1:3001";

wire::Redirect to(std::vector<std::string> gateways) {
  return {std::move(gateways), {}, "there are fewer clients there"};
}
wire::Redirect all_full() { return {{}, 300ms, "Busy, all nodes full"}; }
wire::Pushed pushed(std::uint64_t slot, std::uint32_t index) { return {kGroup, Slot{slot}, index, "event"}; }
void stay(Options& options) { options.stays = true; }
void only(Options& options) { options.only_given = true; }

TEST_CASE("client: who stays says so, goes where it is sent, and tells how often it was") {
  Script s({kA}, stay);
  const CallId ask = s.client.query(s.now, kGroup, "show", 5s);
  const auto hello = s.expect<wire::Hello>();
  CHECK((hello.stays && hello.redirected == 0));
  s.say(to({kB, kC}));
  CHECK(s.expect<wire::Hello>().redirected == 1);
  s.say(to({kC}));
  CHECK(s.connects == std::vector<std::string>{kA, kB, kC});
  CHECK(s.expect<wire::Hello>().redirected == 2);
  s.say(wire::Welcome{Uid{3}, "three", {}});
  s.answer(s.expect<wire::Call>(), wire::AnswerStatus::ok, "state");
  CHECK(s.outcome(ask).body == "state");
  s.lose();
  s.client.query(s.now, kGroup, "show", 5s);
  CHECK(s.expect<wire::Hello>().redirected == 0);
}

TEST_CASE("client: being sent on is not held against the gateway that did it") {
  Script s({kA}, stay);
  s.client.query(s.now, kGroup, "show", 5s);
  s.take();
  s.say(to({kB}));
  s.lose();
  s.take();
  CHECK(s.connects == std::vector<std::string>{kA, kB, kA});
}

TEST_CASE("client: the next best is tried when the best cannot be reached") {
  Script s({kA}, stay);
  s.client.query(s.now, kGroup, "show", 5s);
  s.take();
  s.say(to({kB, kC}));
  s.lose();
  CHECK(s.connects == std::vector<std::string>{kA, kB, kC});
}

TEST_CASE("client: when all are full it waits as long as it was told, and is served when there is room") {
  Script s({kA});
  const CallId bid = s.client.command(s.now, kGroup, "bid", 5s);
  s.take();
  s.say(all_full());
  s.pass(290ms);
  CHECK(s.connects.size() == 1);
  s.pass(20ms);
  CHECK(s.connects.size() == 2);
  s.welcome();
  s.open_session(7);
  s.answer(s.expect<wire::Call>(), wire::AnswerStatus::ok, "accepted");
  CHECK(s.outcome(bid).kind == OutcomeKind::ok);
}

TEST_CASE("client: a deadline that passes while all are full is busy, in the gateway's words") {
  Script s({kA, kB});
  const CallId bid = s.client.command(s.now, kGroup, "bid", 1s);
  for (int i = 0; i < 50; ++i) {
    s.take();
    if (!s.sent.empty()) s.say(all_full());
    s.sent.clear();
    s.pass(25ms);
  }
  CHECK(s.outcome(bid).kind == OutcomeKind::busy);
  CHECK(s.outcome(bid).message == "Busy, all nodes full");
  CHECK(s.connects.size() >= 4);
  CHECK(s.connects.size() <= 12);
}

TEST_CASE("client: a command that was under way when the gateway sent it away keeps its number") {
  Script s({kA}, stay);
  const CallId bid = s.client.command(s.now, kGroup, "bid", 5s);
  s.welcome();
  s.open_session(7);
  const auto first = s.expect<wire::Call>();
  s.say(to({kB}));
  s.welcome();
  const auto again = s.expect<wire::Call>();
  CHECK((again.session == first.session && again.number == first.number));
  s.answer(again, wire::AnswerStatus::ok, "accepted");
  CHECK(s.outcome(bid).sends == 2);
}

TEST_CASE("client: watches survive every kind of move, each event once and in order") {
  Script s({kA}, stay);
  s.client.watch(s.now, kGroup, Slot{4}, kWholeSlot);
  s.welcome();
  s.say(pushed(5, 1));
  s.say(to({kB}));
  s.welcome();
  CHECK(s.expect<wire::Watch>().slot == Slot{5});
  s.say(pushed(5, 1));
  s.say(pushed(6, 1));
  s.lose();
  s.take();
  s.say(all_full());
  s.pass(400ms);
  s.welcome();
  const auto watch = s.expect<wire::Watch>();
  CHECK((watch.slot == Slot{6} && watch.index == 1));
  s.say(pushed(6, 1));
  s.say(pushed(6, 2));
  std::vector<std::pair<std::uint64_t, std::uint32_t>> seen;
  for (const Event& event : s.events) seen.emplace_back(event.slot.value, event.index);
  CHECK(seen == std::vector<std::pair<std::uint64_t, std::uint32_t>>{{5, 1}, {6, 1}, {6, 2}});
  CHECK(s.resyncs.empty());
}

TEST_CASE("client: gateways that send each other's clients round are not followed for ever") {
  Script s({kA}, stay);
  s.client.query(s.now, kGroup, "show", 5s);
  s.take();
  for (int i = 0; i < 100; ++i) s.say(to({i % 2 == 0 ? kB : kA}));
  CHECK(s.connects.size() < 25);
}

TEST_CASE("client: who wants one gateway only comes back to it, and says how often it was sent away") {
  Script s({kA}, only);
  s.client.status(s.now, 5s);
  for (std::uint32_t times = 0; times < 4; ++times) {
    CHECK(s.expect<wire::Hello>().redirected == times);
    s.say(to({kB}));
    s.pass(60ms);
  }
  for (const auto& endpoint : s.connects) CHECK(endpoint == kA);
}

TEST_CASE("client: who goes takes leave") {
  Script s({kA});
  s.client.watch(s.now, kGroup);
  s.welcome();
  s.client.close(s.now);
  CHECK(s.sent_any<wire::Bye>());
  CHECK(s.client.gateway() == Uid{});
}

TEST_CASE("client: a mark is asked for like a question, and its slot is the answer") {
  Script s({kA});
  const CallId mark = s.client.mark(s.now, kGroup, 5s);
  s.welcome();
  CHECK(s.expect<wire::Call>().kind == wire::CallKind::mark);
  for (int i = 0; i < 3; ++i) {
    s.pass(250ms);
    s.say(wire::Pong{1});
  }
  const auto again = s.expect<wire::Call>();
  s.answer(again, wire::AnswerStatus::ok);
  CHECK(s.outcome(mark).slot == Slot{10});
}

TEST_CASE("client: what is asked of the gateway itself is asked again until it is answered") {
  Script s({kA}, only);
  const CallId clients = s.client.clients(s.now, 5s);
  const CallId transfer = s.client.transfer(s.now, kGroup, Uid{4}, 5s);
  const CallId backup = s.client.backup(s.now, kGroup, 512, 5s);
  const CallId faults = s.client.set_faults(s.now, {0, {Uid{2}}, 10, 5ms, 1ms}, 5s);
  wire::RestorePiece state;
  state.offset = 64;
  state.bytes = share("abc");
  const CallId restore = s.client.restore(s.now, state, 5s);
  const CallId level = s.client.set_log_level(s.now, "debug", 5s);
  s.welcome();
  s.take();
  s.sent.clear();
  for (int i = 0; i < 3; ++i) {
    s.pass(250ms);
    s.say(wire::Pong{1});
  }
  const auto list_asked = s.expect<wire::ClientsQuery>();
  const auto transfer_asked = s.expect<wire::TransferLead>();
  CHECK((transfer_asked.group == kGroup && transfer_asked.to == Uid{4}));
  const auto backup_asked = s.expect<wire::BackupQuery>();
  CHECK(backup_asked.offset == 512);
  const auto faults_asked = s.expect<wire::SetFaults>();
  CHECK((faults_asked.drop_percent == 10 && faults_asked.blocked == std::vector{Uid{2}}));
  const auto restore_asked = s.expect<wire::RestorePiece>();
  CHECK((restore_asked.offset == 64 && *restore_asked.bytes == "abc"));
  const auto level_asked = s.expect<wire::SetLogLevel>();
  CHECK(level_asked.level == "debug");
  s.say(wire::ClientList{transfer_asked.id, {}, 9});  // the id of another kind of question: ignored
  CHECK(s.outcomes.empty());
  s.say(wire::ClientList{list_asked.id, {}, 9});
  s.say(wire::Operated{transfer_asked.id, true, ""});
  s.say(wire::Operated{faults_asked.id, false, "no"});
  s.say(wire::Operated{restore_asked.id, true, "going on"});
  s.say(wire::Operated{level_asked.id, true, "logs debug"});
  wire::BackupPiece piece;
  piece.id = backup_asked.id;
  piece.size = 600;
  s.say(piece);
  CHECK(wire::decode<wire::ClientList>(s.outcome(clients).body)->total == 9);
  CHECK(wire::decode<wire::Operated>(s.outcome(transfer).body)->done);
  CHECK(wire::decode<wire::Operated>(s.outcome(restore).body)->message == "going on");
  CHECK(wire::decode<wire::Operated>(s.outcome(level).body)->message == "logs debug");
  CHECK_FALSE(wire::decode<wire::Operated>(s.outcome(faults).body)->done);
  CHECK(wire::decode<wire::BackupPiece>(s.outcome(backup).body)->size == 600);
}

}  // namespace
}  // namespace gavel::client
