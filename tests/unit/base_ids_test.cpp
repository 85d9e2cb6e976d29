#include <catch2/catch.hpp>
#include <type_traits>
#include <unordered_set>

#include "common/base/ids.hpp"

namespace gavel {
namespace {

static_assert(!std::is_convertible_v<Slot, BatchNumber> && !std::is_constructible_v<Slot, BatchNumber>);
static_assert(!std::is_convertible_v<Uid, Incarnation> && !std::is_constructible_v<Uid, Incarnation>);
static_assert(!std::is_convertible_v<Uid, std::uint64_t>);
static_assert(sizeof(Uid) == 8 && std::is_trivially_copyable_v<Uid>);

TEST_CASE("uids compare as unsigned numbers, the priority first") {
  const Uid low{0x0000ffffffffffffULL};
  const Uid high{0x8000000000000000ULL};
  CHECK(high > low);
  CHECK(priority_of(low) == 0);
  CHECK(priority_of(high) == 0x8000);
}

TEST_CASE("zero is no identity and no position") {
  CHECK_FALSE(Uid{});
  CHECK(Uid{1});
  CHECK_FALSE(Slot{});
  CHECK(Slot{}.next());
}

TEST_CASE("positions step by one and stop before the first") {
  CHECK(Slot{4}.next() == Slot{5});
  CHECK(Slot{4}.prev() == Slot{3});
  CHECK(Slot{}.prev() == Slot{});
  Slot slot{7};
  CHECK(++slot == Slot{8});
  CHECK(slot + 2 == Slot{10});
}

TEST_CASE("the distance between positions is never negative") {
  CHECK(Slot{9}.since(Slot{4}) == 5);
  CHECK(Slot{4}.since(Slot{9}) == 0);
  CHECK(Slot{4}.since(Slot{4}) == 0);
}

TEST_CASE("ids and positions are keys of hashed containers") {
  const std::unordered_set<Uid> uids{{1}, {2}, {1}};
  const std::unordered_set<Slot> slots{{1}, {2}, {1}};
  CHECK(uids.size() == 2);
  CHECK(slots.size() == 2);
}

}  // namespace
}  // namespace gavel
