#include <catch2/catch.hpp>

#include "tests/unit/services_talk.hpp"

namespace gavel {
namespace {

using namespace chat;

struct Lobby : Talk<RoomsPlay> {
  /// "number kind who: text" of each line since the last time.
  std::vector<std::string> told_lines() {
    constexpr std::string_view kKinds[] = {"said", "entered", "left", "lapsed", "notice", "bid", "going", "closed"};
    std::vector<std::string> all;
    for (const auto& line : lines())
      all.push_back(std::to_string(line.number) + " " + std::string(kKinds[static_cast<std::size_t>(line.kind)]) + " " +
                    line.who + (line.text.empty() ? "" : ": " + line.text));
    return all;
  }
};

using Lines = std::vector<std::string>;

TEST_CASE("whoever is in a room hears who comes, what is said and who goes, each line under the next number") {
  Lobby lobby;
  CHECK(lobby.enter("ada").number == 1);
  CHECK(lobby.enter("bob").number == 2);
  CHECK(lobby.say("ada", "hello").number == 3);
  CHECK(lobby.leave("bob").number == 4);
  CHECK(lobby.topics == std::vector<Bytes>(4, "room:lobby"));
  CHECK(lobby.told_lines() == Lines{"1 entered ada", "2 entered bob", "3 said ada: hello", "4 left bob"});
  CHECK(lobby.present() == Lines{"ada"});
}

TEST_CASE("a line says when and where in the order it was said") {
  Lobby lobby;
  lobby.enter("ada");
  lobby.pass(7s);
  lobby.say("ada", "hello");
  const auto line = lobby.lines().back();
  CHECK(line.slot == Slot{2});
  CHECK(line.time == at_seconds(157));
}

TEST_CASE("a name is one person's at a time, the first one's in the order") {
  Lobby lobby;
  CHECK(lobby.enter("ada").verdict == Verdict::done);
  lobby.events.clear();
  lobby.pass(30s);
  const auto late = lobby.reply(Enter{"lobby", {"ada", secret_of('x')}});
  CHECK(late.verdict == Verdict::name_taken);
  CHECK(late.wait == 60s);
  CHECK(late.topic.empty());
  CHECK(late.message ==
        "ada is somebody else in lobby; take another name, or this one when they have gone, in 60 s if they stay "
        "silent");
  CHECK(lobby.reply(Say{"lobby", {"ada", secret_of('x')}, "I am ada"}).verdict == Verdict::name_taken);
  CHECK(lobby.reply(Leave{"lobby", {"ada", secret_of('x')}}).verdict == Verdict::name_taken);
  CHECK(lobby.events.empty());
  CHECK(lobby.say("ada", "no, I am").verdict == Verdict::done);
  lobby.leave("ada");
  CHECK(lobby.reply(Enter{"lobby", {"ada", secret_of('x')}}).verdict == Verdict::done);
}

TEST_CASE("who enters again under the same name stays, without a second line") {
  Lobby lobby;
  const auto first = lobby.enter("ada");
  const auto again = lobby.enter("ada");
  CHECK(again.verdict == Verdict::done);
  CHECK(again.number == 0);
  CHECK(again.topic == first.topic);
  CHECK(again.present == 1);
  CHECK(lobby.lines().size() == 1);
}

TEST_CASE("one person may be in a room under two names") {
  Lobby lobby;
  lobby.enter("ada");
  CHECK(lobby.enter("alias").verdict == Verdict::done);
  CHECK(lobby.present() == Lines{"ada", "alias"});
  CHECK(lobby.leave("ada").verdict == Verdict::done);
  CHECK(lobby.say("alias", "still here").verdict == Verdict::done);
}

TEST_CASE("what is no name, no secret or no text has a verdict of its own, and changes nothing") {
  Lobby lobby;
  const auto entering = [&](const Speaker& who) { return lobby.reply(Enter{"lobby", who}).verdict; };
  for (const std::string& name : {std::string(), std::string("a\nb"), std::string(" ada"), std::string("\xff"),
                                  std::string(kMaxName + 1, 'a'), std::string(kAuctioneer)})
    CHECK(entering({name, secret_of('a')}) == Verdict::bad_name);
  for (const std::size_t bytes : {std::size_t{0}, kSecretBytes - 1, kSecretBytes + 1})
    CHECK(entering({"ada", {Bytes(bytes, 'a')}}) == Verdict::bad_secret);
  CHECK(lobby.events.empty());
  lobby.enter(std::string(kMaxName, 'a'));
  lobby.enter("ada");
  lobby.events.clear();
  for (const std::string& text : {std::string(), std::string("   "), std::string("a\nb"), std::string("\xff")})
    CHECK(lobby.say("ada", text).verdict == Verdict::bad_text);
  const auto longer = lobby.say("ada", std::string(501, 'x'));
  CHECK(longer.verdict == Verdict::too_long);
  CHECK(longer.message == "a text of 501 bytes, at most 500 are allowed in lobby");
  CHECK(lobby.events.empty());
  CHECK(lobby.say("ada", std::string(500, 'x')).verdict == Verdict::done);
}

TEST_CASE("who is not in the room says nothing, and is not spoken of") {
  Lobby lobby;
  CHECK(lobby.say("ada", "hello").verdict == Verdict::not_present);
  CHECK(lobby.stay("ada").verdict == Verdict::not_present);
  CHECK(lobby.leave("ada").verdict == Verdict::not_present);
  CHECK(lobby.mute("ada", "bob", 1s).verdict == Verdict::not_present);
  lobby.enter("ada");
  CHECK(lobby.appoint("ada", "bob").verdict == Verdict::not_present);
  CHECK(lobby.appoint("ada", "bob").message == "nobody in lobby is called 'bob'");
}

TEST_CASE("the topic is told to who is in the room only") {
  Lobby lobby;
  CHECK(lobby.say("ada", "hello").topic.empty());
  CHECK(lobby.enter("ada").topic == "room:lobby");
  CHECK(lobby.say("ada", "").topic == "room:lobby");
  CHECK(lobby.leave("ada").topic.empty());
}

TEST_CASE("a person says five texts in a row and then one a second, to the microsecond") {
  Lobby lobby;
  lobby.enter("ada");
  for (int i = 0; i < 5; ++i) REQUIRE(lobby.say("ada", "hello").verdict == Verdict::done);
  const auto refused = lobby.say("ada", "hello");
  CHECK(refused.verdict == Verdict::too_fast);
  CHECK(refused.wait == 1s);
  lobby.pass(1s - 1us);
  CHECK(lobby.say("ada", "hello").wait == 1us);
  lobby.pass(1us);
  CHECK(lobby.say("ada", "hello").verdict == Verdict::done);
  CHECK(lobby.say("ada", "hello").verdict == Verdict::too_fast);
  lobby.pass(1s);
  CHECK(lobby.say("ada", "hello").verdict == Verdict::done);
}

TEST_CASE("who was silent for a while may say five in a row again, and no more") {
  Lobby lobby;
  lobby.enter("ada");
  for (int i = 0; i < 5; ++i) lobby.say("ada", "hello");
  lobby.pass(60s);
  for (int i = 0; i < 5; ++i) REQUIRE(lobby.say("ada", "hello").verdict == Verdict::done);
  CHECK(lobby.say("ada", "hello").verdict == Verdict::too_fast);
}

TEST_CASE("neither another name nor coming in again makes anybody faster") {
  Lobby lobby;
  lobby.enter("ada");
  for (int i = 0; i < 5; ++i) lobby.say("ada", "hello");
  lobby.enter("alias");
  CHECK(lobby.say("alias", "hello").verdict == Verdict::too_fast);
  lobby.leave("ada");
  lobby.enter("ada");
  CHECK(lobby.say("ada", "hello").verdict == Verdict::too_fast);
  lobby.enter("bob");
  CHECK(lobby.say("bob", "hello").verdict == Verdict::done);
}

TEST_CASE("who is not heard of for a lease has left, at the time of an entry that says so") {
  Lobby lobby;
  lobby.enter("ada");
  lobby.pass(10s);
  lobby.enter("bob");
  lobby.lines();
  CHECK(lobby.machine.next_deadline() == at_seconds(240));
  lobby.now = at_seconds(240) + Duration(-1);
  lobby.sweep();
  CHECK(lobby.events.empty());
  lobby.now = at_seconds(240);
  lobby.bytes(lobby.machine.deadline_command());
  CHECK(lobby.told_lines() == Lines{"3 lapsed ada"});
  CHECK(lobby.present() == Lines{"bob"});
  CHECK(lobby.machine.next_deadline() == at_seconds(250));
  CHECK(lobby.say("ada", "I was asleep").verdict == Verdict::not_present);
}

TEST_CASE("whatever its member does renews a lease, and what is refused does not") {
  Lobby lobby;
  lobby.enter("ada");
  lobby.enter("bob");
  lobby.lines();
  lobby.pass(89s);
  CHECK(lobby.stay("ada").number == 0);
  CHECK(lobby.say("bob", "").verdict == Verdict::bad_text);
  CHECK(lobby.events.empty());
  CHECK(lobby.machine.next_deadline() == at_seconds(240));
  lobby.pass(1s);
  lobby.sweep();
  CHECK(lobby.told_lines() == Lines{"3 lapsed bob"});
  CHECK(lobby.machine.next_deadline() == at_seconds(150 + 89 + 90));
}

TEST_CASE("nobody lapses for what was not heard while there was no leader") {
  Lobby lobby;
  lobby.enter("ada");
  lobby.pass(100s);
  lobby.view({Uid{3}, {Uid{1}, Uid{3}}});
  lobby.lines();
  CHECK(lobby.machine.next_deadline() == at_seconds(280));
  lobby.pass(30s - 1us);
  lobby.sweep();
  CHECK(lobby.events.empty());
  lobby.pass(1us);
  lobby.sweep();
  CHECK(lobby.line().kind == LineKind::lapsed);
}

TEST_CASE("a shorter lease holds for those who are there already") {
  Lobby lobby;
  lobby.enter("ada");
  RoomRules rules;
  rules.lease = 24h;
  lobby.set_rules("ada", rules);
  lobby.enter("bob");
  lobby.pass(60s);
  rules.lease = 3s;
  lobby.set_rules("ada", rules);
  lobby.lines();
  lobby.pass(3s);
  lobby.sweep();
  CHECK(lobby.lines().size() == 2);
  CHECK(lobby.state("eve").present == 0);
}

TEST_CASE("nobody passes for the auctioneer, in whatever case") {
  Lobby lobby;
  for (const std::string name : {"auctioneer", "Auctioneer", "AUCTIONEER"})
    CHECK(lobby.enter(name).verdict == Verdict::bad_name);
  CHECK(lobby.enter("auctioneers").verdict == Verdict::done);
}

TEST_CASE("a sweep takes a bounded number of people, and the next one goes on") {
  Lobby lobby;
  for (std::size_t i = 0; i <= kMostLapsesAtOnce; ++i) lobby.enter("a" + std::to_string(i));
  lobby.lines();
  lobby.pass(90s);
  lobby.sweep();
  CHECK(lobby.lines().size() == kMostLapsesAtOnce);
  CHECK(lobby.machine.next_deadline() == at_seconds(240));
  lobby.sweep();
  CHECK(lobby.lines().size() == 1);
  CHECK_FALSE(lobby.machine.next_deadline().has_value());
}

TEST_CASE("in a room without a moderator anybody who is in it may appoint one, and then only a moderator") {
  Lobby lobby;
  CHECK(lobby.appoint("ada", "ada").verdict == Verdict::not_present);
  lobby.enter("ada");
  lobby.enter("bob");
  lobby.lines();
  CHECK(lobby.appoint("bob", "ada").verdict == Verdict::done);
  CHECK(lobby.told_lines() == Lines{"3 notice bob: makes ada a moderator"});
  CHECK(lobby.state().members.at(0).moderator);
  CHECK(lobby.appoint("bob", "bob").verdict == Verdict::not_moderator);
  CHECK(lobby.mute("bob", "ada", 1s).verdict == Verdict::not_moderator);
  CHECK(lobby.set_rules("bob", {}).verdict == Verdict::not_moderator);
  CHECK(lobby.appoint("ada", "ada").number == 0);
  CHECK(lobby.appoint("ada", "ada", false).verdict == Verdict::done);
  CHECK(lobby.appoint("bob", "bob").verdict == Verdict::done);
}

TEST_CASE("a moderator moderates again who comes back, whatever they are called then") {
  Lobby lobby;
  lobby.enter("ada");
  lobby.enter("bob");
  lobby.appoint("ada", "ada");
  lobby.leave("ada");
  lobby.enter("alias");
  CHECK(lobby.mute("alias", "bob", 1s).verdict == Verdict::done);
}

TEST_CASE("who is muted says nothing until it is over, and neither a new name nor coming in again helps") {
  Lobby lobby;
  for (const char* name : {"ada", "bob"}) lobby.enter(name);
  lobby.appoint("ada", "ada");
  lobby.lines();
  CHECK(lobby.mute("ada", "bob", 90s).message == "muted bob for 90 s");
  CHECK(lobby.told_lines() == Lines{"4 notice ada: mutes bob for 90 s"});
  CHECK(lobby.state().members.at(1).muted_until == at_seconds(240));
  CHECK(lobby.state().members.at(0).muted_until == WallTime{});
  const auto refused = lobby.say("bob", "why");
  CHECK(refused.verdict == Verdict::muted);
  CHECK(refused.wait == 90s);
  lobby.leave("bob");
  lobby.enter("bert");
  CHECK(lobby.say("bert", "it is me").verdict == Verdict::muted);
  lobby.pass(90s - 1us);
  CHECK(lobby.say("bert", "it is me").wait == 1us);
  lobby.pass(1us);
  CHECK(lobby.say("bert", "it is me").verdict == Verdict::done);
  CHECK(lobby.state("ada").members.at(0).muted_until == WallTime{});
}

TEST_CASE("who was muted may speak again when a moderator says so") {
  Lobby lobby;
  for (const char* name : {"ada", "bob"}) lobby.enter(name);
  lobby.appoint("ada", "ada");
  lobby.mute("ada", "bob", 1h);
  lobby.lines();
  CHECK(lobby.mute("ada", "bob", 0s).number == 5);
  CHECK(lobby.told_lines() == Lines{"5 notice ada: lets bob speak again"});
  CHECK(lobby.mute("ada", "bob", 0s).number == 0);
  CHECK(lobby.say("bob", "thanks").verdict == Verdict::done);
  CHECK(lobby.mute("ada", "bob", -1us).verdict == Verdict::limit_exceeded);
  CHECK(lobby.mute("ada", "bob", kMaxMute + 1us).verdict == Verdict::limit_exceeded);
  CHECK(lobby.mute("ada", "bob", Duration::max()).verdict == Verdict::limit_exceeded);
  CHECK(lobby.mute("ada", "bob", kMaxMute).verdict == Verdict::done);
}

TEST_CASE("the lists of a room are bounded, and those whose mute is over do not count") {
  Lobby lobby;
  lobby.enter("ada");
  lobby.appoint("ada", "ada");
  const auto person = [](std::size_t i) {
    Speaker who{"n" + std::to_string(i), secret_of('n')};
    who.person.bytes.replace(0, 4, std::to_string(1000 + i));
    return who;
  };
  for (std::size_t i = 0; i < kMaxListed + 1; ++i) lobby.reply(Enter{"lobby", person(i)});
  for (std::size_t i = 0; i < kMaxListed; ++i) REQUIRE(lobby.mute("ada", person(i).name, 10s).verdict == Verdict::done);
  CHECK(lobby.mute("ada", person(kMaxListed).name, 10s).verdict == Verdict::limit_exceeded);
  CHECK(lobby.mute("ada", person(0).name, 10s).verdict == Verdict::done);
  for (std::size_t i = 0; i < kMaxListed - 1; ++i)
    REQUIRE(lobby.appoint("ada", person(i).name).verdict == Verdict::done);
  CHECK(lobby.appoint("ada", person(kMaxListed).name).verdict == Verdict::limit_exceeded);
  lobby.pass(10s);
  CHECK(lobby.mute("ada", person(kMaxListed).name, 10s).verdict == Verdict::done);
}

TEST_CASE("rules are set within their bounds, hold at once, and everybody begins anew under them") {
  Lobby lobby;
  lobby.enter("ada");
  const RoomRules good{2, 10, 1, 5s, 30s};
  for (RoomRules bad :
       {RoomRules{1001, 10, 1, 5s, 30s}, RoomRules{2, 0, 1, 5s, 30s}, RoomRules{2, 4097, 1, 5s, 30s},
        RoomRules{2, 10, 0, 5s, 30s}, RoomRules{2, 10, 1001, 5s, 30s}, RoomRules{2, 10, 1, -1us, 30s},
        RoomRules{2, 10, 1, 1h + 1us, 30s}, RoomRules{2, 10, 1, 5s, 1s - 1us}, RoomRules{2, 10, 1, 5s, 24h + 1us}})
    CHECK(lobby.set_rules("ada", bad).verdict == Verdict::bad_rules);
  for (int i = 0; i < 5; ++i) lobby.say("ada", "hello");
  lobby.lines();
  const auto set = lobby.set_rules("ada", good);
  CHECK(set.rules == good);
  CHECK(lobby.told_lines() == Lines{"7 notice ada: sets the rules: texts of at most 10 bytes, 1 in a row and then one "
                                    "in 5 s; 2 lines are kept; who is silent for 30 s has left"});
  CHECK(lobby.set_rules("ada", good).number == 0);
  CHECK(lobby.machine.next_deadline() == at_seconds(180));
  CHECK(lobby.say("ada", "hello, all").verdict == Verdict::done);
  CHECK(lobby.say("ada", "again").wait == 5s);
  CHECK(lobby.say("ada", "hello, all!").verdict == Verdict::too_long);
}

TEST_CASE("a newcomer can be told the last lines that were said, and not who came and went") {
  Lobby lobby;
  lobby.enter("ada");
  lobby.set_rules("ada", {3, 500, 1000, 0s, 90s});
  for (const char* text : {"one", "two", "three", "four"}) lobby.say("ada", text);
  lobby.enter("bob");
  const auto texts = [&](std::uint32_t most) {
    Lines all;
    for (const auto& line : lobby.state("bob", most).lines) all.push_back(line.text);
    return all;
  };
  CHECK(texts(10) == Lines{"two", "three", "four"});
  CHECK(texts(2) == Lines{"three", "four"});
  CHECK(texts(0).empty());
  CHECK(lobby.state().last == 7);
  lobby.set_rules("ada", {0, 500, 1000, 0s, 90s});
  CHECK(texts(10).empty());
}

TEST_CASE("what a room keeps is bounded in bytes too, whatever its rules say") {
  Lobby lobby;
  lobby.enter("ada");
  lobby.set_rules("ada", {kMostKept, kMostBytes, 1000, 0s, 90s});
  for (int i = 0; i < 100; ++i) lobby.say("ada", std::string(kMostBytes, 'x'));
  CHECK(lobby.state().lines.size() == kMostKeptText / kMostBytes);
  CHECK(lobby.state().lines.back().number == lobby.state().last);
}

TEST_CASE("a room is full at its limit") {
  Lobby lobby;
  for (std::size_t i = 0; i < kMaxMembers; ++i) {
    if (i % 1000 == 0) lobby.events.clear();
    REQUIRE(lobby.enter("a" + std::to_string(i)).verdict == Verdict::done);
  }
  CHECK(lobby.enter("bob").verdict == Verdict::room_full);
  CHECK(lobby.enter("a0").verdict == Verdict::done);
  lobby.leave("a0");
  CHECK(lobby.enter("bob").present == kMaxMembers);
  const auto state = lobby.state();
  CHECK(state.present == kMaxMembers);
  CHECK(state.members.size() == kPage);
}

TEST_CASE("how fast many people speak is remembered of a bounded number") {
  RoomPace pace;
  const RoomRules slow{200, 500, 1, 1h, 90s};
  const auto person = [](std::size_t i) {
    Secret secret = secret_of('p');
    secret.bytes.replace(0, 6, std::to_string(100'000 + i));
    return secret;
  };
  for (std::size_t i = 0; i <= kMaxAccounts; ++i)
    pace.spend(person(i), slow, at_seconds(1) + Duration(static_cast<std::int64_t>(i)));
  CHECK(pace.accounts() == kMaxAccounts);
  CHECK(pace.wait(person(0), slow, at_seconds(2)) == 0s);
  CHECK(pace.wait(person(1), slow, at_seconds(2)) > 0s);
  pace.spend(person(0), slow, at_seconds(2 * 3600));
  CHECK(pace.accounts() == 1);
}

}  // namespace
}  // namespace gavel
