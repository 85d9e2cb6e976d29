#include <catch2/catch.hpp>
#include <sstream>

#include "client/cli/output.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/chat.hpp"
#include "common/wire/services/likes.hpp"
#include "tests/unit/sniffer_frames.hpp"
#include "tools/sniffer/message/body_json.hpp"
#include "tools/sniffer/message/words.hpp"
#include "tools/sniffer/view/lines.hpp"

namespace gavel::sniffer {
namespace {

using namespace testing;

Names usual_names() {
  Names names;
  names.learn_node(kN1, "n1");
  names.learn_node(kN2, "n2");
  names.learn_node(kN3, "n3");
  names.learn_group(kLot, "lot-7");
  return names;
}

std::string words_of(const Capture& capture) { return words_for(seen(capture), usual_names()); }

std::string printed(const std::vector<Seen>& messages, LineOptions options = {}) {
  std::ostringstream out;
  const Names names = usual_names();
  const auto lines = make_lines(out, names, options);
  for (const Seen& message : messages) lines->show(message);
  lines->end();
  return out.str();
}

wire::Request request(wire::RequestKind kind, Bytes body) {
  return {kind, SessionId{12}, RequestNumber{3}, std::move(body)};
}
Capture batch_of(std::vector<wire::Request> requests) {
  const wire::Batch batch{{kN2, kLife, BatchNumber{4}}, share(wire::encode(wire::RequestList{std::move(requests)}))};
  return on_lane('b', kN2, kLot, batch);
}
Bytes bid(std::int64_t cents) { return wire::encode_any(auction::Command{auction::Bid{"ann", Money{cents, {}}}}); }

const std::string kSecret = "correct horse battery staple";

}  // namespace

TEST_CASE("a batch is told by its requests, in words") {
  CHECK(words_of(batch_of({request(wire::RequestKind::command, bid(2500))})) == "bid 25.00 EUR by ann (session 12 #3)");
  CHECK(words_of(batch_of({request(wire::RequestKind::open, "")})) == "open a session");
  CHECK_THAT(words_of(batch_of(std::vector(6, request(wire::RequestKind::open, "")))), Catch::EndsWith("2 more"));
}

TEST_CASE("what people say and like is told in words, but not what they say in a private room") {
  const auto told = [](const Bytes& body) { return words_of(batch_of({request(wire::RequestKind::proposal, body)})); };
  const auto chatting = [&](const chat::Command& command) { return told(wire::encode_any(command)); };
  const chat::Speaker ann{"ann", {"sixteen letters!"}};
  CHECK(chatting(chat::Say{"lobby", ann, "hello"}) == "propose: says \"hello\" in lobby by ann");
  CHECK(chatting(chat::Say{"", ann, "hello"}) == "propose: says \"hello\" by ann");
  CHECK(chatting(chat::Say{"@friends", ann, "hello"}) == "propose: says 5 bytes in @friends by ann");
  CHECK(chatting(chat::Mute{"lobby", ann, "bob", 90s}) == "propose: mute bob for 1m30s in lobby by ann");
  CHECK(chatting(chat::Mute{"lobby", ann, "bob", 0s}) == "propose: unmute bob in lobby by ann");
  CHECK(chatting(chat::Call{}) == "propose: call");
  CHECK(told(wire::encode_any(likes::Command{likes::Like{"lot-7", 3}})) == "propose: likes lot-7 x3");
  CHECK(told(wire::encode_any(likes::Command{likes::Like{"lot-7", 1}})) == "propose: likes lot-7");
}

TEST_CASE("no secret of the chat is shown, in words or as JSON") {
  const chat::Speaker ann{"ann", {"sixteen letters!"}};
  const chat::Secret key{"the key to it al"};
  const std::vector<chat::Command> commands{chat::Enter{"@friends", ann},
                                            chat::Leave{"@friends", ann},
                                            chat::Say{"@friends", ann, "hello"},
                                            chat::Stay{"@friends", ann},
                                            chat::OpenRoom{"@friends", ann, key},
                                            chat::Invite{"@friends", ann, "bob"},
                                            chat::Mute{"@friends", ann, "bob"},
                                            chat::Appoint{"@friends", ann, "bob"},
                                            chat::SetRules{"@friends", ann, {}},
                                            chat::Sweep{},
                                            chat::Call{}};
  REQUIRE(commands.size() == std::variant_size_v<chat::Command>);
  std::vector<Bytes> bodies;
  for (const auto& command : commands) bodies.push_back(wire::encode_any(command));
  bodies.push_back(wire::encode_any(chat::Question{chat::AskRoom{"@friends", ann, 9}}));
  bodies.push_back(wire::encode_any(chat::Question{chat::AskRooms{ann, ""}}));
  for (const auto& body : bodies)
    for (const auto kind : {wire::RequestKind::command, wire::RequestKind::query, wire::RequestKind::proposal}) {
      const Seen message = seen(batch_of({request(kind, body)}));
      for (const auto& text :
           {printed({message}), printed({message}, {.jsonl = true}), body_as_json(message, usual_names()).dump()})
        CHECK_THAT(text, !Catch::Contains("letters") && !Catch::Contains("the key"));
    }
}

TEST_CASE("what is not known is told by its length, never by its bytes") {
  CHECK(words_of(batch_of({request(wire::RequestKind::command, kSecret)})) == "28 bytes (session 12 #3)");
  const wire::Batch opaque{{kN2, kLife, BatchNumber{4}}, share(kSecret)};
  CHECK(words_of(on_lane('b', kN2, kLot, opaque)) == "28 bytes");
  wire::SnapshotChunk chunk;
  chunk.bytes = share(kSecret);
  wire::Beacon beacon;
  beacon.authenticator = kSecret;
  for (const Seen& message :
       {seen(batch_of({request(wire::RequestKind::command, kSecret)})), seen(unicast(kN1, kN2, kLot, chunk)),
        seen({WallTime{}, Channel::datagram, {}, wire::seal(from(kN1), beacon)})}) {
    CHECK_THAT(words_for(message, usual_names()), !Catch::Contains("horse"));
    CHECK_THAT(printed({message}), !Catch::Contains("horse"));
    CHECK_THAT(printed({message}, {.jsonl = true}), !Catch::Contains("horse"));
  }
}

TEST_CASE("orders, acks and beats are told in the words of the field") {
  CHECK(words_of(on_lane('o', kN1, kLot, order_after(16, 1))) == "n2:17, commit 16");
  CHECK(words_of(on_lane('o', kN1, kLot, order_after(16, 3))) == "3 entries, 3 batches, commit 16");
  wire::Order view = order_after(0, 1);
  view.entries[0].kind = wire::EntryKind::view;
  CHECK(words_of(on_lane('o', kN1, kLot, view)) == "view of n1, commit 0");
  CHECK(words_of(on_lane('a', kN1, kLot, ack_of(17))) == "durable 17 applied 17");
  wire::Beat beat;
  beat.role = wire::Role::follower;
  beat.following = {3, kN1};
  beat.eligible = true;
  beat.hears = {kN1, kN3};
  CHECK(words_of(on_lane('h', kN2, kLot, beat)) == "follower of 3.n1, last 0 commit 0, load 0, hears n1 n3");
  beat.following = {};
  CHECK_THAT(words_of(on_lane('h', kN2, kLot, beat)), Catch::StartsWith("follower without leader"));
}

TEST_CASE("a token tells whose votes it has, in their order") {
  wire::Token token;
  token.term = {4, kN3};
  token.ring = {kN1, kN2, kN3};
  token.votes = {{kN3, {}, Slot{9}}, {kN1, {}, Slot{9}}};
  CHECK(words_of(unicast(kN1, kN2, kLot, token)) == "for n3, votes n3→n1 of ring n1 n2 n3, hop 0");
}

TEST_CASE("lines are aligned, and say who, to whom, where and what") {
  const auto text = printed({seen(unicast(kN2, kN1, kLot, wire::Fetch{wire::Term{3, kN1}, Slot{9}, false})),
                             seen(on_lane('a', kN2, kLot, ack_of(17)))});
  std::istringstream lines(text);
  std::string fetch;
  std::string ack;
  std::getline(lines, fetch);
  std::getline(lines, ack);
  CHECK_THAT(fetch, Catch::StartsWith("00:00:01.000000  n2 → n1") && Catch::Contains("unicast") &&
                        Catch::Contains("3.n1") && Catch::EndsWith("wants entries from 9"));
  CHECK(fetch.find("lot-7") == ack.find("lot-7"));
  CHECK(fetch.find('\x1b') == std::string::npos);
}

TEST_CASE("a probe of the LAN comes from a client, one by unicast from a node") {
  CHECK_THAT(printed({seen(unicast(kN1, kN2, {}, wire::Probe{}))}), Catch::Contains("n1 → n2"));
  const Capture datagram{WallTime{}, Channel::datagram, {}, wire::seal(from(Uid{0xc0ffee}), wire::Probe{})};
  CHECK_THAT(printed({seen(datagram)}), Catch::Contains("client 00000000 → *"));
}

TEST_CASE("a damaged frame is shown with the reason, and nothing in it reaches the terminal") {
  auto capture = on_lane('a', kN1, kLot, ack_of(3));
  capture.payload = "\x1b[2J" + capture.payload;
  CHECK_THAT(printed({seen(capture)}), Catch::Contains("not understood") && !Catch::Contains("\x1b"));
}

TEST_CASE("colours are there only when they are wanted") {
  const auto ack = seen(on_lane('a', kN1, kLot, ack_of(3)));
  CHECK_THAT(printed({ack}, {.colour = true}), Catch::StartsWith("\x1b[") && Catch::EndsWith("\x1b[0m\n"));
}

TEST_CASE("frames are dumped below their line, or stand on it") {
  const auto ack = seen(on_lane('a', kN1, kLot, ack_of(3)));
  CHECK_THAT(printed({ack}, {.hex = true}), Catch::Contains("\n    0000  97 01 c4 04 68 65 72 65"));
  CHECK_THAT(printed({ack}, {.raw = true}), Catch::Contains("  9701c40468657265"));
  CHECK(hex_dump("AB\x01") == "    0000  41 42 01                                          AB.\n");
  CHECK(hex_digits("\xff\x01") == "ff01");
}

TEST_CASE("a JSON line has every field, and the body as it is on the wire") {
  const auto row = cli::Row::parse(printed({seen(on_lane('o', kN1, kLot, order_after(16, 2)))}, {.jsonl = true}));
  CHECK(row["from"] == "n1");
  CHECK(row["from_uid"] == "11");
  CHECK(row["to"].is_null());
  CHECK(row["lane"] == "order");
  CHECK(row["auction"] == "lot-7");
  CHECK(row["group"] == 7);
  CHECK(row["term"] == "3.n1");
  CHECK(row["first_slot"] == 17);
  CHECK(row["last_slot"] == 18);
  CHECK(row["time"] == "1970-01-01T00:00:01.000000Z");
  CHECK(row["body"]["commit"] == 16);
  CHECK(row["body"]["entries"].size() == 2);
  CHECK(row["body"]["entries"][0]["batches"][0]["publisher"] == "n2");
  CHECK(row["fault"].is_null());
  CHECK_FALSE(row.contains("frame"));
}

TEST_CASE("every message between nodes and of the tap has a body in JSON, and words") {
  const Names names = usual_names();
  const auto check = [&names]<class... T>(std::type_identity<std::variant<T...>>) {
    (
        [&names] {
          const auto message = seen(unicast(kN1, kN2, kLot, T{}));
          INFO(wire::type_name<T>());
          CHECK_FALSE(body_as_json(message, names).is_null());
          CHECK(message.fault.empty());
          CHECK_NOTHROW(words_for(message, names));
        }(),
        ...);
  };
  check(std::type_identity<wire::OrderMessage>{});
  check(std::type_identity<wire::Discovery>{});
}

TEST_CASE("times are of the day, in UTC, to the microsecond") {
  CHECK(shown_time(WallTime{0}) == "00:00:00.000000");
  CHECK(shown_time(WallTime{(24LL * 3600 + 3661) * 1'000'000 + 42}) == "01:01:01.000042");
}

TEST_CASE("no control character gets through, be it of one byte or of two") {
  CHECK(cli::harmless("a\x1b[31mb\x7f") == "a?[31mb?");
  CHECK(cli::harmless("a\xc2\x9b"
                      "31m") == "a?31m");
  CHECK(cli::harmless("\xc2\x80\xc2\x9f") == "??");
  CHECK(cli::harmless("\xc2\xa0") == "\xc2\xa0");
  CHECK(cli::harmless("\xc3\x9b") == "\xc3\x9b");
  CHECK(cli::harmless("\xc2") == "\xc2");
}

}  // namespace gavel::sniffer
