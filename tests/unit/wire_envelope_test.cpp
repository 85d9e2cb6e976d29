#include <catch2/catch.hpp>

#include "common/wire/client_messages.hpp"
#include "common/wire/envelope.hpp"

namespace gavel::wire {
namespace {

const Envelope kSender{"gavel", GroupId{7}, Uid{5}, Incarnation{9}};

/// [version, cluster, and so many more numbers].
Bytes frame_of(std::uint64_t version, BytesView cluster, std::size_t more) {
  Bytes out;
  Writer writer(out);
  writer.array(2 + more);
  writer.number(version);
  writer.bin(cluster);
  for (std::size_t i = 0; i < more; ++i) writer.number(1);
  return out;
}

Refusal refusal_of(const Bytes& frame) {
  const auto opened = open(frame, "gavel");
  REQUIRE_FALSE(opened);
  return opened.error();
}

}  // namespace

TEST_CASE("a sealed frame is opened with its envelope and its message") {
  const Bytes frame = seal(kSender, Discovery(Probe{}));
  const auto opened = open(frame, "gavel");
  REQUIRE(opened);
  CHECK(opened->envelope == kSender);
  CHECK(opened->kind == Probe::kKind);
  const auto message = opened->body<Discovery>();
  REQUIRE(message);
  CHECK(std::holds_alternative<Probe>(*message));
}

TEST_CASE("another version is refused by both numbers, whatever else is in the frame") {
  for (const std::size_t more : {0U, 1U, 5U, 9U}) {
    const auto refusal = refusal_of(frame_of(2, "gavel", more));
    CHECK(refusal.kind == RefusalKind::version);
    CHECK(refusal.message == "protocol version 2 is spoken there, 1 here");
  }
}

TEST_CASE("another cluster is refused by both names, whatever else is in the frame") {
  for (const std::size_t more : {0U, 5U, 9U}) {
    const auto refusal = refusal_of(frame_of(1, "other", more));
    CHECK(refusal.kind == RefusalKind::cluster);
    CHECK(refusal.message == "the sender belongs to cluster 'other', this is 'gavel'");
  }
}

TEST_CASE("a cluster's name that is none is not repeated to anyone's terminal") {
  for (const auto& name : {Bytes("\x1b[2J"), Bytes(), Bytes(65, 'x')}) {
    const auto refusal = refusal_of(frame_of(1, name, 5));
    CHECK(refusal.kind == RefusalKind::malformed);
    CHECK(refusal.message.find("cluster: 1 to 64 letters") == 0);
  }
}

TEST_CASE("an envelope that is short, long or of wrong types is malformed, and says where") {
  CHECK(refusal_of("\x01").message == "[version, cluster, …] expected, 1 found");
  CHECK(refusal_of("\x91\x01").message == "[version, cluster, …] expected, an array of 1 found");
  CHECK(refusal_of("\x92\xc0\xc0").message == "version: a number of 0 or more expected, nil found");
  CHECK(refusal_of(frame_of(1, "gavel", 4)).message == "7 elements expected, 6 found");
  CHECK(refusal_of(frame_of(1, "gavel", 6)).message == "7 elements expected, 8 found");
  Bytes frame = seal(kSender, Probe{});
  frame[frame.size() - 4] = '\xc0';  // … from, incarnation, kind, body
  CHECK(refusal_of(frame).message == "from: a number of 0 or more expected, nil found");
  CHECK(refusal_of(frame).kind == RefusalKind::malformed);
}

TEST_CASE("a frame above the limit is refused unread") {
  CHECK(refusal_of(Bytes(kMaxFrameBytes + 1, '\x91')).message ==
        "a frame of 4194305 bytes, at most 4194304 are allowed");
}

TEST_CASE("a kind that the receiver does not know is refused by its number, and the frame stays readable") {
  const Bytes frame = seal(kSender, Ping{3});
  const auto opened = open(frame, "gavel");
  REQUIRE(opened);
  const auto wrong = opened->body<Discovery>();
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "kind 69 is not known here");
  CHECK(opened->body<FromClient>());
}

TEST_CASE("a cluster's name has 1 to 64 plain characters") {
  CHECK(checked_cluster_name("A.b_c-9"));
  CHECK(checked_cluster_name(std::string(64, 'x')));
  for (const auto& name : {std::string(), std::string(65, 'x'), std::string("two words"), std::string("köln")})
    CHECK_FALSE(checked_cluster_name(name));
}

}  // namespace gavel::wire
