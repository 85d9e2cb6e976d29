#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "common/store/durable_store.hpp"
#include "tests/unit/store_directory.hpp"
#include "tests/unit/store_scenario.hpp"

namespace gavel::store {
namespace {

DurableOptions small(std::uint64_t segment_blocks = 4, std::uint64_t log_segments = 6) {
  DurableOptions options;
  options.segment_bytes = segment_blocks * kBlock;
  options.log_bytes = log_segments * options.segment_bytes;
  options.carry_bytes = kBlock;
  return options;
}

Operation append(std::uint64_t group, std::uint64_t slot, std::size_t size) {
  return {Operation::Kind::append, GroupId{group}, Slot{slot}, true,
          share(Bytes(size, static_cast<char>('a' + slot % 26)))};
}
Operation snapshot(std::uint64_t group, std::uint64_t slot, std::size_t size) {
  return {Operation::Kind::snapshot, GroupId{group}, Slot{slot}, true, share(Bytes(size, 's'))};
}

Result<Image> recovered(const std::string& directory, DurableOptions options = small()) {
  DurableStore store(directory, options);
  return store.recover();
}

void put(DurableStore& store, const std::vector<Operation>& operations) {
  const auto written = store.write(operations);
  REQUIRE(written);
  const auto synced = store.sync();
  INFO((synced ? "" : synced.error().message));
  REQUIRE(synced);
}

}  // namespace

TEST_CASE("a new store is empty, and the log of an old node must be there") {
  const Directory directory;
  auto options = small();
  options.must_exist = true;
  {
    DurableStore store(directory.path() + "/log", options);
    REQUIRE_FALSE(store.recover());
    CHECK(store.condition() == Condition::damaged);
  }
  const auto image = recovered(directory.path() + "/log");
  REQUIRE(image);
  CHECK(image->empty());
  CHECK(recovered(directory.path() + "/log", options));
}

TEST_CASE("P6 durability: whatever was synced is there after a restart, over segments that are recycled and carried") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    const Directory directory;
    Scenario scenario(seed,
                      {.snapshot_bytes = seed % 3 == 0 ? 40000 : 2000, .snapshots = seed % 2 == 0 ? 0.03 : 0.005});
    for (int life = 0; life < 8; ++life) {
      DurableStore store(directory.path(), small());
      const auto image = store.recover();
      INFO((image ? "" : image.error().message));
      REQUIRE(image);
      REQUIRE(same(*image, scenario.image()));
      CHECK(store.take_notes().empty());
      for (int round = 0; round < 60; ++round) {
        put(store, scenario.round());
        if (scenario.random().chance(0.1)) REQUIRE(store.idle());
      }
    }
  }
}

TEST_CASE("P10 boundedness: a group that never snapshots does not pin the segments of the others") {
  const Directory directory;
  const auto options = small(16, 8);
  DurableStore store(directory.path(), options);
  REQUIRE(store.recover());
  Image image;
  for (std::uint64_t slot = 1; slot <= 3000; ++slot) {
    std::vector<Operation> round{append(1, slot, 300)};
    if (slot % 100 == 1) round.push_back(append(2, slot / 100 + 1, 200));
    if (slot % 50 == 0) round.push_back(snapshot(1, slot, 1000));
    for (const auto& operation : round) apply_to(image, operation);
    put(store, round);
    if (slot % 64 == 0) REQUIRE(store.idle());
    CHECK(store.log_bytes() <= options.log_bytes + 2 * options.segment_bytes);
    CHECK(store.log_bytes() + store.spare_bytes() <= 2 * options.log_bytes + 4 * options.segment_bytes);
  }
  const auto again = recovered(directory.path(), options);
  REQUIRE(again);
  CHECK(same(*again, image));
}

TEST_CASE("P10 boundedness: the log of what is live grows to about three times that, and no further") {
  const Directory directory;
  const auto options = small(16, 4);
  DurableStore store(directory.path(), options);
  REQUIRE(store.recover());
  Image image;
  std::uint64_t live = 0;
  for (std::uint64_t slot = 1; slot <= 2000; ++slot) {
    const auto operation = append(1, slot, 1000);
    live += 1032;
    apply_to(image, operation);
    put(store, {operation});
    CHECK(store.log_bytes() <= std::max(options.log_bytes, 3 * live) + 2 * options.segment_bytes);
  }
  const auto again = recovered(directory.path(), options);
  REQUIRE(again);
  CHECK(same(*again, image));
}

TEST_CASE("a snapshot larger than a segment gets one of its own, which goes when it is no longer needed") {
  const Directory directory;
  DurableStore store(directory.path(), small());
  REQUIRE(store.recover());
  put(store, {append(1, 1, 10), snapshot(1, 1, 1000000), append(1, 2, 10)});
  CHECK(recovered(directory.path())->at(GroupId{1}).snapshot.size() == 1000000);
  put(store, {snapshot(1, 2, 10)});
  put(store, {append(1, 3, 10)});
  REQUIRE(store.idle());
  CHECK(store.log_bytes() + store.spare_bytes() < 20 * kBlock);
}

TEST_CASE("bytes in more pieces than one system call takes are read back as one") {
  const Directory directory;
  Rope pieces;
  for (std::size_t i = 0; i < 3000; ++i) pieces.append(Bytes(i % 50, static_cast<char>(i)));
  {
    DurableStore store(directory.path(), small());
    REQUIRE(store.recover());
    put(store, {{Operation::Kind::snapshot, GroupId{1}, Slot{1}, true, pieces}, append(1, 2, 10)});
  }
  CHECK(recovered(directory.path())->at(GroupId{1}).snapshot == pieces);
}

TEST_CASE("many operations make one round, and a round may have more parts than one system call takes") {
  const Directory directory;
  Image image;
  std::vector<Operation> many;
  for (std::uint64_t slot = 1; slot <= 5000; ++slot) {
    many.push_back(append(1 + slot % 5, (slot + 4) / 5, 20));
    apply_to(image, many.back());
  }
  {
    DurableStore store(directory.path(), small());
    REQUIRE(store.recover());
    put(store, many);
  }
  const auto again = recovered(directory.path());
  REQUIRE(again);
  CHECK(same(*again, image));
}

TEST_CASE("a failed write or sync stops the store for good, in the same words, and a restart serves what was synced") {
  const Directory directory;
  Faults faults;
  auto options = small();
  options.faults = &faults;
  Image image;
  {
    DurableStore store(directory.path(), options);
    REQUIRE(store.recover());
    put(store, {append(1, 1, 10)});
    apply_to(image, append(1, 1, 10));
    SECTION("the disk is full") {
      faults.writable_bytes = 0;
      faults.error = ENOSPC;
    }
    SECTION("a sync fails") { faults.sync_fails = true; }
    REQUIRE(store.write(std::vector{append(1, 2, 10)}));
    const auto failed = store.sync();
    REQUIRE_FALSE(failed);
    CHECK(store.condition() == Condition::failed);
    faults = {};
    CHECK(store.write(std::vector{append(1, 2, 10)}).error().message == failed.error().message);
    CHECK(store.sync().error().message == failed.error().message);
    CHECK(store.idle().error().message == failed.error().message);
  }
  DurableStore store(directory.path(), options);
  const auto again = store.recover();
  REQUIRE(again);
  const auto& records = again->at(GroupId{1}).records;
  CHECK((records.size() == 1 || records.size() == 2));  // a failed sync says nothing about what reached the disk
  CHECK(records[0].second == image.at(GroupId{1}).records[0].second);
}

TEST_CASE("a real limit of the file system is an error with its reason, and nothing synced is lost") {
  const Directory directory;
  const auto child = ::fork();
  if (child == 0) {  // the limit holds for this process alone
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{64 * kBlock, 64 * kBlock};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    DurableStore store(directory.path(), small());
    bool good = store.recover() && store.write(std::vector{append(1, 1, 10)}) && store.sync();
    good = good && store.write(std::vector{snapshot(1, 1, 100 * kBlock)});
    const auto failed = store.sync();
    good = good && !failed && failed.error().message.find("File too large") != std::string::npos;
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  const auto again = recovered(directory.path());
  REQUIRE(again);
  CHECK(again->at(GroupId{1}).records.size() == 1);
}

TEST_CASE("a store that gets no thread makes its segments itself") {
  const Directory directory;
  const auto child = ::fork();
  if (child == 0) {  // the limit holds for this process alone, and for no superuser
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && (::chown(directory.path().c_str(), kNobody, kNobody) != 0 || ::setuid(kNobody) != 0))
      ::_exit(1);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_NPROC, &none);
    DurableStore store(directory.path(), small());
    bool good = store.recover().has_value();
    for (std::uint64_t slot = 1; slot <= 30; ++slot)
      good = good && store.write(std::vector{append(1, slot, 10)}) && store.sync();
    ::_exit(good && store.idle() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  const auto again = recovered(directory.path());
  REQUIRE(again);
  CHECK(again->at(GroupId{1}).records.size() == 30);
}

TEST_CASE("a damaged log is set aside whole, and a new one begins") {
  const Directory directory;
  const auto log = directory.path() + "/log";
  {
    DurableStore store(log, small());
    REQUIRE(store.recover());
    put(store, {append(1, 1, 10)});
  }
  const auto aside = set_aside(log);
  REQUIRE(aside);
  CHECK(recovered(*aside)->size() == 1);
  CHECK(recovered(log)->empty());
  REQUIRE(set_aside(log));
}

}  // namespace gavel::store
