// The node's one storage thread. It takes batches of operations, writes everything that is pending, makes it durable
// with a single sync (group commit over all groups of the node), and reports the tickets. Both queues are bounded.
// A store that waits for no device is written to in submit(), while the thread has nothing to do with it.
// After a failed write or sync it reports no ticket ever again: nobody may take for durable what may not be (§8).
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
  /// How long nothing has to happen before the store is told that it is idle.
  std::chrono::milliseconds idle_after{100};
};

class StorageThread {
 public:
  /// What has happened since the last collect().
  struct Report {
    std::vector<Ticket> durable;     ///< In the order of submission.
    std::optional<Error> failure;    ///< The first failure, in every report from then on.
    std::vector<std::string> notes;  ///< What the store has to say to the operator.
    Histogram syncs;                 ///< How long each write and sync took that made something durable, or failed to.
    std::uint64_t bytes = 0;         ///< Written for them.
  };
  /// What waits now.
  struct Queue {
    std::size_t batches = 0;  ///< Submitted, their tickets not collected yet.
    std::size_t bytes = 0;    ///< Of records, not yet taken up by the thread.
  };

  /// `store` has been recovered. Starts the thread.
  explicit StorageThread(std::unique_ptr<LogStore> store, StorageOptions options = {});
  StorageThread(const StorageThread&) = delete;
  StorageThread& operator=(const StorageThread&) = delete;
  ~StorageThread();

  /// False: a queue is full (or the thread was stopped), and nothing was taken. Never blocks for the disk.
  [[nodiscard]] bool submit(Ticket ticket, std::vector<Operation> operations);
  /// Added before each sync from now on: a slow disk, for tests.
  void set_sync_delay(std::chrono::microseconds delay) { sync_delay_ = delay.count(); }
  /// Readable when collect() has something; for poll().
  int readable_fd() const { return event_fd_; }
  /// The same, for who is awake.
  bool has_news() const;
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

  void run();
  bool wait_for_work(std::deque<Batch>& work);
  void work_at_once();
  Result<void> commit(const std::deque<Batch>& work);
  void report(const std::deque<Batch>& work, Result<void> outcome, std::chrono::microseconds took = {});

  const StorageOptions options_;
  const std::unique_ptr<LogStore> store_;
  int event_fd_ = -1;
  std::atomic<std::int64_t> sync_delay_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Batch> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t uncollected_ = 0;
  Report ready_;
  std::uint64_t reported_bytes_ = 0;
  bool news_ = false;
  bool busy_ = false;  ///< the thread has the store
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace gavel::store
