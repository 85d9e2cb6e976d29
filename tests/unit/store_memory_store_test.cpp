#include <catch2/catch.hpp>

#include "common/store/image.hpp"
#include "common/store/memory_store.hpp"

namespace gavel::store {
namespace {

constexpr GroupId kGroup{7};
using Kind = Operation::Kind;

Operation append(std::uint64_t slot, Bytes bytes) {
  return {Kind::append, kGroup, Slot{slot}, true, share(std::move(bytes))};
}
Operation meta(Bytes bytes) { return {Kind::meta, kGroup, {}, true, share(std::move(bytes))}; }
Operation cut(std::uint64_t slot) { return {Kind::cut_tail, kGroup, Slot{slot}, true, {}}; }
Operation snapshot(std::uint64_t slot, Bytes bytes, bool keep_tail) {
  return {Kind::snapshot, kGroup, Slot{slot}, keep_tail, share(std::move(bytes))};
}

Image image_of(const std::vector<Operation>& operations) {
  Image image;
  for (const auto& operation : operations) apply_to(image, operation);
  return image;
}

void put(MemoryStore& store, const std::vector<Operation>& operations) { REQUIRE(store.write(operations)); }

}  // namespace

TEST_CASE("a snapshot replaces the records that it covers and keeps the tail when asked to") {
  const std::vector<Operation> base{append(1, "a"), append(2, "b"), append(3, "c")};
  auto kept = base;
  kept.push_back(snapshot(2, "S", true));
  const auto with_tail = image_of(kept).at(kGroup);
  CHECK(with_tail.snapshot_slot == Slot{2});
  REQUIRE(with_tail.records.size() == 1);
  CHECK(with_tail.records[0].second == Bytes("c"));

  auto replaced = base;
  replaced.push_back(snapshot(2, "S", false));
  CHECK(image_of(replaced).at(kGroup).records.empty());
  CHECK(image_of(replaced).at(kGroup).last() == Slot{2});
}

TEST_CASE("a snapshot ahead of the log leaves nothing of it, and appends go on after it") {
  const auto group = image_of({append(1, "a"), snapshot(9, "S", true), append(10, "j")}).at(kGroup);
  REQUIRE(group.records.size() == 1);
  CHECK(group.records[0].first == Slot{10});
}

TEST_CASE("a removed group leaves nothing, not its meta record either") {
  CHECK(image_of({meta("m"), append(1, "a"), {Kind::remove, kGroup, {}, true, {}}}).empty());
}

TEST_CASE("P6 durability: a crash takes nothing that was synced, and only from the end of what was not") {
  const std::vector<Operation> synced{meta("m"), append(1, "a"), append(2, "b")};
  const std::vector<Operation> written{cut(1), append(2, "B"), append(3, "C")};
  bool all = false;
  bool none = false;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    MemoryStore store;
    put(store, synced);
    REQUIRE(store.sync());
    put(store, written);
    Random random(seed);
    store.crash(random);
    const auto recovered = store.recover();
    REQUIRE(recovered);
    bool is_prefix = false;
    for (std::size_t n = 0; n <= written.size(); ++n) {
      auto operations = synced;
      operations.insert(operations.end(), written.begin(), written.begin() + static_cast<std::ptrdiff_t>(n));
      if (!same(*recovered, image_of(operations))) continue;
      is_prefix = true;
      all = all || n == written.size();
      none = none || n == 0;
    }
    CHECK(is_prefix);
  }
  CHECK(all);
  CHECK(none);
}

TEST_CASE("a full disk and a failed sync stick until the restart") {
  MemoryStore store;
  put(store, {append(1, "a")});
  store.fail_next_sync();
  const auto failed = store.sync();
  REQUIRE_FALSE(failed);
  CHECK(store.condition() == Condition::failed);
  const auto later = store.write(std::vector{append(2, "b")});
  REQUIRE_FALSE(later);
  CHECK(later.error().message == failed.error().message);
  CHECK_FALSE(store.sync());
  REQUIRE(store.recover());
  CHECK(store.condition() == Condition::healthy);

  store.set_full(true);
  CHECK_FALSE(store.write(std::vector{append(1, "a")}));
  store.set_full(false);
  CHECK_FALSE(store.sync());
  REQUIRE(store.recover());
  CHECK(store.sync());
}

TEST_CASE("damage is reported and not served") {
  MemoryStore store;
  put(store, {append(1, "a")});
  REQUIRE(store.sync());
  store.damage();
  CHECK_FALSE(store.recover());
  CHECK(store.condition() == Condition::damaged);
  store.erase();
  REQUIRE(store.recover());
  CHECK(store.synced().empty());
}

}  // namespace gavel::store
