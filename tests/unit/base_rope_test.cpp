#include <catch2/catch.hpp>

#include "common/base/digest.hpp"
#include "common/base/rope.hpp"

namespace gavel {
namespace {

Rope cut_into(const std::vector<Bytes>& parts) {
  Rope rope;
  for (const auto& part : parts) rope.append(part);
  return rope;
}

const Rope kCut = cut_into({"one", "", "two", "three"});

TEST_CASE("a rope is its bytes, however they are cut") {
  CHECK(kCut.size() == 11);
  CHECK(kCut.pieces().size() == 3);
  CHECK(kCut == Rope(Bytes("onetwothree")));
  CHECK_FALSE(kCut == Rope(Bytes("onetwothreE")));
  CHECK(digest_of_rope(kCut) == digest_of("onetwothree"));
  CHECK(digest_of_rope(Digest{7}, kCut) == digest_of(Digest{7}, "onetwothree"));
}

TEST_CASE("a rope of no bytes has no pieces, whatever it was made of") {
  CHECK(Rope().empty());
  CHECK(Rope(SharedBytes()).pieces().empty());
  CHECK(Rope(Bytes()).pieces().empty());
  CHECK(Rope().joined()->empty());
  CHECK(digest_of_rope({}) == digest_of(""));
}

TEST_CASE("any part of a rope can be copied") {
  const Bytes whole = "onetwothree";
  for (std::size_t from = 0; from <= whole.size(); ++from)
    for (std::size_t length = 0; length <= whole.size() + 1; ++length)
      CHECK(kCut.slice(from, length) == whole.substr(from, length));
}

TEST_CASE("one piece is its own whole") {
  const auto piece = share("piece");
  CHECK(Rope(piece).joined() == piece);
}

}  // namespace
}  // namespace gavel
