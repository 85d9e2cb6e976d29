// Files that are changed or cut short under a running store: it goes on or fails, and never breaks; and whatever a
// later start serves is what had been synced, or it is called damaged.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/base/random.hpp"
#include "common/store/durable_store.hpp"
#include "common/store/image.hpp"
#include "tests/unit/store_directory.hpp"

namespace gavel::store {
namespace {

namespace fs = std::filesystem;

/// Small, so that segments are recycled and live records carried forward within a few rounds.
DurableOptions small() {
  DurableOptions options;
  options.segment_bytes = 4 * kBlock;
  options.log_bytes = 8 * kBlock;
  return options;
}

/// One round of two groups: one that keeps its promise for ever, and one that appends and makes snapshots.
std::vector<Operation> round_of(std::uint64_t round) {
  const SharedBytes bytes = share(Bytes(1500, static_cast<char>('a' + round % 26)));
  std::vector<Operation> operations{{Operation::Kind::append, {2}, Slot{round}, true, bytes}};
  if (round == 1) operations.push_back({Operation::Kind::meta, {1}, {}, true, share("a promise for ever")});
  if (round % 7 == 0) operations.push_back({Operation::Kind::snapshot, {2}, Slot{round}, true, bytes});
  return operations;
}

void hurt(const std::string& directory, Random& random) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  const auto& file = files[random.next() % files.size()];
  const auto size = fs::file_size(file);
  if (size == 0) return;
  if (random.chance(0.5)) {
    fs::resize_file(file, random.next() % size);
    return;
  }
  std::fstream io(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto at = static_cast<std::streamoff>(random.next() % size);
  io.seekg(at);
  const char was = static_cast<char>(io.get());
  io.seekp(at);
  io.put(static_cast<char>(was ^ 0x10));
}

TEST_CASE("a store whose files are hurt under it goes on or fails, and forgets nothing in silence") {
  int failed = 0;
  int found_later = 0;
  int unharmed = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    const Directory scratch;
    const auto directory = scratch.path() + "/log";
    Random random(seed);
    Image synced;
    bool fails = false;
    {
      DurableStore store(directory, small());
      REQUIRE(store.recover());
      const auto hurt_at = static_cast<std::uint64_t>(random.between(5, 60));
      for (std::uint64_t round = 1; round <= 80 && !fails; ++round) {
        const auto operations = round_of(round);
        fails = !store.write(operations) || !store.sync();
        if (!fails)
          for (const auto& operation : operations) apply_to(synced, operation);
        if (!fails && round % 10 == 0) fails = !store.idle();
        if (round == hurt_at) hurt(directory, random);
      }
    }
    DurableStore again(directory, small());
    const auto kept = again.recover();
    failed += fails ? 1 : 0;
    if (kept) {
      // A round that failed may be there all the same: it was never said to be durable.
      if (!fails) CHECK(same(*kept, synced));
      CHECK(kept->at(GroupId{1}).meta == "a promise for ever");
      CHECK(kept->at(GroupId{2}).last() >= synced.at(GroupId{2}).last());
      ++unharmed;
    } else {
      CHECK(again.condition() == Condition::damaged);
      ++found_later;
    }
  }
  CHECK(found_later > 20);
  CHECK(unharmed > 20);
}

}  // namespace
}  // namespace gavel::store
