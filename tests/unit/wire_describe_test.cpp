#include <catch2/catch.hpp>
#include <limits>

#include "common/wire/client_messages.hpp"
#include "common/wire/describe.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/chat.hpp"

namespace gavel::wire {

TEST_CASE("a message is printed on one line, with its name and each field by name") {
  const Ack ack{{3, Uid{5}}, Slot{17}, Slot{16}, {}, Digest{0xabc}};
  CHECK(describe(ack) == "Ack{term=3.5, durable=17, applied=16, digest_slot=0, digest=abc}");
  CHECK(describe(Probe{}) == "Probe{}");
}

TEST_CASE("a variant is printed as the message that it holds") {
  CHECK(describe(OrderMessage(TokenAck{7})) == "TokenAck{id=7}");
}

TEST_CASE("nested messages, optionals and enumerators are printed by name") {
  Beat beat;
  beat.role = Role::leader;
  beat.hears = {Uid{1}, Uid{0x2f}};
  beat.ack = Ack{{2, Uid{1}}, Slot{4}, {}, {}, {}};
  const auto text = describe(beat);
  CHECK(text.find("role=leader") != std::string::npos);
  CHECK(text.find("hears=[1, 2f]") != std::string::npos);
  CHECK(text.find("ack={term=2.1, durable=4,") != std::string::npos);
  beat.ack.reset();
  CHECK(describe(beat).find("ack=none") != std::string::npos);
  CHECK(describe(auction::Bid{"ann", {12050, {}}}) == "Bid{bidder=\"ann\", amount=120.50 EUR}");
}

TEST_CASE("an enumerator without a name is printed as its number") {
  CHECK(shown(static_cast<Role>(9)) == "9");
  CHECK(shown(static_cast<Role>(200)) == "200");
  CHECK(shown(Role::follower) == "follower");
}

TEST_CASE("long texts and arrays are shortened") {
  CHECK(shown(Bytes(100, 'x')) == "\"" + std::string(kShownText, 'x') + "…\"");
  CHECK(shown(Bytes(kShownText, 'x')) == "\"" + std::string(kShownText, 'x') + "\"");
  CHECK(shown(std::vector<std::uint32_t>(11, 7)) == "[7, 7, 7, 7, 7, 7, 7, 7, … 3 more]");
}

TEST_CASE("bytes that are no text show their length only") {
  CHECK(shown(Bytes("\x92\x01\xc0")) == "<3 bytes>");
  CHECK(shown(Bytes("line\nbreak")) == "<10 bytes>");
  CHECK(shown(Bytes("\x1b[2J")) == "<4 bytes>");
  CHECK(shown(Bytes("\xc2\x9b")) == "<2 bytes>");
  CHECK(shown(Bytes("K\xc3")) == "<2 bytes>");
  CHECK(shown(Bytes("Köln \"Ω\"")) == "\"Köln \\\"Ω\\\"\"");
  CHECK(shown(Bytes()) == "\"\"");
  CHECK(shown(SharedBytes()) == "none");
}

TEST_CASE("a secret is printed nowhere, however deep it stands") {
  const chat::Secret secret{"sixteen letters!"};
  CHECK(shown(secret) == "(secret)");
  CHECK(shown(std::optional(secret)) == "(secret)");
  CHECK(shown(std::vector{secret, secret}) == "[(secret), (secret)]");
  const chat::Command open = chat::OpenRoom{"@friends", {"ann", secret}, secret};
  CHECK(describe(open) == "OpenRoom{room=\"@friends\", who={name=\"ann\", person=(secret)}, key=(secret)}");
}

TEST_CASE("a text is never cut within a character") {
  CHECK(shown(Bytes(kShownText - 1, 'x') + "Ω and more") == "\"" + std::string(kShownText - 1, 'x') + "…\"");
}

TEST_CASE("times are printed to the microsecond, whatever their size") {
  CHECK(shown(WallTime{1'700'000'000'000'001}) == "1700000000.000001");
  CHECK(shown(WallTime{-1}) == "-0.000001");
  CHECK(shown(WallTime{std::numeric_limits<std::int64_t>::min()}) == "-9223372036854.775808");
  CHECK(shown(Duration(1500)) == "1500us");
  CHECK(shown(Duration(50ms)) == "50ms");
}

}  // namespace gavel::wire
