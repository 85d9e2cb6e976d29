#include <catch2/catch.hpp>
#include <limits>

#include "tests/unit/services_talk.hpp"

namespace gavel {
namespace {

/// Lot 7 is open on [100 s, 200 s): going once at 190 s, going twice at 195 s.
struct Floor : Talk<FloorPlay> {
  Floor() { room.clear(); }

  auction::BidReply bid(const std::string& bidder, std::int64_t cents) {
    return expect<auction::BidReply>(auction::Bid{bidder, eur(cents)});
  }
  void call() { reply(chat::Call{}); }
  void close() { expect<auction::CloseReply>(auction::Close{}); }
  /// Does what is due, as the leader would, and says what it was.
  std::string do_what_is_due() {
    const Bytes command = machine.deadline_command();
    now = machine.next_deadline().value();
    bytes(command);
    if (command == wire::encode_any(chat::Command{chat::Call{}})) return "call";
    if (command == wire::encode_any(chat::Command{chat::Sweep{}})) return "sweep";
    return command == wire::encode_any(auction::Command{auction::Close{}}) ? "close" : "something else";
  }
  std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (const auto& line : lines())
      if (!line.text.empty()) all.push_back(line.text);
    return all;
  }
};

using Texts = std::vector<std::string>;

TEST_CASE("an auction's replies and events are those that it would give without a room") {
  Floor floor;
  Driver<AuctionPlay> alone;
  const std::vector<auction::Command> commands{auction::Join{"ada"},
                                               auction::Bid{"ada", eur(10000)},
                                               auction::Bid{"bob", eur(10001)},
                                               auction::Bid{"bob", eur(20000)},
                                               auction::Leave{"ada"},
                                               auction::Close{}};
  for (const auto& command : commands) {
    if (std::holds_alternative<auction::Close>(command)) floor.now = alone.now = at_seconds(200);
    CHECK(floor.bytes(wire::encode_any(command)) == alone.bytes(wire::encode_any(command)));
  }
  CHECK(floor.bytes("garbage") == alone.bytes("garbage"));
  std::vector<Bytes> told;
  for (std::size_t i = 0; i < floor.events.size(); ++i)
    if (floor.topics[i].empty()) told.push_back(wire::encode_any(floor.events[i]));
  std::vector<Bytes> told_alone;
  for (const auto& event : alone.events) told_alone.push_back(wire::encode_any(event));
  CHECK(told == told_alone);
  for (const auto& question : AuctionPlay::questions())
    CHECK(floor.machine.query(wire::encode_any(question)) == alone.machine.query(wire::encode_any(question)));
  CHECK(floor.machine.book().chain() == alone.machine.book().chain());
}

TEST_CASE("the auctioneer tells each bid that leads, after it, in the order of what people say") {
  Floor floor;
  floor.enter("ada");
  floor.say("ada", "I want it");
  floor.bid("ada", 10000);
  floor.say("ada", "mine");
  floor.bid("bob", 10001);
  floor.bid("bob", 20000);
  REQUIRE(floor.events.size() == 9);
  CHECK(std::holds_alternative<auction::Joined>(floor.events[2]));
  CHECK(std::holds_alternative<auction::NewHighest>(floor.events[3]));
  const auto line = std::get<chat::Said>(floor.events[4]).line;
  CHECK(line.kind == chat::LineKind::bid);
  CHECK(line.who == "auctioneer");
  CHECK(floor.topics[3].empty());
  CHECK(floor.topics[4] == "room:lot-7");
  CHECK(floor.texts() == Texts{"I want it", "100.00 EUR by ada (bid 1)", "mine", "200.00 EUR by bob (bid 2)"});
}

TEST_CASE("the auctioneer calls going once and going twice, each once and at its time") {
  Floor floor;
  floor.bid("ada", 10000);
  floor.lines();
  floor.now = at_seconds(190) + Duration(-1);
  floor.call();
  CHECK(floor.events.empty());
  CHECK(floor.machine.next_deadline() == at_seconds(190));
  CHECK(floor.do_what_is_due() == "call");
  CHECK(floor.line().kind == chat::LineKind::going);
  floor.call();
  CHECK(floor.events.empty());
  CHECK(floor.machine.next_deadline() == at_seconds(195));
  floor.bid("bob", 15000);
  floor.lines();
  CHECK(floor.do_what_is_due() == "call");
  CHECK(floor.texts() == Texts{"going twice at 150.00 EUR"});
  floor.call();
  CHECK(floor.events.empty());
  CHECK(floor.machine.next_deadline() == at_seconds(200));
  CHECK(floor.do_what_is_due() == "close");
  CHECK(floor.texts() == Texts{"sold to bob for 150.00 EUR after 2 bids"});
  floor.call();
  CHECK(floor.events.empty());
  CHECK_FALSE(floor.machine.next_deadline().has_value());
}

TEST_CASE("calls that come late are made in their order, before the close") {
  Floor floor;
  floor.now = at_seconds(210);
  floor.call();
  CHECK(floor.texts() == Texts{"going once, no bid yet", "going twice, no bid yet"});
  floor.close();
  CHECK(floor.texts() == Texts{"closed without a bid"});
}

TEST_CASE("nothing is called once the auction has closed, and it closes once") {
  Floor floor;
  floor.now = at_seconds(200);
  floor.close();
  floor.lines();
  floor.call();
  floor.close();
  CHECK(floor.events.empty());
  CHECK(floor.machine.room().book().lines.last() == 1);
}

TEST_CASE("a short auction is called in its last quarter, whatever its times are") {
  auto terms = lot_7();
  terms.start = at_seconds(100);
  terms.end = at_seconds(108);
  CHECK(FloorService(terms).next_deadline() == at_seconds(106));
  terms.end = terms.start + Duration(3);
  CHECK(FloorService(terms).next_deadline() == terms.end);
  terms.end = terms.start + Duration(-5);
  CHECK(FloorService(terms).next_deadline() == terms.end);
  terms.start = {std::numeric_limits<std::int64_t>::min()};
  terms.end = {std::numeric_limits<std::int64_t>::max()};
  CHECK(FloorService(terms).next_deadline() == terms.end + -10s);
}

TEST_CASE("the seller is the room's first moderator, and until they are there nobody appoints one") {
  Floor floor;
  floor.enter("ada");
  CHECK(floor.appoint("ada", "ada").verdict == chat::Verdict::not_moderator);
  floor.enter("selma");
  CHECK(floor.mute("selma", "ada", 10s).verdict == chat::Verdict::done);
  floor.leave("selma");
  floor.reply(chat::Enter{{}, {"selma", secret_of('x')}});
  CHECK(floor.reply(chat::Mute{{}, {"selma", secret_of('x')}, "ada", 20s}).verdict == chat::Verdict::not_moderator);
}

TEST_CASE("an auction has the one room, under its own name or none") {
  Floor floor;
  CHECK(floor.enter("ada").room == "lot-7");
  CHECK(floor.reply(chat::Say{"lot-7", speaker("ada"), "hello"}).verdict == chat::Verdict::done);
  CHECK(floor.reply(chat::Say{"lobby", speaker("ada"), "hello"}).verdict == chat::Verdict::unknown_room);
  CHECK(floor.reply(chat::OpenRoom{"@friends", speaker("ada"), secret_of('K')}).verdict == chat::Verdict::bad_room);
  CHECK(floor.reply(chat::Invite{"", speaker("ada"), "bob", true}).verdict == chat::Verdict::bad_room);
  CHECK(floor.ask<chat::RoomState>(chat::AskRoom{"lot-7", speaker("bob"), 9}).present == 1);
  CHECK(floor.ask<chat::NoRoom>(chat::AskRoom{"lot-8", speaker("bob"), 9}).verdict == chat::Verdict::unknown_room);
  CHECK(floor.ask<chat::Rooms>(chat::AskRooms{speaker("bob"), {}}).rooms.at(0).room == "lot-7");
}

TEST_CASE("of many bids the last eight are kept, so that what people say stays") {
  Floor floor;
  floor.enter("ada");
  floor.say("ada", "good luck");
  for (int i = 0; i < 300; ++i) floor.bid("bob", 10000 + 500 * i);
  const auto lines = floor.state().lines;
  REQUIRE(lines.size() == 1 + kKeptBids);
  CHECK(lines[0].text == "good luck");
  CHECK(lines[1].text == "1560.00 EUR by bob (bid 293)");
  CHECK(lines.back().text == "1595.00 EUR by bob (bid 300)");
}

TEST_CASE("what is due first is done first: a lapse before a call, a call before the close, a lapse after it") {
  Floor floor;
  floor.now = at_seconds(99);
  floor.enter("ada");
  floor.now = at_seconds(150);
  floor.enter("bob");
  CHECK(floor.do_what_is_due() == "sweep");
  CHECK(floor.now == at_seconds(189));
  CHECK(floor.do_what_is_due() == "call");
  CHECK(floor.do_what_is_due() == "call");
  CHECK(floor.do_what_is_due() == "close");
  CHECK(floor.say("bob", "well done").verdict == chat::Verdict::done);
  CHECK(floor.do_what_is_due() == "sweep");
  CHECK(floor.now == at_seconds(290));
  CHECK_FALSE(floor.machine.next_deadline().has_value());
}

TEST_CASE("a crowd that lapses does not hold up the calls and the close") {
  Floor floor;
  floor.now = at_seconds(99);
  floor.enter("ada");
  floor.lines();
  floor.now = at_seconds(201);
  floor.sweep();
  const auto lines = floor.lines();
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].kind == chat::LineKind::lapsed);
  CHECK(lines[1].kind == chat::LineKind::going);
  CHECK(lines[2].kind == chat::LineKind::going);
  CHECK(lines[3].kind == chat::LineKind::closed);
  CHECK(floor.machine.book().outcome().has_value());
  CHECK_FALSE(floor.machine.next_deadline().has_value());
}

TEST_CASE("when the same node leads again after an outage nobody is taken for gone at once either") {
  Floor floor;
  floor.view({Uid{3}, {Uid{1}, Uid{3}}});
  floor.enter("ada");
  floor.lines();
  floor.now = at_seconds(300);
  floor.view({Uid{3}, {Uid{1}, Uid{3}}});
  CHECK(floor.lines().empty());
  floor.sweep();
  CHECK(floor.state().present == 1);
}

TEST_CASE("a new leader is told in the auction's room, and takes nobody for gone at once") {
  Floor floor;
  floor.now = at_seconds(205);
  floor.close();
  floor.enter("ada");
  floor.lines();
  floor.now = at_seconds(300);
  floor.view({Uid{3}, {Uid{1}, Uid{3}}});
  CHECK(floor.line().node == Uid{3});
  floor.sweep();
  CHECK(floor.events.empty());
  CHECK(floor.machine.next_deadline() == at_seconds(330));
  CHECK(floor.do_what_is_due() == "sweep");
  CHECK(floor.line().kind == chat::LineKind::lapsed);
  CHECK(floor.state().leader == Uid{3});
}

TEST_CASE("a floor goes on from its snapshot as if nothing had been, in the middle of its calls") {
  Floor floor;
  floor.enter("ada");
  floor.bid("ada", 10000);
  floor.say("ada", "mine");
  floor.view({Uid{3}, {Uid{1}, Uid{3}}});
  floor.do_what_is_due();
  floor.enter("ada");
  Floor other;
  REQUIRE(other.machine.restore(*floor.machine.snapshot().joined()).has_value());
  other.slot = floor.slot;
  other.now = floor.now;
  CHECK(other.shown() == floor.shown());
  CHECK(other.machine.digest() == floor.machine.digest());
  CHECK(other.machine.snapshot() == floor.machine.snapshot());
  other.lines();
  floor.lines();
  for (Floor* each : {&floor, &other}) {
    CHECK(each->do_what_is_due() == "call");
    CHECK(each->do_what_is_due() == "close");
    CHECK(each->texts() == Texts{"going twice at 100.00 EUR", "sold to ada for 100.00 EUR after 1 bid"});
  }
  CHECK(other.machine.digest() == floor.machine.digest());
  CHECK(other.machine.auction().digest() == floor.machine.auction().digest());
  CHECK(other.machine.snapshot() == floor.machine.snapshot());
}

TEST_CASE("a floor's snapshot tells its terms, and a broken one is refused and changes nothing") {
  Floor floor;
  floor.enter("ada");
  floor.bid("ada", 10000);
  const Bytes good = *floor.machine.snapshot().joined();
  CHECK(FloorService::terms_in(good).value().auction == "lot-7");
  CHECK_FALSE(FloorService::terms_in("garbage").has_value());
  Floor other;
  other.bid("bob", 30000);
  const Rope before = other.machine.snapshot();
  for (std::size_t length = 0; length < good.size(); ++length)
    REQUIRE_FALSE(other.machine.restore(BytesView(good).substr(0, length)).has_value());
  CHECK_FALSE(other.machine.restore(good + "x").has_value());
  auto terms = lot_7();
  terms.auction = "lot-8";
  CHECK(FloorService(terms).restore(good).error().message == "a snapshot of another auction than lot-8");
  CHECK(other.machine.snapshot() == before);
}

TEST_CASE("terms that the directory would not have fixed are not taken from a snapshot") {
  const auto refused = [](auto&& spoil) {
    auto terms = lot_7();
    spoil(terms);
    Bytes snapshot;
    append_record(snapshot, wire::encode(SnapshotHead{Digest{5}}));
    append_record(snapshot, wire::encode(terms));
    return !FloorService::terms_in(snapshot).has_value();
  };
  CHECK_FALSE(refused([](auction::Terms&) {}));
  CHECK(refused([](auction::Terms& terms) { terms.auction = std::string(kMaxTopic, 'x'); }));
  CHECK(refused([](auction::Terms& terms) { terms.start_price = eur(-1); }));
  CHECK(refused([](auction::Terms& terms) { terms.start_price = eur(auction::kMaxAmount + 1); }));
  CHECK(refused([](auction::Terms& terms) { terms.increment = eur(0); }));
  CHECK(refused([](auction::Terms& terms) { terms.increment = eur(auction::kMaxAmount + 1); }));
  CHECK(refused([](auction::Terms& terms) { terms.increment.currency = Currency::parse("USD").value(); }));
}

TEST_CASE("what is spoilt is answered by whom it was meant for") {
  Floor floor;
  const auto words = [&](BytesView bytes) {
    const auto reply = wire::decode_any<FloorPlay::Reply>(floor.bytes(bytes)).value();
    const auto* chat = std::get_if<chat::Refused>(&reply);
    return chat ? chat->message : std::get<auction::Refused>(reply).message;
  };
  CHECK(words("garbage").starts_with("not a command of an auction: "));
  CHECK(words("\x92\xcc\xc8\x90").starts_with("not a command of the chat: "));
  CHECK(words("\x92\xcc\xc8").starts_with("not a command of the chat: "));
}

}  // namespace
}  // namespace gavel
