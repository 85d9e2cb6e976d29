#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <functional>

#include "common/store/durable_store.hpp"
#include "common/store/image.hpp"
#include "common/store/memory_store.hpp"
#include "common/store/storage.hpp"
#include "tests/unit/store_directory.hpp"

namespace gavel::store {
namespace {

using namespace std::chrono_literals;

std::vector<Operation> append(std::uint64_t slot, std::size_t size = 1) {
  return {{Operation::Kind::append, GroupId{1}, Slot{slot}, true, share(Bytes(size, 'x'))}};
}

/// What the thread does to its store, seen from outside.
struct Counters {
  std::atomic<int> syncs{0};
  std::atomic<int> idles{0};
};

class CountingStore final : public LogStore {
 public:
  CountingStore(Counters& counters, int failing_sync) : counters_(counters), failing_sync_(failing_sync) {}
  Result<Image> recover() override { return inner_.recover(); }
  Result<void> write(std::span<const Operation> operations) override { return inner_.write(operations); }
  Result<void> sync() override {
    if (++counters_.syncs == failing_sync_) inner_.fail_next_sync();
    return inner_.sync();
  }
  Result<void> idle() override {
    ++counters_.idles;
    return {};
  }
  Condition condition() const override { return inner_.condition(); }

 private:
  Counters& counters_;
  const int failing_sync_;
  MemoryStore inner_;
};

/// A store on disk that tells how its syncs were made.
class WatchedStore final : public LogStore {
 public:
  explicit WatchedStore(DurableStore& inner) : inner_(inner) {}
  Result<Image> recover() override { return inner_.recover(); }
  Result<void> write(std::span<const Operation> operations) override { return inner_.write(operations); }
  Result<void> sync() override {
    ++synced;
    return inner_.sync();
  }
  std::optional<DirectWrite> begin_sync() override {
    auto wanted = inner_.begin_sync();
    begun += wanted ? 1 : 0;
    if (wanted && spoil) spoil(*wanted);
    return wanted;
  }
  Result<void> end_sync() override {
    ++ended;
    return inner_.end_sync();
  }
  Result<void> idle() override {
    ++idles;
    return inner_.idle();
  }
  Condition condition() const override { return inner_.condition(); }
  std::uint64_t written_bytes() const override { return inner_.written_bytes(); }
  std::vector<std::string> take_notes() override { return inner_.take_notes(); }

  std::atomic<int> begun{0}, ended{0}, synced{0}, idles{0};
  std::function<void(DirectWrite&)> spoil;

 private:
  DurableStore& inner_;
};

/// Whether files there can be written past the kernel's cache, so that a device has its say.
bool has_direct_writes(const std::string& directory) {
  const int fd = ::open((directory + "/probe").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_DIRECT, 0600);
  if (fd < 0) return false;
  const bool taken = ::pwrite(fd, "unaligned", 9, 1) >= 0;  // by a file system in memory
  ::close(fd);
  return !taken;
}

/// A node's storage on disk, and what can be seen of it. Where no file can be written past the cache there is nothing
/// of direct writes to be seen: `direct` is false.
class OnDisk {
 public:
  explicit OnDisk(DurableOptions options = {}) : options_(options), disk_(directory_.path() + "/log", options) {
    auto watched = std::make_unique<WatchedStore>(disk_);
    REQUIRE(watched->recover());
    store = watched.get();
    storage.emplace(std::move(watched), StorageOptions{.patience = 10s, .idle_after = 20ms});
    direct = has_direct_writes(directory_.path());
    if (!direct) WARN("no writes past the kernel's cache in " + directory_.path());
  }
  /// What is there after the end of this life.
  Image found_again() {
    storage.reset();
    DurableStore again(directory_.path() + "/log", options_);
    auto image = again.recover();
    REQUIRE(image);
    return *std::move(image);
  }

 private:
  Directory directory_{Directory::on_disk()};
  DurableOptions options_;
  DurableStore disk_;

 public:
  WatchedStore* store = nullptr;
  std::optional<Storage> storage;
  bool direct = false;
};

std::unique_ptr<LogStore> counting(Counters& counters, int failing_sync = 0) {
  return std::make_unique<CountingStore>(counters, failing_sync);
}

/// Collects until `enough` says so, at most 10 s.
template <class Enough>
Storage::Report collect_until(Storage& storage, Enough enough) {
  Storage::Report all;
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!enough(all) && std::chrono::steady_clock::now() < deadline) {
    pollfd poll{storage.readable_fd(), POLLIN, 0};
    if (::poll(&poll, 1, 100) <= 0) continue;
    auto part = storage.collect();
    all.durable.insert(all.durable.end(), part.durable.begin(), part.durable.end());
    all.failure = part.failure;
    all.syncs += part.syncs;
    all.direct += part.direct;
    all.bytes += part.bytes;
  }
  return all;
}

}  // namespace

TEST_CASE("tickets come back in the order of submission, and many share a sync") {
  Counters counters;
  Storage storage(counting(counters), {.sync_delay = 2ms});
  for (std::uint64_t i = 1; i <= 200; ++i) REQUIRE(storage.submit(i, append(i)));
  const auto report = collect_until(storage, [](const auto& r) { return r.durable.size() == 200; });
  REQUIRE(report.durable.size() == 200);
  for (std::size_t i = 0; i < 200; ++i) CHECK(report.durable[i] == i + 1);
  CHECK(counters.syncs < 100);
}

TEST_CASE("a store that waits for no device is done when submit() returns, in the order of submission") {
  Storage storage(std::make_unique<MemoryStore>());
  CHECK_FALSE(storage.has_news());
  REQUIRE(storage.submit(1, append(1)));
  REQUIRE(storage.has_news());
  CHECK(storage.collect().durable == std::vector<Ticket>{1});
  CHECK_FALSE(storage.has_news());

  storage.set_sync_delay(2ms);  // a slow disk is the thread's
  REQUIRE(storage.submit(2, append(2)));
  storage.set_sync_delay(0ms);
  REQUIRE(storage.submit(3, append(3)));
  const auto report = collect_until(storage, [](const auto& r) { return r.durable.size() == 2; });
  CHECK(report.durable == std::vector<Ticket>{2, 3});
}

TEST_CASE("a store in memory that fails in submit() is reported as any other") {
  auto store = std::make_unique<MemoryStore>();
  store->fail_next_sync();
  Storage storage(std::move(store));
  REQUIRE(storage.submit(1, append(1)));
  const auto report = storage.collect();
  CHECK(report.durable.empty());
  REQUIRE(report.failure);
}

TEST_CASE("a failed sync is reported, and no ticket ever again") {
  Counters counters;
  Storage storage(counting(counters, 2));
  REQUIRE(storage.submit(1, append(1)));
  CHECK(collect_until(storage, [](const auto& r) { return r.durable.size() == 1; }).durable.size() == 1);
  REQUIRE(storage.submit(2, append(2)));
  auto report = collect_until(storage, [](const auto& r) { return r.failure.has_value(); });
  REQUIRE(report.failure);
  CHECK(report.durable.empty());
  REQUIRE(storage.submit(3, append(3)));
  storage.stop();
  report = storage.collect();
  CHECK(report.durable.empty());
  CHECK(report.failure);
}

TEST_CASE("a full queue refuses and takes again when it has drained") {
  Counters counters;
  Storage storage(counting(counters), {.sync_delay = 20ms, .queue_bytes = 10000, .queue_batches = 4});
  std::uint64_t slot = 0;
  while (storage.submit(slot + 1, append(slot + 1, 4000))) {
    ++slot;
    REQUIRE(slot <= 4);
  }
  collect_until(storage, [&](const auto& r) { return r.durable.size() == slot; });
  CHECK(storage.submit(slot + 1, append(slot + 1, 100000)));
}

TEST_CASE("stop makes everything submitted durable first, and then refuses") {
  Counters counters;
  Storage storage(counting(counters), {.sync_delay = 5ms});
  for (std::uint64_t i = 1; i <= 10; ++i) REQUIRE(storage.submit(i, append(i)));
  storage.stop();
  CHECK(storage.collect().durable.size() == 10);
  CHECK_FALSE(storage.submit(11, append(11)));
}

TEST_CASE("every sync is timed once, and what waits can be asked for") {
  Counters counters;
  Storage storage(counting(counters), {.sync_delay = 20ms});
  for (std::uint64_t i = 1; i <= 10; ++i) REQUIRE(storage.submit(i, append(i)));
  CHECK(storage.queue().batches == 10);
  storage.stop();
  CHECK(storage.queue().batches == 10);
  CHECK(storage.queue().bytes == 0);
  const auto report = storage.collect();
  CHECK(report.syncs.count() == static_cast<std::uint64_t>(counters.syncs));
  CHECK(report.syncs.sum() >= 20ms * report.syncs.count());
  CHECK(storage.queue().batches == 0);
  CHECK(storage.collect().syncs.count() == 0);
}

TEST_CASE("what a sync writes to the disk is counted in whole blocks") {
  Directory directory;
  auto store = std::make_unique<DurableStore>(directory.path() + "/log");
  REQUIRE(store->recover());
  Storage storage(std::move(store));
  REQUIRE(storage.submit(1, append(1, 5000)));
  const auto one = collect_until(storage, [](const auto& r) { return !r.durable.empty(); });
  CHECK(one.bytes >= 5000);
  CHECK(one.bytes % 4096 == 0);
}

TEST_CASE("a sync that is one write is the kernel's, and what it reports is found again") {
  OnDisk disk;
  std::uint64_t direct = 0;
  Image expected;
  for (std::uint64_t i = 1; i <= 300; ++i) {
    const auto operations = append(i, 1 + i * 37 % 5000);
    for (const auto& operation : operations) apply_to(expected, operation);
    REQUIRE(disk.storage->submit(i, operations));
    if (i % 3 == 0)
      direct += collect_until(*disk.storage, [&](const auto& r) {
                  return !r.durable.empty() && r.durable.back() == i;
                }).direct;
  }
  disk.storage->stop();
  CHECK(direct + disk.storage->collect().direct == static_cast<std::uint64_t>(disk.store->ended));
  if (disk.direct) CHECK(disk.store->ended >= 100);
  if (disk.direct) CHECK(disk.store->synced == 0);
  CHECK(same(disk.found_again(), expected));
}

TEST_CASE("what is more than one write is the thread's: large rounds, archives, logs over their bound") {
  DurableOptions small;
  small.segment_bytes = 16 * 4096;
  small.log_bytes = 2 * small.segment_bytes;
  OnDisk disk(small);
  Image expected;
  std::uint64_t ticket = 0;
  const auto put = [&](std::vector<Operation> operations) {
    for (const auto& operation : operations) apply_to(expected, operation);
    REQUIRE(disk.storage->submit(++ticket, std::move(operations)));
    const auto report =
        collect_until(*disk.storage, [&](const auto& r) { return !r.durable.empty() && r.durable.back() == ticket; });
    REQUIRE(report.durable == std::vector<Ticket>{ticket});
  };
  put({{Operation::Kind::meta, GroupId{2}, {}, true, share("kept, wherever the log's end is")}});
  for (std::uint64_t i = 1; i <= 200; ++i) {
    put(append(i, 3000));
    if (i % 20 == 0) put({{Operation::Kind::snapshot, GroupId{1}, Slot{i}, false, share(Bytes(500, 's'))}});
    if (i == 100) put(append(++i, std::size_t{300} << 10U));
  }
  CHECK(disk.store->synced > 0);
  if (disk.direct) CHECK(disk.store->begun > disk.store->synced);
  CHECK(same(disk.found_again(), expected));
}

TEST_CASE("a direct write that is refused or fails is made once more, in the ordinary way") {
  using Spoil = void (*)(DirectWrite&);
  const auto spoil = GENERATE(
      as<Spoil>(), [](DirectWrite& write) { write.fd = -1; },               // refused at once
      [](DirectWrite& write) { write.offset += 1; },                        // no device takes that
      [](DirectWrite& write) { write.offset = std::uint64_t{1} << 62U; });  // no file is that long
  OnDisk disk;
  if (!disk.direct) return;
  disk.store->spoil = spoil;
  REQUIRE(disk.storage->submit(1, append(1)));
  CHECK(collect_until(*disk.storage, [](const auto& r) { return !r.durable.empty(); }).durable.size() == 1);
  CHECK(disk.store->ended == 0);
  CHECK(disk.store->synced == 1);
  REQUIRE(disk.storage->submit(2, append(2)));  // left alone for a while
  CHECK(collect_until(*disk.storage, [](const auto& r) { return !r.durable.empty(); }).durable.size() == 1);
  CHECK(disk.store->begun == 1);
  CHECK(disk.found_again().at(GroupId{1}).records.size() == 2);
}

TEST_CASE("faults that are put in on purpose are met in the ordinary way, where they are final") {
  Faults faults;
  DurableOptions options;
  options.faults = &faults;
  OnDisk disk(options);
  faults.sync_fails = true;
  REQUIRE(disk.storage->submit(1, append(1)));
  const auto report = collect_until(*disk.storage, [](const auto& r) { return r.failure.has_value(); });
  REQUIRE(report.failure);
  CHECK(disk.store->begun == 0);
  disk.storage->stop();
  CHECK(disk.storage->collect().durable.empty());
}

TEST_CASE("stop waits for the write that the kernel has, and for what came meanwhile") {
  for (int i = 0; i < 20; ++i) {
    OnDisk disk;
    for (std::uint64_t slot = 1; slot <= 5; ++slot) REQUIRE(disk.storage->submit(slot, append(slot, 9000)));
    disk.storage->stop();
    CHECK(disk.storage->collect().durable == std::vector<Ticket>{1, 2, 3, 4, 5});
    CHECK(disk.found_again().at(GroupId{1}).records.size() == 5);
  }
}

TEST_CASE("a store is told that it is idle after direct writes too, once after each while of work") {
  OnDisk disk;
  const auto wait_for_idles = [&](int many) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (disk.store->idles < many && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    CHECK(disk.store->idles == many);
  };
  wait_for_idles(1);
  for (int round = 1; round <= 3; ++round) {
    const auto slot = static_cast<std::uint64_t>(round);
    REQUIRE(disk.storage->submit(slot, append(slot)));
    collect_until(*disk.storage, [](const auto& r) { return !r.durable.empty(); });
    wait_for_idles(round + 1);
  }
}

TEST_CASE("an idle store is told so, once") {
  Counters counters;
  Storage storage(counting(counters), {.idle_after = 1ms});
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (counters.idles == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(counters.idles == 1);
  storage.stop();
  CHECK(counters.idles <= 2);
}

}  // namespace gavel::store
