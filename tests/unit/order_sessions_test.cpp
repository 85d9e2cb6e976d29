// Sessions: each numbered request counts once, within bounds.
#include <catch2/catch.hpp>

#include "common/order/sessions.hpp"
#include "common/wire/codec.hpp"

namespace gavel::order {
namespace {

using Standing = Sessions::Standing;
constexpr SessionId kSession{7};
constexpr WallTime kStart{1'000'000};

struct Opened {
  explicit Opened(Options options_ = {}) : options(options_), sessions(options) { sessions.open(kSession, kStart); }

  Standing ask(std::uint64_t number, SessionId id = kSession, WallTime at = kStart) {
    return sessions.find(id, RequestNumber{number}, at).standing;
  }
  void execute(std::uint64_t number) {
    const auto found = sessions.find(kSession, RequestNumber{number}, kStart);
    REQUIRE(found.standing == Standing::fresh);
    sessions.keep(*found.session, RequestNumber{number}, Slot{number}, "reply " + std::to_string(number));
  }

  Options options;
  Sessions sessions;
};

TEST_CASE("P7: a repeated number gets the reply that was kept") {
  Opened opened;
  opened.execute(1);
  const auto again = opened.sessions.find(kSession, RequestNumber{1}, kStart);
  REQUIRE(again.standing == Standing::repeated);
  CHECK(again.kept->body == "reply 1");
  CHECK(again.kept->slot == Slot{1});
}

TEST_CASE("P7: a number below the window is refused, never executed, whether it was executed once or not") {
  Options options;
  options.reply_window = 4;
  Opened opened(options);
  opened.execute(1);
  opened.execute(6);
  CHECK(opened.ask(1) == Standing::stale);
  CHECK(opened.ask(2) == Standing::stale);
  CHECK(opened.ask(3) == Standing::fresh);  // late, but within the window
  CHECK(opened.ask(6) == Standing::repeated);
}

TEST_CASE("P7: there is no request number 0") {
  Opened opened;
  CHECK(opened.ask(0) == Standing::stale);
  opened.execute(1);
  CHECK(opened.ask(0) == Standing::stale);
}

TEST_CASE("P7: what a snapshot holds is what is kept, wherever it was restored") {
  Options options;
  options.reply_window = 4;
  Opened opened(options);
  for (const std::uint64_t number : {1, 2, 6, 5, 9}) opened.execute(number);
  const auto list = opened.sessions.snapshot();
  Sessions restored(options);
  restored.restore(list);
  for (std::uint64_t number = 1; number <= 12; ++number) {
    const auto here = opened.sessions.find(kSession, RequestNumber{number}, kStart);
    const auto there = restored.find(kSession, RequestNumber{number}, kStart);
    CHECK(here.standing == there.standing);
    CHECK((here.kept == nullptr) == (there.kept == nullptr));
  }
  CHECK(wire::encode(restored.snapshot()) == wire::encode(list));
}

TEST_CASE("P10: at most the window's replies are kept") {
  Options options;
  options.reply_window = 4;
  Opened opened(options);
  for (std::uint64_t number = 1; number <= 20; ++number) opened.execute(number);
  const auto list = opened.sessions.snapshot();
  REQUIRE(list.sessions.size() == 1);
  CHECK(list.sessions[0].replies.size() == 4);
}

TEST_CASE("a session expires by entry time, unless it is used") {
  Options options;
  options.session_ttl = 10s;
  Opened opened(options);
  opened.sessions.expire(kStart + 10s);
  CHECK(opened.ask(1, kSession, kStart + 10s) == Standing::fresh);
  opened.sessions.expire(kStart + 19s);
  CHECK(opened.ask(1, kSession, kStart + 19s) == Standing::fresh);
  opened.sessions.expire(kStart + 30s);
  CHECK(opened.ask(1, kSession, kStart + 30s) == Standing::expired);
}

TEST_CASE("P10: when there are too many sessions, the one idle longest makes room") {
  Options options;
  options.sessions = 2;
  Opened opened(options);
  opened.sessions.open(SessionId{8}, kStart);
  CHECK(opened.ask(1) == Standing::fresh);  // used: the other one is idle longer now
  opened.sessions.open(SessionId{9}, kStart);
  CHECK(opened.sessions.size() == 2);
  CHECK(opened.ask(1) == Standing::fresh);
  CHECK(opened.ask(1, SessionId{8}) == Standing::expired);
}

TEST_CASE("a session's id is its place in the total order: no two are alike") {
  CHECK(Sessions::id_at(Slot{5}, 0) != Sessions::id_at(Slot{5}, 1));
  CHECK(Sessions::id_at(Slot{5}, (1U << 20U) - 2) < Sessions::id_at(Slot{6}, 0));
  CHECK(Sessions::id_at(Slot{1}, 0));
}

TEST_CASE("P7: a snapshot brings the sessions along, idle order included") {
  Opened opened;
  opened.execute(1);
  opened.sessions.open(SessionId{8}, kStart);
  Sessions other(opened.options);
  other.restore(opened.sessions.snapshot());
  CHECK(other.size() == 2);
  CHECK(other.find(kSession, RequestNumber{1}, kStart).standing == Standing::repeated);
  CHECK(other.snapshot().sessions.front().id == SessionId{8});
}

}  // namespace
}  // namespace gavel::order
