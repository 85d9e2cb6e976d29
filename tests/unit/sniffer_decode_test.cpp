#include <catch2/catch.hpp>

#include "tests/unit/sniffer_frames.hpp"
#include "tools/sniffer/capture/header.hpp"

namespace gavel::sniffer {
namespace {

using namespace testing;

}  // namespace

TEST_CASE("a multicast message is decoded with its lane, group, term and slots") {
  const auto order = seen(on_lane('o', kN1, kLot, order_after(16, 2)));
  CHECK(order.lane == Lane::order);
  CHECK(order.from == kN1);
  CHECK(order.to == Uid{});
  CHECK(order.group == kLot);
  CHECK(order.type == "Order");
  CHECK(order.term == wire::Term{3, kN1});
  CHECK(order.slots == Slots{Slot{17}, Slot{18}});
  REQUIRE(order.as<wire::Order>() != nullptr);
  CHECK(order.as<wire::Ack>() == nullptr);
  CHECK(order.fault.empty());
  CHECK(seen(on_lane('a', kN2, kLot, ack_of(17))).lane == Lane::ack);
  CHECK(seen(on_lane('h', kN2, kLot, wire::Beat{})).lane == Lane::beat);
  CHECK(seen(on_lane('b', kN2, kLot, wire::Batch{{kN2, kLife, BatchNumber{4}}, share("")})).batch ==
        wire::BatchRef{kN2, kLife, BatchNumber{4}});
}

TEST_CASE("a copy of a unicast frame is shown as that frame, from its sender to its receiver") {
  const auto fetch = seen(unicast(kN2, kN1, kLot, wire::Fetch{wire::Term{3, kN1}, Slot{9}, false}, 55));
  CHECK(fetch.lane == Lane::unicast);
  CHECK(fetch.from == kN2);
  CHECK(fetch.to == kN1);
  CHECK(fetch.group == kLot);
  CHECK(fetch.type == "Fetch");
  CHECK(fetch.published == 55);
  CHECK(fetch.slots == Slots{Slot{9}, Slot{9}});
  REQUIRE(fetch.as<wire::Fetch>() != nullptr);
}

TEST_CASE("a frame that the tap left out for its size is known by its name and size") {
  wire::Tapped tapped;
  tapped.to = kN1;
  tapped.group = kLot;
  tapped.kind = wire::Entries::kKind;
  tapped.size = 123456;
  const auto entries = seen(tap(kN2, tapped));
  CHECK(entries.type == "Entries");
  CHECK(entries.size == 123456);
  CHECK(entries.frame.empty());
  CHECK(std::holds_alternative<std::monostate>(entries.body));
  CHECK(entries.fault.empty());
}

TEST_CASE("the client lane tells who asked what, and of answers what became of it") {
  wire::TappedClient answer;
  answer.client = ClientId{0xc0ffee};
  answer.kind = wire::Answer::kKind;
  answer.slot = Slot{17};
  answer.status = wire::AnswerStatus::ok;
  const auto said = seen(tap(kN2, answer));
  CHECK(said.lane == Lane::client);
  CHECK(said.type == "Answer");
  CHECK(said.client == ClientId{0xc0ffee});
  CHECK_FALSE(said.incoming);
  CHECK(said.slots == Slots{Slot{17}, Slot{17}});
}

TEST_CASE("a damaged frame comes out with the reason") {
  auto capture = on_lane('a', kN1, kLot, ack_of(3));
  capture.payload.resize(capture.payload.size() - 3);
  const auto torn = seen(capture);
  CHECK(torn.lane == Lane::ack);
  CHECK(torn.type == "?");
  CHECK_FALSE(torn.fault.empty());
  capture.payload = "";
  CHECK_FALSE(seen(capture).fault.empty());
}

TEST_CASE("a message that this program does not know is told by its number") {
  Bytes frame;
  wire::Writer writer(frame);
  writer.array(7);
  for (const std::uint64_t number : {wire::kProtocolVersion}) writer.number(number);
  writer.bin(kCluster);
  for (const std::uint64_t number : {std::uint64_t{7}, kN1.value, kLife.value, std::uint64_t{99}})
    writer.number(number);
  writer.array(1);
  writer.number(1);
  const auto unknown = seen({WallTime{}, Channel::published, topic(kLot, 'o'), frame});
  CHECK(unknown.type == "kind 99");
  CHECK(unknown.from == kN1);
  CHECK_THAT(unknown.fault, Catch::Contains("99"));
}

TEST_CASE("frames of other clusters are counted and not shown") {
  Decoder decoder("elsewhere");
  CHECK_FALSE(decoder.decode(on_lane('a', kN1, kLot, ack_of(1))));
  CHECK_FALSE(decoder.decode(tap(kN1, wire::TapMark{3})));
  CHECK(decoder.foreign() == 2);
}

TEST_CASE("an envelope is read without decoding the frame, and agrees with the decoder") {
  const auto ack = on_lane('a', kN1, kLot, ack_of(3));
  const auto header = peek(ack.payload);
  REQUIRE(header);
  CHECK(header->cluster == kCluster);
  CHECK(header->group == kLot);
  CHECK(header->from == kN1);
  CHECK(header->incarnation.value >> 24U == 5);
  CHECK(header->kind == wire::Ack::kKind);
  CHECK_FALSE(header->published);
  CHECK(peek(tap(kN2, wire::TapMark{123456}).payload)->published == 123456);
  CHECK(peek(tap(kN2, wire::TapMark{3}).payload)->published == 3);
  CHECK(peek(unicast(kN2, kN1, kLot, ack_of(1), 70'000'000'000).payload)->published == 70'000'000'000);
}

namespace {

Bytes big_endian(std::uint64_t value, std::size_t bytes) {
  Bytes out;
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xffU);
  return out;
}
/// A form of a number: its first byte, and the bytes of the value behind it.
struct Form {
  unsigned char head;
  std::size_t bytes;
};
Bytes encoded(Form form, std::uint64_t value) {
  return Bytes(1, static_cast<char>(form.head)) + big_endian(value, form.bytes);
}
Bytes encoded_text(Form form, const Bytes& text) { return encoded(form, text.size()) + text; }

/// A tap mark after five frames of a node 7, in these forms.
Bytes mark_in(Form array, Form text, Form number) {
  const auto n = [&number](std::uint64_t value) { return encoded(number, value); };
  return encoded(array, 7) + n(wire::kProtocolVersion) + encoded_text(text, kCluster) + n(0) + n(7) + n(9) +
         n(wire::TapMark::kKind) + encoded(array, 1) + n(5);
}

}  // namespace

TEST_CASE("an envelope in longer forms than needed is read as the decoder reads it") {
  for (const Form array : {Form{0xdc, 2}, Form{0xdd, 4}})
    for (const Form text : {Form{0xc4, 1}, Form{0xc5, 2}, Form{0xc6, 4}})
      for (const Form number : {Form{0xcc, 1}, Form{0xcd, 2}, Form{0xce, 4}, Form{0xcf, 8}, Form{0xd0, 1},
                                Form{0xd1, 2}, Form{0xd2, 4}, Form{0xd3, 8}}) {
        CAPTURE(int{array.head}, int{text.head}, int{number.head});
        const auto frame = mark_in(array, text, number);
        const auto opened = wire::open(frame, kCluster);
        REQUIRE(opened);
        const auto header = peek(frame);
        REQUIRE(header);
        CHECK(header->cluster == kCluster);
        CHECK(header->from == opened->envelope.from);
        CHECK(header->incarnation == opened->envelope.incarnation);
        CHECK(header->kind == opened->kind);
        CHECK(header->published == 5);
      }
}

TEST_CASE("a number below 0 is no part of an envelope") {
  auto frame = mark_in({0xdc, 2}, {0xc4, 1}, {0xd0, 1});
  REQUIRE(peek(frame));
  frame[frame.size() - 1] = static_cast<char>(0xff);
  CHECK_FALSE(peek(frame)->published);
  frame = mark_in({0xdc, 2}, {0xc4, 1}, {0xd0, 1});
  frame[4] = static_cast<char>(0x81);  // the version
  CHECK_FALSE(peek(frame));
  CHECK_FALSE(wire::open(frame, kCluster));
}

TEST_CASE("no prefix of a frame and no damaged one upsets the reader of envelopes") {
  const auto frame = unicast(kN2, kN1, kLot, order_after(3, 2)).payload;
  for (std::size_t length = 0; length < 20; ++length) static_cast<void>(peek(BytesView(frame).substr(0, length)));
  CHECK_FALSE(peek(""));
  CHECK_FALSE(peek(BytesView(frame).substr(0, 10)));
  for (std::size_t at = 0; at < 40; ++at) {
    auto damaged = frame;
    damaged[at] = static_cast<char>(0xff);
    static_cast<void>(peek(damaged));
  }
}

}  // namespace gavel::sniffer
