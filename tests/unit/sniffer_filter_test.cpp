#include <catch2/catch.hpp>

#include "common/base/nearest.hpp"
#include "tests/unit/sniffer_frames.hpp"
#include "tools/sniffer/message/filter.hpp"

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

bool passes(const std::vector<std::string>& terms, const Seen& message, const Names& names = usual_names()) {
  auto filter = Filter::parse(terms);
  REQUIRE(filter);
  return filter->passes(message, names);
}

std::string refusal_of(const std::string& term) {
  const auto filter = Filter::parse({term});
  REQUIRE_FALSE(filter);
  return filter.error().message;
}

const Seen kOrder = seen(on_lane('o', kN1, kLot, order_after(9, 3)));  // slots 10 to 12
const Seen kAck = seen(on_lane('a', kN2, kLot, ack_of(17)));
const Seen kFetch = seen(unicast(kN2, kN3, kDirectoryGroup, wire::Fetch{wire::Term{3, kN1}, Slot{9}, false}));

Seen call_of(std::uint64_t client, bool incoming) {
  wire::TappedClient call;
  call.client = ClientId{client};
  call.incoming = incoming;
  call.group = kLot;
  call.kind = incoming ? wire::Call::kKind : wire::Answer::kKind;
  return seen(tap(kN1, call));
}

}  // namespace

TEST_CASE("without terms everything passes but the tap's own marks") {
  CHECK(passes({}, kOrder));
  CHECK(passes({}, kFetch));
  CHECK_FALSE(passes({}, seen(tap(kN1, wire::TapMark{1}))));
  CHECK_FALSE(passes({"node=n1"}, seen(tap(kN1, wire::TapMark{1}))));
  CHECK_FALSE(passes({"lane!=beat"}, seen(tap(kN1, wire::TapMark{1}))));
  CHECK(passes({"lane=tap"}, seen(tap(kN1, wire::TapMark{1}))));
  CHECK(passes({"type=tapmark"}, seen(tap(kN1, wire::TapMark{1}))));
}

TEST_CASE("a lane is chosen or left out, and several are any of them") {
  CHECK(passes({"lane=order"}, kOrder));
  CHECK_FALSE(passes({"lane=order"}, kAck));
  CHECK(passes({"lane=order,ack"}, kAck));
  CHECK_FALSE(passes({"lane!=order,ack"}, kAck));
  CHECK(passes({"lane!=order,ack"}, kFetch));
}

TEST_CASE("all terms must hold") {
  CHECK(passes({"lane=ack", "node=n2"}, kAck));
  CHECK_FALSE(passes({"lane=ack", "node=n1"}, kAck));
  CHECK_FALSE(passes({"lane=ack", "lane=order"}, kAck));
}

TEST_CASE("a node is at either end, or at one of them") {
  CHECK(passes({"node=n2"}, kFetch));
  CHECK(passes({"node=n3"}, kFetch));
  CHECK_FALSE(passes({"node=n1"}, kFetch));
  CHECK(passes({"from=n2"}, kFetch));
  CHECK_FALSE(passes({"from=n3"}, kFetch));
  CHECK(passes({"to=n3"}, kFetch));
  CHECK_FALSE(passes({"to=n2"}, kFetch));
  CHECK_FALSE(passes({"node!=n3"}, kFetch));
  CHECK(passes({"node!=n3"}, kAck));
  CHECK(passes({"from=22"}, kFetch));  // by its uid
}

TEST_CASE("on the client lane the gateway is spoken to or speaks") {
  CHECK(passes({"to=n1"}, call_of(5, true)));
  CHECK_FALSE(passes({"from=n1"}, call_of(5, true)));
  CHECK(passes({"from=n1"}, call_of(5, false)));
  CHECK(passes({"node=n1"}, call_of(5, true)));
}

TEST_CASE("a group is named by its auction, by number, or as the directory") {
  CHECK(passes({"auction=lot-7"}, kAck));
  CHECK(passes({"group=lot-7"}, kAck));
  CHECK(passes({"group=7"}, kAck));
  CHECK_FALSE(passes({"group=7"}, kFetch));
  CHECK(passes({"group=directory"}, kFetch));
  CHECK(passes({"group=directory,lot-7"}, kAck));
  CHECK_FALSE(passes({"group!=directory"}, kFetch));
}

TEST_CASE("a name that becomes known later matches from then on") {
  auto filter = Filter::parse({"auction=lot-9"});
  REQUIRE(filter);
  Names names;
  Seen later = kAck;
  later.group = GroupId{12};
  CHECK_FALSE(filter->passes(later, names));
  CHECK(filter->unknown(names) == std::vector<std::string>{"lot-9"});
  names.learn_group(GroupId{12}, "lot-9");
  CHECK(filter->passes(later, names));
  CHECK(filter->unknown(names).empty());
}

TEST_CASE("types are named in any case, or by number") {
  CHECK(passes({"type=Order"}, kOrder));
  CHECK(passes({"type=order"}, kOrder));
  CHECK(passes({"type=2"}, kOrder));
  CHECK(passes({"type=99"}, [] {
    Seen unknown = kOrder;
    unknown.kind = 99;
    return unknown;
  }()));
  CHECK_FALSE(passes({"type=ack,beat"}, kOrder));
  CHECK(passes({"type!=ack,beat"}, kOrder));
}

TEST_CASE("slots are one, or a range with or without ends, and what overlaps passes") {
  CHECK(passes({"slot=12"}, kOrder));
  CHECK_FALSE(passes({"slot=13"}, kOrder));
  CHECK(passes({"slot=12..40"}, kOrder));
  CHECK(passes({"slot=..10"}, kOrder));
  CHECK_FALSE(passes({"slot=..9"}, kOrder));
  CHECK(passes({"slot=11.."}, kOrder));
  CHECK_FALSE(passes({"slot=13.."}, kOrder));
  CHECK(passes({"slot=1,17"}, kAck));
  CHECK_FALSE(passes({"slot!=10..12"}, kOrder));
  const Seen without = seen(unicast(kN1, kN2, kLot, wire::TokenAck{1}));
  CHECK_FALSE(passes({"slot=1.."}, without));
  CHECK(passes({"slot!=1.."}, without));
}

TEST_CASE("a client is named by the first digits of its id") {
  CHECK(passes({"client=00000000c0ffee00"}, call_of(0xc0ffee00, true)));
  CHECK(passes({"client=abcdef01"}, call_of(0xabcdef0123456789, true)));
  CHECK_FALSE(passes({"client=abcdef02"}, call_of(0xabcdef0123456789, true)));
  CHECK_FALSE(passes({"client=0000"}, kAck));
  CHECK(passes({"client!=abcd"}, kAck));
}

TEST_CASE("what is wrong with a term is named, with what would be right") {
  CHECK_THAT(refusal_of("order"), Catch::Contains("KEY=VALUE"));
  CHECK_THAT(refusal_of("=order"), Catch::Contains("KEY=VALUE"));
  CHECK_THAT(refusal_of("nod=n1"), Catch::Contains("did you mean node?"));
  CHECK_THAT(refusal_of("colour=red"), Catch::Contains("auction"));
  CHECK_THAT(refusal_of("lane=ordr"), Catch::Contains("did you mean order?") && Catch::Contains("unicast"));
  CHECK_THAT(refusal_of("type=Tokn"), Catch::Contains("did you mean Token?"));
  CHECK_THAT(refusal_of("slot=ten"), Catch::Contains("10..20"));
  CHECK_THAT(refusal_of("slot=20..10"), Catch::Contains("10..20"));
  CHECK_THAT(refusal_of("slot=.."), Catch::Contains("10..20"));
  CHECK_THAT(refusal_of("slot=-3"), Catch::Contains("slot"));
  CHECK_THAT(refusal_of("client=xyz"), Catch::Contains("hexadecimal"));
  CHECK_THAT(refusal_of("client=abc"), Catch::Contains("4 to 16"));
  CHECK_THAT(refusal_of("lane="), Catch::Contains("value is missing"));
  CHECK_THAT(refusal_of("lane=order,"), Catch::Contains("value is missing"));
  CHECK_THAT(refusal_of("la\x1bne=x"), !Catch::Contains("\x1b"));
}

TEST_CASE("a slip is recognised, and a word that is nothing like the others is not") {
  CHECK(nearest("beet", {"batch", "beat"}) == "beat");
  CHECK(nearest("ORDER", {"order"}) == "order");
  CHECK(nearest("zebra", {"batch", "beat"}).empty());
  CHECK(nearest("", {"beat"}).empty());
}

}  // namespace gavel::sniffer
