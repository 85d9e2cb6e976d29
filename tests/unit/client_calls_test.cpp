// A client's calls, whatever happens to its gateways and its session (PROTOCOL.md §7).
#include "tests/unit/client_script.hpp"

namespace gavel::client {
namespace {

/// A client with an open session and one command under way through its first gateway.
struct MidBid : Script {
  explicit MidBid(std::vector<std::string> others = {kB}, Duration timeout = 5s) : Script({kA}) {
    bid = client.command(now, kGroup, "bid", timeout);
    welcome(std::move(others));
    open_session(77);
    call = expect<wire::Call>();
  }
  CallId bid;
  wire::Call call;
};

TEST_CASE("client: a command goes out under a session and a number, and its reply completes it") {
  MidBid s;
  CHECK(s.call.kind == wire::CallKind::command);
  CHECK(s.call.session == SessionId{77});
  CHECK(s.call.number == RequestNumber{1});
  s.answer(s.call, wire::AnswerStatus::ok, "accepted");
  const Outcome& outcome = s.outcome(s.bid);
  CHECK(outcome.kind == OutcomeKind::ok);
  CHECK(outcome.body == "accepted");
  CHECK(outcome.slot == Slot{10});
  CHECK(outcome.session == SessionId{77});
  CHECK(outcome.number == RequestNumber{1});
}

TEST_CASE("client: when the gateway dies in mid-bid, the same number goes out through another one") {
  MidBid s;
  s.lose();
  REQUIRE(s.connects == std::vector<std::string>{kA, kB});
  s.welcome();
  const auto again = s.expect<wire::Call>();
  CHECK(again.session == s.call.session);
  CHECK(again.number == s.call.number);
  CHECK(again.body == s.call.body);
  s.answer(again, wire::AnswerStatus::ok, "accepted");
  CHECK(s.outcome(s.bid).kind == OutcomeKind::ok);
  CHECK(s.outcome(s.bid).sends == 2);
}

TEST_CASE("client: a gateway that stops in mid-bid without a word is left within its silence timeout") {
  MidBid s;
  s.pass(600ms);
  REQUIRE(s.connects == std::vector<std::string>{kA, kB});
  s.welcome();
  CHECK(s.expect<wire::Call>().number == s.call.number);
}

TEST_CASE("client: a living gateway that does not get a command answered is left for another") {
  MidBid s;
  for (int i = 0; i < 80; ++i) {
    s.pass(10ms);
    if (s.connects.size() == 1) s.say(wire::Pong{1});
  }
  REQUIRE(s.connects == std::vector<std::string>{kA, kB});
}

TEST_CASE("client: with one gateway only, an unanswered command is sent to it again under the same number") {
  MidBid s(std::vector<std::string>{});
  for (int i = 0; i < 70; ++i) {
    s.pass(10ms);
    s.say(wire::Pong{1});
  }
  CHECK(s.connects.size() == 1);
  CHECK(s.expect<wire::Call>().number == s.call.number);
}

TEST_CASE("client: a command that was sent and not answered by its deadline has an unknown outcome") {
  MidBid s(std::vector<std::string>{}, 300ms);
  s.pass(301ms);
  CHECK(s.outcome(s.bid).kind == OutcomeKind::unknown);
  CHECK(s.outcome(s.bid).session == SessionId{77});
  CHECK(s.outcome(s.bid).number == RequestNumber{1});
  s.answer(s.call, wire::AnswerStatus::ok, "too late");
  CHECK(s.outcomes.size() == 1);
}

TEST_CASE("client: a question without an answer is never of unknown outcome") {
  Script s({kA});
  const CallId ask = s.client.query(s.now, kGroup, "show", 300ms);
  s.welcome();
  s.expect<wire::Call>();
  s.pass(301ms);
  CHECK(s.outcome(ask).kind == OutcomeKind::no_answer);
}

TEST_CASE("client: busy is waited out, and the command goes again under the same number") {
  MidBid s;
  s.answer(s.call, wire::AnswerStatus::busy);
  s.pass(20ms);
  CHECK_FALSE(s.sent_any<wire::Call>());
  s.pass(15ms);
  const auto again = s.expect<wire::Call>();
  CHECK(again.number == s.call.number);
  s.answer(again, wire::AnswerStatus::ok, "accepted");
  CHECK(s.outcome(s.bid).kind == OutcomeKind::ok);
}

TEST_CASE("client: busy until the deadline completes as busy, since nothing was done") {
  MidBid s(std::vector<std::string>{}, 100ms);
  s.answer(s.call, wire::AnswerStatus::busy);
  s.pass(31ms);
  s.answer(s.expect<wire::Call>(), wire::AnswerStatus::busy);
  s.pass(31ms);
  s.answer(s.expect<wire::Call>(), wire::AnswerStatus::busy);
  s.pass(31ms);
  s.answer(s.expect<wire::Call>(), wire::AnswerStatus::busy);
  s.pass(31ms);
  CHECK(s.outcome(s.bid).kind == OutcomeKind::busy);
}

TEST_CASE("client: under an expired session, what was sent once goes on in a new one") {
  MidBid s;
  s.answer(s.call, wire::AnswerStatus::expired);
  s.open_session(88);
  const auto again = s.expect<wire::Call>();
  CHECK(again.session == SessionId{88});
  CHECK(again.number == RequestNumber{1});
}

TEST_CASE("client: under an expired session, what may have been executed before has an unknown outcome") {
  MidBid s;
  s.lose();
  s.welcome();
  s.answer(s.expect<wire::Call>(), wire::AnswerStatus::expired);
  CHECK(s.outcome(s.bid).kind == OutcomeKind::unknown);
}

TEST_CASE("client: a number that is no longer kept has an unknown outcome") {
  MidBid s;
  s.answer(s.call, wire::AnswerStatus::stale);
  CHECK(s.outcome(s.bid).kind == OutcomeKind::unknown);
}

TEST_CASE("client: what the gateway lost is sent again under the same number") {
  MidBid s;
  s.answer(s.call, wire::AnswerStatus::lost);
  s.pass(51ms);
  CHECK(s.expect<wire::Call>().number == s.call.number);
}

TEST_CASE("client: only the window's worth of commands is under way at once") {
  MidBid s;
  for (int i = 0; i < 40; ++i) s.client.command(s.now, kGroup, "more", 5s);
  s.pass(5ms);  // they gather while the first is under way
  std::uint64_t highest = 0;
  while (s.sent_any<wire::Call>()) highest = s.expect<wire::Call>().number.value;
  CHECK(highest == 32);
  s.answer(s.call, wire::AnswerStatus::ok);
  s.pass(5ms);
  CHECK(s.expect<wire::Call>().number == RequestNumber{33});
}

TEST_CASE("client: calls leave at once, and what is called meanwhile leaves in one frame when the answer has come") {
  MidBid s;
  s.frames.clear();
  for (int i = 0; i < 5; ++i) {
    s.client.command(s.now, kGroup, "more", 5s);
    s.take();
  }
  CHECK(s.frames.empty());
  s.answer(s.call, wire::AnswerStatus::ok);
  CHECK(s.frames == std::vector<std::size_t>{5});
}

TEST_CASE("client: what gathered leaves before the client takes its leave") {
  MidBid s;
  s.client.command(s.now, kGroup, "more", 5s);
  s.client.close(s.now);
  s.expect<wire::Call>();
  s.expect<wire::Bye>();
}

TEST_CASE("client: what gathered and never left has certainly not been executed") {
  Script s({kA}, [](Options& options) { options.gather = 1h; });
  s.client.query(s.now, kGroup, "a question", 5s);
  s.welcome();
  s.expect<wire::Call>();
  const CallId bid = s.client.command(s.now, kGroup, "bid", 100ms);  // waits for a session, which waits for the answer
  s.lose();
  s.pass(200ms);
  CHECK(s.outcome(bid).kind != OutcomeKind::unknown);
}

TEST_CASE("client: nobody waits long for an answer that does not come") {
  MidBid s;
  s.frames.clear();
  s.client.command(s.now, kGroup, "more", 5s);
  s.take();
  CHECK(s.frames.empty());
  s.pass(4ms);
  CHECK(s.frames == std::vector<std::size_t>{1});
}

TEST_CASE("client: a call that is not answered holds up none of those that come a while later") {
  MidBid s;
  for (int i = 0; i < 3; ++i) {
    s.pass(5ms);
    s.frames.clear();
    s.client.command(s.now, kGroup, "more", 5s);
    s.take();
    CHECK(s.frames == std::vector<std::size_t>{1});
  }
}

TEST_CASE("client: a group that no gateway knows is believed unknown after some patience") {
  Script s({kA});
  const CallId bid = s.client.command(s.now, kGroup, "bid", 5s);
  s.welcome();
  for (int i = 0; i < 20 && s.outcomes.empty(); ++i) {
    s.answer(s.expect<wire::Call>(), wire::AnswerStatus::unknown_group);
    s.pass(51ms);
  }
  CHECK(s.outcome(bid).kind == OutcomeKind::unknown_group);
}

TEST_CASE("client: a command too large for the wire is refused at once") {
  Script s({kA});
  const CallId bid = s.client.command(s.now, kGroup, Bytes(70'000, 'x'), 5s);
  CHECK(s.outcome(bid).kind == OutcomeKind::too_large);
}

}  // namespace
}  // namespace gavel::client
