// A node's storage, behind its one store: it takes batches of operations, writes everything that is pending, makes it
// durable with a single sync (group commit over all groups of the node), and reports the tickets. Nobody who submits
// waits for a device. Most syncs are one write, which the kernel carries out meanwhile (direct_writer.hpp); whatever
// takes more is done by a thread; and a store that waits for no device is written to in submit(). Both queues are
// bounded. After a failed write or sync no ticket is ever reported again: nobody may take for durable what may not be
// (PROTOCOL.md §8).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "common/base/histogram.hpp"
#include "common/store/direct_writer.hpp"
#include "common/store/log_store.hpp"

namespace gavel::store {

/// Names a batch; chosen by the submitter, opaque here.
using Ticket = std::uint64_t;

struct StorageOptions {
  /// Added before each sync: a slow disk, for tests.
  std::chrono::microseconds sync_delay{0};
  /// Most bytes of records waiting to be written; a single larger batch is taken when nothing else waits.
  std::size_t queue_bytes = std::size_t{64} << 20U;
  /// Most batches submitted whose tickets have not been collected yet.
  std::size_t queue_batches = 65536;
  /// Who is kept longer by a write that the kernel is to carry out leaves such writes to the thread for a while.
  std::chrono::milliseconds patience{5};
  /// How long nothing has to happen before the store is told that it is idle.
  std::chrono::milliseconds idle_after{100};
};

class Storage {
 public:
  /// What has happened since the last collect().
  struct Report {
    std::vector<Ticket> durable;     ///< In the order of submission.
    std::optional<Error> failure;    ///< The first failure, in every report from then on.
    std::vector<std::string> notes;  ///< What the store has to say to the operator.
    Histogram syncs;                 ///< How long each sync took, from taking up what waits until its end was seen.
    std::uint64_t direct = 0;        ///< Of them, those that the kernel carried out while nobody waited.
    std::uint64_t bytes = 0;         ///< Written for them.
  };
  /// What waits now.
  struct Queue {
    std::size_t batches = 0;  ///< Submitted, their tickets not collected yet.
    std::size_t bytes = 0;    ///< Of records, not yet taken up by a sync.
  };

  /// `store` has been recovered. Starts the thread.
  explicit Storage(std::unique_ptr<LogStore> store, StorageOptions options = {});
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  ~Storage();

  /// False: a queue is full (or this was stopped), and nothing was taken.
  [[nodiscard]] bool submit(Ticket ticket, std::vector<Operation> operations);
  /// Added before each sync from now on: a slow disk, for tests.
  void set_sync_delay(std::chrono::microseconds delay) { sync_delay_ = delay.count(); }
  /// Readable when collect() may have something; for poll(). Whoever finds it readable calls collect(): what waits goes
  /// on from there.
  int readable_fd() const { return event_fd_; }
  /// Whether collect() has something, for who is awake.
  bool has_news();
  Report collect();
  Queue queue() const;
  /// Writes and syncs what was submitted, then ends the thread. Reports can still be collected. Idempotent.
  void stop();

 private:
  struct Batch {
    Ticket ticket = 0;
    std::vector<Operation> operations;
    std::size_t bytes = 0;
  };
  /// Who has the store, and the batches under way.
  enum class Holder : std::uint8_t { nobody, device, thread };

  void run();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  bool slow_on_purpose() const { return sync_delay_.load() > 0; }
  void begin();
  void hand_over_to_thread();
  void look_at_device();
  void end_device_write(bool durable);
  Result<void> write(const std::deque<Batch>& batches);
  Result<void> sync();
  void end(Result<void> outcome);
  void report(Result<void> outcome, bool news);

  const StorageOptions options_;
  const std::unique_ptr<LogStore> store_;
  int event_fd_ = -1;
  std::atomic<std::int64_t> sync_delay_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Batch> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t uncollected_ = 0;
  Holder holder_ = Holder::nobody;
  std::deque<Batch> under_way_;
  std::chrono::steady_clock::time_point begun_{}, ended_{};
  DirectWriter device_;
  Report ready_;
  std::uint64_t reported_bytes_ = 0;
  bool news_ = false;
  bool rested_ = false;  ///< the store was told that it is idle, and nothing happened since
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace gavel::store
