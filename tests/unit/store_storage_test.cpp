#include <poll.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "common/store/durable_store.hpp"
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
