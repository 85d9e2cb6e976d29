#include <catch2/catch.hpp>
#include <limits>

#include "node/services/records.hpp"
#include "tests/unit/services_driver.hpp"

namespace gavel {
namespace {

using namespace likes;

struct House : Driver<LikesPlay> {
  Liked like(const std::string& thing, std::uint32_t count = 1) { return expect<Liked>(Like{thing, count}); }
  std::uint64_t count(const std::string& thing) const { return ask<Counts>(AskCount{thing}).counts.at(0).total; }
};

struct Header {
  std::uint64_t things = 0;
  GAVEL_FIELDS(things);
};

/// A snapshot with these counts, in this order, whatever they are.
Bytes snapshot_of(const std::vector<Count>& counts) {
  Bytes snapshot;
  append_record(snapshot, wire::encode(SnapshotHead{Digest{5}}));
  append_record(snapshot, wire::encode(Header{counts.size()}));
  for (const auto& each : counts) append_record(snapshot, wire::encode(each));
  return snapshot;
}

}  // namespace

TEST_CASE("a count is the sum of the likes") {
  House house;
  CHECK(house.like("lot-7").total == 1);
  CHECK(house.like("lot-7", 3).total == 4);
  CHECK(house.like("lot-8", 10).total == 10);
  CHECK(house.like("lot-7", 2).total == 6);
  CHECK(house.count("lot-7") == 6);
  CHECK(house.count("lot-9") == 0);
}

TEST_CASE("each new count goes to the thing's topic, and stands for those before it") {
  House house;
  Events pushed;
  house.machine.apply({Slot{1}, house.now, {}, {}}, wire::encode_any(Command{Like{"lot-7.2", 3}}), pushed);
  REQUIRE(pushed.size() == 1);
  CHECK(pushed[0].topic == "lot-7.2");
  CHECK(pushed[0].replaces);
  const auto told = std::get<Counted>(wire::decode_any<Event>(pushed[0].body).value());
  CHECK(told.thing == "lot-7.2");
  CHECK(told.total == 3);
}

TEST_CASE("a thing is an item or an auction, by the one id that it has") {
  House house;
  for (const char* thing : {"lot-7", "a", "lot-7.2", "lot-7.10", "lot-7.4294967295"})
    CHECK(house.like(thing).verdict == Verdict::counted);
  house.events.clear();
  for (const char* thing : {"", "Lot", "lot 7", ".", "lot-7.", ".2", "lot-7.1", "lot-7.0", "lot-7.02", "lot-7.2.3",
                            "lot-7.x", "lot-7.-2", "lot-7.4294967296", "lot-7.2 ", "@friends", "a\nb"})
    CHECK(house.like(thing).verdict == Verdict::bad_thing);
  CHECK(house.like(std::string(33, 'x')).verdict == Verdict::bad_thing);
  CHECK(house.like("Lot").message ==
        "'Lot' is neither an item nor an auction: lot-7, or lot-7.2 for its second auction");
  CHECK(house.events.empty());
}

TEST_CASE("one likes a thing 1 to 1,000,000 times at once") {
  House house;
  CHECK(house.like("lot-7", kMostAtOnce).total == kMostAtOnce);
  for (const std::uint32_t count : {0U, kMostAtOnce + 1, std::numeric_limits<std::uint32_t>::max()}) {
    const auto refused = house.like("lot-7", count);
    CHECK(refused.verdict == Verdict::bad_count);
    CHECK(refused.total == kMostAtOnce);
  }
  CHECK(house.like("lot-7", 0).message == "0 likes at once are not taken, 1 to 1000000 are");
}

TEST_CASE("a count that would overflow is refused, and stays what it is") {
  House house;
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  REQUIRE(house.machine.restore(snapshot_of({{"lot-7", kMost - 2}})).has_value());
  const auto refused = house.like("lot-7", 3);
  CHECK(refused.verdict == Verdict::limit_exceeded);
  CHECK(refused.total == kMost - 2);
  CHECK(refused.message == "lot-7 has 18446744073709551613 likes, and room for 2 more");
  CHECK(house.events.empty());
  CHECK(house.like("lot-7", 2).total == kMost);
}

TEST_CASE("a bounded number of things has likes") {
  House house;
  for (std::size_t i = 0; i < kMaxThings; ++i) {
    house.events.clear();
    REQUIRE(house.like("t" + std::to_string(i)).verdict == Verdict::counted);
  }
  CHECK(house.like("one-more").verdict == Verdict::limit_exceeded);
  CHECK(house.like("t0").total == 2);
}

TEST_CASE("counts are read in pages") {
  House house;
  for (std::size_t i = 0; i < kPage + 1; ++i) house.like("t" + std::to_string(10'000 + i));
  const auto first = house.ask<Counts>(AskCounts{});
  CHECK(first.counts.size() == kPage);
  CHECK(first.next == "t11024");
  const auto second = house.ask<Counts>(AskCounts{*first.next});
  CHECK(second.counts.size() == 1);
  CHECK_FALSE(second.next.has_value());
}

TEST_CASE("likes go on from their snapshot as if nothing had been, and refuse one that is none") {
  House house;
  house.like("lot-7", 3);
  house.like("lot-8", 4);
  const Bytes good = house.machine.snapshot();
  House other;
  REQUIRE(other.machine.restore(good).has_value());
  CHECK(other.shown() == house.shown());
  CHECK(other.machine.digest() == house.machine.digest());
  CHECK(other.machine.snapshot() == good);
  for (std::size_t length = 0; length < good.size(); ++length)
    REQUIRE_FALSE(other.machine.restore(BytesView(good).substr(0, length)).has_value());
  CHECK_FALSE(other.machine.restore(good + "x").has_value());
  CHECK_FALSE(other.machine.restore(snapshot_of({{"b", 1}, {"a", 1}})).has_value());
  CHECK_FALSE(other.machine.restore(snapshot_of({{"a", 1}, {"a", 1}})).has_value());
  CHECK_FALSE(other.machine.restore(snapshot_of({{"A", 1}})).has_value());
  CHECK_FALSE(other.machine.restore(snapshot_of({{"a", 0}})).has_value());
  CHECK(other.machine.snapshot() == good);
  house.slot = other.slot = Slot{9};
  house.like("lot-7");
  other.like("lot-7");
  CHECK(other.machine.digest() == house.machine.digest());
}

TEST_CASE("what is no command or question of the likes is refused in words") {
  House house;
  const auto before = house.machine.digest();
  const auto reply = wire::decode_any<Reply>(house.bytes("garbage"));
  CHECK(std::get<Refused>(reply.value()).message.starts_with("not a command of the likes: "));
  CHECK(house.machine.digest() != before);
  const auto answer = wire::decode_any<Answer>(house.machine.query("garbage"));
  CHECK(std::get<Refused>(answer.value()).message.starts_with("not a question to the likes: "));
}

}  // namespace gavel
