#include <catch2/catch.hpp>

#include "common/wire/limits.hpp"
#include "common/wire/msgpack.hpp"

namespace gavel::wire {
namespace {

std::string refusal_of(const Bytes& bytes, Limits limits = {}) {
  const auto document = Document::parse(bytes, limits);
  return document ? "accepted" : document.error().message;
}

}  // namespace

TEST_CASE("every value that we use is read as what it is") {
  const Bytes bytes("\x98\xc0\xc2\xc3\x05\xff\xc4\x02hi\x90\x92\x01\x02", 14);
  const auto document = Document::parse(bytes);
  REQUIRE(document);
  const auto root = document->root();
  REQUIRE(root.elements() == 8);
  CHECK(root[0].is_nil());
  CHECK(root[1].boolean() == false);
  CHECK(root[2].boolean() == true);
  CHECK(root[3].number() == 5);
  CHECK(root[3].signed_number() == 5);
  CHECK(root[4].signed_number() == -1);
  CHECK_FALSE(root[4].number());
  CHECK(root[5].bin() == "hi");
  CHECK(root[6].elements() == 0);
  CHECK(root[7][1].number() == 2);
  CHECK(root[5].found() == "2 bytes");
}

TEST_CASE("what we do not use is refused, and the byte where reading stopped is named") {
  CHECK(refusal_of("\x91\xa2hi") == "at byte 3: a text string (str); text is sent as a byte string (bin)");
  CHECK(refusal_of("\x91\xa0").find("at byte 1: a text string") == 0);
  CHECK(refusal_of(Bytes("\x91\xca\0\0\0\0", 6)).find("at byte 5: a floating-point number") == 0);
  CHECK(refusal_of(Bytes("\x91\xcb\0\0\0\0\0\0\0\0", 10)).find("at byte 9: a floating-point number") == 0);
  CHECK(refusal_of("\x81\x01\x01") == "at byte 0: a map; only arrays are used");
  CHECK(refusal_of("\x91\x80") == "at byte 1: a map; only arrays are used");
  CHECK(refusal_of("\x91\xd4\x01\x01") == "at byte 3: an extension; they are not used");
  CHECK(refusal_of("\x91\xc7\x01\x01\x01") == "at byte 4: an extension; they are not used");
  CHECK(refusal_of("\x91\xc1") == "at byte 1: a byte that begins no value");
}

TEST_CASE("bytes that end too early, or go on, are refused") {
  CHECK(refusal_of("") == "no bytes where a message was expected");
  CHECK(refusal_of("\x92\x01") == "at byte 0: an array of 2, for which too few bytes follow");
  CHECK(refusal_of("\x92\xcd\x01") == "at byte 2: the end, too early");
  CHECK(refusal_of("\x91\xc4\x05hi").find("the end, too early") != std::string::npos);
  CHECK(refusal_of("\x01\x02\x03") == "2 bytes follow the message; none may");
}

TEST_CASE("a header that claims more than follows is refused at the header") {
  CHECK(refusal_of("\xdd\xff\xff\xff\xff") == "at byte 4: an array of 4294967295, at most 65536 are allowed");
  CHECK(refusal_of(Bytes("\xdd\x00\x01\x00\x00", 5)) == "at byte 4: an array of 65536, for which too few bytes follow");
  CHECK(refusal_of("\xc6\xff\xff\xff\xff").find("the end, too early") != std::string::npos);
}

TEST_CASE("all arrays together cannot have more elements than the input has bytes") {
  // Each of the inner headers could be true by itself.
  CHECK(refusal_of(Bytes("\x92\x92\x92\x92\x01\x01", 6)).find("too few bytes follow") != std::string::npos);
}

TEST_CASE("arrays nest as deep as the limit and no deeper") {
  const auto nested = [](std::size_t depth) { return Bytes(depth, '\x91') + '\x01'; };
  CHECK(refusal_of(nested(kMaxDepth)) == "accepted");
  CHECK(refusal_of(nested(kMaxDepth + 1)) == "at byte 16: arrays nested deeper than 16");
}

TEST_CASE("an array has as many elements as the limit and no more") {
  const auto array = [](std::size_t elements) {
    Bytes out;
    Writer(out).array(elements);
    return out + Bytes(elements, '\x01');
  };
  CHECK(refusal_of(array(10), {10, 100}) == "accepted");
  CHECK(refusal_of(array(11), {10, 100}).find("at most 10 are allowed") != std::string::npos);
  CHECK(refusal_of(array(11), {20, 12}) == "accepted");
  CHECK(refusal_of(array(12), {20, 12}).find("more than 12 values") != std::string::npos);
  CHECK(refusal_of(array(kMaxArrayElements + 1), kAtRest) == "accepted");
}

}  // namespace gavel::wire
