#include <catch2/catch.hpp>

#include "tests/unit/services_talk.hpp"

namespace gavel {
namespace {

using namespace chat;

struct House : Talk<RoomsPlay> {
  /// Opens the room, under the key of that letter.
  RoomReply open(const std::string& name, const std::string& by, char key = 'K') {
    return reply(OpenRoom{name, speaker(by), secret_of(key)});
  }
  RoomReply enter_room(const std::string& name, const std::string& who) { return reply(Enter{name, speaker(who)}); }
  RoomReply invite(const std::string& name, const std::string& by, const std::string& whom, bool invited = true) {
    return reply(Invite{name, speaker(by), whom, invited});
  }
  std::vector<std::string> rooms_of(const std::string& who) const {
    std::vector<std::string> names;
    for (const auto& each : ask<Rooms>(AskRooms{speaker(who), {}}).rooms) names.push_back(each.room);
    return names;
  }
  bool may_read(const std::string& name, const std::string& who) const {
    const auto answer =
        wire::decode_any<Answer>(machine.query(wire::encode_any(Question{AskRoom{name, speaker(who), 9}})));
    return std::holds_alternative<RoomState>(answer.value());
  }
};

/// A key of its own for each number.
Secret key_of(std::size_t i) {
  Secret key = secret_of('K');
  key.bytes.replace(0, 6, std::to_string(100'000 + i));
  return key;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the lobby is always there, and open to everybody") {
  House house;
  CHECK(house.rooms_of("ada") == Names{"lobby"});
  CHECK(house.may_read("lobby", "ada"));
  CHECK(house.enter("ada").verdict == Verdict::done);
  CHECK(house.invite("lobby", "ada", "bob").verdict == Verdict::bad_room);
}

TEST_CASE("whoever opens a private room is in it and moderates it") {
  House house;
  const auto opened = house.open("@friends", "ada");
  CHECK(opened.verdict == Verdict::done);
  CHECK(opened.number == 1);
  CHECK(opened.present == 1);
  CHECK(opened.topic == "room:" + Bytes(kSecretBytes, 'K'));
  CHECK(house.topics == std::vector<Bytes>{opened.topic});
  CHECK(house.line().kind == LineKind::entered);
  const auto state = house.ask<RoomState>(AskRoom{"@friends", speaker("ada"), 9});
  REQUIRE(state.members.size() == 1);
  CHECK(state.members[0].moderator);
}

TEST_CASE("a private room has a name of its own, an item's id after the mark, and a key of its own") {
  House house;
  for (const char* name : {"", "@", "friends", "@Friends", "@my friends", "@-", "@a--b", "lobby"})
    CHECK(house.open(name, "ada").verdict == Verdict::bad_room);
  CHECK(house.open("@" + std::string(33, 'x'), "ada").verdict == Verdict::bad_room);
  CHECK(house.reply(OpenRoom{"@friends", speaker("ada"), {"short"}}).verdict == Verdict::bad_secret);
  CHECK(house.reply(OpenRoom{"@friends", {"ada", {"short"}}, secret_of('K')}).verdict == Verdict::bad_secret);
  CHECK(house.open("@friends", std::string(kAuctioneer)).verdict == Verdict::bad_name);
  CHECK(house.events.empty());
  CHECK(house.open("@friends", "ada", 'K').verdict == Verdict::done);
  CHECK(house.open("@friends", "bob", 'L').verdict == Verdict::room_taken);
  CHECK(house.open("@others", "bob", 'K').verdict == Verdict::bad_secret);
  CHECK(house.open("@" + std::string(32, 'x'), "bob", 'L').verdict == Verdict::done);
}

TEST_CASE("only who is invited enters a private room, and the invitation reaches whoever watches for that name") {
  House house;
  house.open("@friends", "ada");
  house.lines();
  const auto refused = house.enter_room("@friends", "bob");
  CHECK(refused.verdict == Verdict::not_invited);
  CHECK(refused.present == 0);
  CHECK(house.invite("@friends", "ada", "bob").number == 2);
  REQUIRE(house.events.size() == 2);
  CHECK(house.topics == std::vector<Bytes>{"room:" + Bytes(kSecretBytes, 'K'), "invited:bob"});
  CHECK(std::get<Said>(house.events[0]).line.text == "invites bob");
  CHECK(std::get<Invited>(house.events[1]).room == "@friends");
  CHECK(std::get<Invited>(house.events[1]).by == "ada");
  house.lines();
  CHECK(house.invite("@friends", "ada", "bob").number == 0);
  CHECK(house.events.empty());
  CHECK(house.enter_room("@friends", "bob").verdict == Verdict::done);
  CHECK(house.invite("@friends", "bob", "carl").verdict == Verdict::not_moderator);
  CHECK(house.invite("@friends", "ada", "a\nb").verdict == Verdict::bad_name);
}

TEST_CASE("an invitation that is withdrawn lets nobody in any more, and puts nobody out") {
  House house;
  house.open("@friends", "ada");
  house.invite("@friends", "ada", "bob");
  house.enter_room("@friends", "bob");
  house.invite("@friends", "ada", "bob", false);
  CHECK(house.reply(Say{"@friends", speaker("bob"), "hello"}).verdict == Verdict::done);
  house.reply(Leave{"@friends", speaker("bob")});
  CHECK(house.enter_room("@friends", "bob").verdict == Verdict::not_invited);
}

TEST_CASE("the founder comes in again without an invitation, and so does under another name who is in") {
  House house;
  house.open("@friends", "ada");
  house.invite("@friends", "ada", "bob");
  house.enter_room("@friends", "bob");
  CHECK(house.enter_room("@friends", "bert").verdict == Verdict::done);
  house.reply(Leave{"@friends", speaker("ada")});
  CHECK(house.enter_room("@friends", "ada").verdict == Verdict::done);
}

TEST_CASE("a private room is neither shown nor told to who is not in it, and listed to who is invited") {
  House house;
  house.open("@friends", "ada");
  house.invite("@friends", "ada", "bob");
  CHECK(house.rooms_of("carl") == Names{"lobby"});
  CHECK(house.rooms_of("bob") == Names{"@friends", "lobby"});
  CHECK(house.rooms_of("ada") == Names{"@friends", "lobby"});
  CHECK(house.ask<Rooms>(AskRooms{speaker("bob"), {}}).rooms[0].invited);
  CHECK_FALSE(house.ask<Rooms>(AskRooms{speaker("ada"), {}}).rooms[0].invited);
  CHECK(house.may_read("@friends", "ada"));
  CHECK_FALSE(house.may_read("@friends", "bob"));
  const auto impostor = house.ask<NoRoom>(AskRoom{"@friends", {"ada", secret_of('x')}, 9});
  CHECK(impostor.verdict == Verdict::not_present);
  const auto stranger = house.reply(Say{"@friends", {"ada", secret_of('x')}, "hello"});
  CHECK(stranger.verdict == Verdict::not_present);
  CHECK(stranger.present == 0);
  CHECK(stranger.topic.empty());
  CHECK(house.ask<NoRoom>(AskRoom{"@none", speaker("ada"), 9}).verdict == Verdict::unknown_room);
  CHECK(house.enter_room("@none", "ada").message ==
        "there is no room '@none' here; there is lobby, and private rooms begin with @");
  CHECK(house.enter_room("", "ada").verdict == Verdict::unknown_room);
}

TEST_CASE("no secret stands in an event, a line or a message") {
  House house;
  std::vector<Bytes> said;
  const auto note = [&](const Command& command) {
    const auto reply = std::get<RoomReply>(house.apply(command));
    said.push_back(reply.message);
    said.push_back(reply.room);
  };
  const Speaker ada{"ada", {"sixteen letters!"}};
  for (int round = 0; round < 2; ++round) {
    note(OpenRoom{"@friends", ada, {"the key to it all"}});
    note(OpenRoom{"@friends", ada, {"the key to it al"}});
    note(Enter{"lobby", ada});
    note(Invite{"@friends", ada, "bob", true});
    note(Say{"lobby", {"ada", secret_of('x')}, "hello"});
    note(Mute{"@friends", ada, "ada", 1s});
    note(Appoint{"@friends", ada, "ada", false});
    note(SetRules{"@friends", ada, {}});
    note(Leave{"lobby", ada});
  }
  for (const auto& event : house.events) said.push_back(wire::encode_any(event));
  for (const auto& text : said) {
    CHECK(text.find("letters") == Bytes::npos);
    CHECK(text.find("the key") == Bytes::npos);
  }
}

TEST_CASE("lines of different rooms have numbers of their own, and topics of their own") {
  House house;
  house.open("@friends", "ada");
  CHECK(house.enter("ada").number == 1);
  CHECK(house.reply(Say{"@friends", speaker("ada"), "here"}).number == 2);
  CHECK(house.say("ada", "there").number == 2);
}

TEST_CASE("rooms are listed in pages") {
  House house;
  for (std::size_t i = 0; i < kPage + 10; ++i)
    REQUIRE(house.reply(OpenRoom{"@r" + std::to_string(1000 + i), speaker("ada"), key_of(i)}).verdict == Verdict::done);
  house.reply(OpenRoom{"@q", speaker("bob"), key_of(9999)});
  const auto first = house.ask<Rooms>(AskRooms{speaker("ada"), {}});
  REQUIRE(first.rooms.size() == kPage);
  CHECK(first.next == "@r1256");
  const auto second = house.ask<Rooms>(AskRooms{speaker("ada"), *first.next});
  CHECK(second.rooms.size() == 11);
  CHECK(second.rooms.back().room == "lobby");
  CHECK_FALSE(second.next.has_value());
}

TEST_CASE("above the limit the private room goes that has been empty longest, never one with people in it") {
  House house;
  const auto name = [](std::size_t i) { return "@r" + std::to_string(i); };
  for (std::size_t i = 0; i < kMaxRooms; ++i) {
    house.events.clear();
    REQUIRE(house.reply(OpenRoom{name(i), speaker("ada"), key_of(i)}).verdict == Verdict::done);
  }
  CHECK(house.open("@one-more", "bob").verdict == Verdict::limit_exceeded);
  for (const std::size_t i : {7, 3, 5}) {
    house.pass(1s);
    house.reply(Leave{name(i), speaker("ada")});
  }
  house.pass(1s);
  CHECK(house.enter_room(name(7), "ada").verdict == Verdict::done);
  house.pass(1s);
  house.reply(Leave{name(7), speaker("ada")});
  const auto there = [&](std::size_t i) { return house.machine.rooms().contains(name(i)); };
  CHECK(house.open("@one-more", "bob", 'L').verdict == Verdict::done);
  CHECK_FALSE(there(3));
  CHECK(house.open("@two-more", "bob", 'M').verdict == Verdict::done);
  CHECK_FALSE(there(5));
  CHECK(there(7));
  CHECK(house.machine.rooms().size() == kMaxRooms + 1);
  CHECK(house.open("@three-more", "bob", 'N').verdict == Verdict::done);
  CHECK(house.open("@four-more", "bob", 'O').verdict == Verdict::limit_exceeded);
}

TEST_CASE("one sweep takes all whose lease is over, in whichever room, the room that was due first before the others") {
  House house;
  house.open("@friends", "ada");
  house.pass(1s);
  house.enter("bob");
  house.pass(1s);
  house.reply(Enter{"@friends", speaker("ada")});
  house.lines();
  CHECK(house.machine.next_deadline() == at_seconds(241));
  house.now = at_seconds(242);
  house.sweep();
  const auto gone = house.lines();
  REQUIRE(gone.size() == 2);
  CHECK(gone[0].who == "bob");
  CHECK(gone[1].who == "ada");
  CHECK_FALSE(house.machine.next_deadline().has_value());
}

TEST_CASE("a new leader and other servers are told in the lobby, and shown by every room") {
  House house;
  house.open("@friends", "ada");
  house.lines();
  house.view({Uid{3}, {Uid{1}, Uid{3}}});
  CHECK(house.topics == std::vector<Bytes>{"room:lobby"});
  const auto line = house.line();
  CHECK(line.kind == LineKind::serving);
  CHECK(line.node == Uid{3});
  CHECK(line.who.empty());
  CHECK(line.text.empty());
  house.view({Uid{3}, {Uid{1}, Uid{3}}});
  CHECK(house.events.empty());
  house.view({Uid{3}, {Uid{1}, Uid{2}, Uid{3}}});
  CHECK(house.line().node == Uid{3});
  for (const char* room : {"lobby", "@friends"}) {
    const auto state = house.ask<RoomState>(AskRoom{room, speaker("ada"), 0});
    CHECK(state.leader == Uid{3});
    CHECK(state.since == Slot{2});
    CHECK(state.serving == std::vector{Uid{1}, Uid{2}, Uid{3}});
  }
  CHECK(house.ask<RoomState>(AskRoom{"lobby", speaker("ada"), 9}).lines.empty());
}

TEST_CASE("rooms go on from their snapshot as if nothing had been") {
  House house;
  house.enter("ada");
  house.enter("bob");
  house.appoint("ada", "ada");
  house.mute("ada", "bob", 1h);
  for (int i = 0; i < 4; ++i) house.say("ada", "hello");
  house.open("@friends", "ada");
  house.invite("@friends", "ada", "carl");
  house.open("@empty", "bob", 'L');
  house.reply(Leave{"@empty", speaker("bob")});
  house.view({Uid{3}, {Uid{1}, Uid{3}}});
  House other;
  REQUIRE(other.machine.restore(house.machine.snapshot()).has_value());
  other.slot = house.slot;
  other.now = house.now;
  CHECK(other.shown() == house.shown());
  CHECK(other.machine.digest() == house.machine.digest());
  CHECK(other.machine.snapshot() == house.machine.snapshot());
  CHECK(other.machine.next_deadline() == house.machine.next_deadline());
  for (House* each : {&house, &other}) {
    CHECK(each->say("bob", "hello").verdict == Verdict::muted);
    CHECK(each->say("ada", "hello").verdict == Verdict::done);
    CHECK(each->say("ada", "hello").verdict == Verdict::too_fast);
    CHECK(each->enter_room("@friends", "carl").verdict == Verdict::done);
    each->pass(1h);
    each->sweep();
  }
  CHECK(other.machine.digest() == house.machine.digest());
  CHECK(other.machine.snapshot() == house.machine.snapshot());
}

TEST_CASE("a snapshot of rooms that is cut short, goes on, or breaks a rule is refused and changes nothing") {
  House house;
  house.enter("ada");
  house.say("ada", "hello");
  house.open("@friends", "ada");
  const Bytes good = house.machine.snapshot();
  House other;
  other.enter("bob");
  const Bytes before = other.machine.snapshot();
  for (std::size_t length = 0; length < good.size(); ++length)
    REQUIRE_FALSE(other.machine.restore(BytesView(good).substr(0, length)).has_value());
  CHECK_FALSE(other.machine.restore(good + "x").has_value());
  const auto without = [&](const std::string& found, const std::string& instead) {
    Bytes changed = good;
    for (std::size_t at = changed.find(found); at != Bytes::npos; at = changed.find(found, at + found.size()))
      changed.replace(at, found.size(), instead);
    return other.machine.restore(changed);
  };
  CHECK_FALSE(without("lobby", "hobby").has_value());
  CHECK_FALSE(without("@friends", "lfriends").has_value());
  CHECK_FALSE(without("ada", "a\na").has_value());
  CHECK_FALSE(without("hello", "he\nlo").has_value());
  CHECK(without("hello", "hullo").has_value());
  CHECK(other.machine.restore(before).has_value());
  CHECK(other.machine.snapshot() == before);
}

TEST_CASE("what is refused counts in the digest, and so do views") {
  House house;
  const auto before = house.machine.digest();
  const auto reply = wire::decode_any<Reply>(house.bytes("garbage"));
  CHECK(std::get<Refused>(reply.value()).message.starts_with("not a command of the chat: "));
  const auto after = house.machine.digest();
  CHECK(after != before);
  house.say("ada", "I am not here");
  CHECK(house.machine.digest() != after);
  const auto then = house.machine.digest();
  house.view({Uid{3}, {Uid{3}}});
  CHECK(house.machine.digest() != then);
  const auto answer = wire::decode_any<Answer>(house.machine.query("garbage"));
  CHECK(std::get<Refused>(answer.value()).message.starts_with("not a question to the chat: "));
}

TEST_CASE("there is no auctioneer beside the lobby") {
  House house;
  CHECK(house.reply(Call{}).verdict == Verdict::done);
  CHECK(house.events.empty());
}

}  // namespace gavel
