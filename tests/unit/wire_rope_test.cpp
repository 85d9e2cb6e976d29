#include <algorithm>
#include <catch2/catch.hpp>

#include "common/wire/codec.hpp"

namespace gavel {
namespace {

struct Nested {
  std::uint64_t number = 0;
  Rope state;
  std::uint64_t more = 0;
  GAVEL_FIELDS(number, state, more);
};

TEST_CASE("a message that is encoded with its pieces shared is the same, byte for byte") {
  const auto piece = share(Bytes(100'000, 'p'));
  const Nested inner{1, piece, 2};
  const Nested outer{3, wire::encode_shared(inner), 4};
  const auto rope = wire::encode_shared(outer);
  CHECK(rope == Rope(wire::encode(outer)));
  CHECK(std::count(rope.pieces().begin(), rope.pieces().end(), piece) == 1);
  const auto read = wire::decode<Nested>(*rope.joined());
  REQUIRE(read);
  CHECK(wire::decode<Nested>(*read->state.joined())->state == Rope(piece));
}

}  // namespace
}  // namespace gavel
