#include <catch2/catch.hpp>

#include "common/base/digest.hpp"

namespace gavel {
namespace {

TEST_CASE("a digest is never the one that stands for none") {
  CHECK(digest_of(""));
  CHECK(digest_of(Digest{}, ""));
}

TEST_CASE("equal bytes have equal digests, and one flipped bit shows") {
  CHECK(digest_of("a bid") == digest_of("a bid"));
  CHECK(digest_of("a bid") != digest_of("a bie"));
}

TEST_CASE("a digest is the same on every machine and in every version: it is kept on disk and compared over the wire") {
  CHECK(digest_of("").value == 0x2d06800538d394c2ULL);
}

TEST_CASE("a chain depends on all that came before, and on the order") {
  const Digest first = digest_of("first");
  CHECK(digest_of(first, "second") != digest_of("second"));
  CHECK(digest_of(digest_of("a"), "b") != digest_of(digest_of("b"), "a"));
}

}  // namespace
}  // namespace gavel
