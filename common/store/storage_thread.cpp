#include "common/store/storage_thread.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <iterator>
#include <utility>

#include "common/base/check.hpp"

namespace gavel::store {
namespace {

std::size_t bytes_of(const std::vector<Operation>& operations) {
  std::size_t total = 0;
  for (const auto& operation : operations) total += sizeof(Operation) + operation.bytes.size();
  return total;
}

std::chrono::microseconds since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
}

}  // namespace

StorageThread::StorageThread(std::unique_ptr<LogStore> store, StorageOptions options)
    : options_(options),
      store_(std::move(store)),
      event_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      sync_delay_(options.sync_delay.count()) {
  GAVEL_CHECK(store_, "store: the storage thread has a store");
  GAVEL_CHECK(event_fd_ >= 0, "store: the kernel gives an eventfd");
  thread_ = std::thread([this] { run(); });
}

StorageThread::~StorageThread() {
  stop();
  ::close(event_fd_);
}

bool StorageThread::submit(Ticket ticket, std::vector<Operation> operations) {
  Batch batch{ticket, std::move(operations), 0};
  batch.bytes = bytes_of(batch.operations);
  {
    const std::lock_guard lock(mutex_);
    const bool too_large = !waiting_.empty() && waiting_bytes_ + batch.bytes > options_.queue_bytes;
    if (stopping_ || too_large || uncollected_ >= options_.queue_batches) return false;
    waiting_bytes_ += batch.bytes;
    ++uncollected_;
    waiting_.push_back(std::move(batch));
    if (!store_->waits() && !busy_ && sync_delay_.load() == 0) {
      work_at_once();
      return true;
    }
  }
  wake_.notify_one();
  return true;
}

/// In the place of the thread, which has nothing to do with the store now.
void StorageThread::work_at_once() {
  std::deque<Batch> work;
  work.swap(waiting_);
  waiting_bytes_ = 0;
  const auto begun = std::chrono::steady_clock::now();
  auto outcome = commit(work);
  report(work, std::move(outcome), since(begun));
}

StorageThread::Report StorageThread::collect() {
  std::uint64_t count = 0;
  const std::lock_guard lock(mutex_);
  if (std::exchange(news_, false)) [[maybe_unused]]
    const auto got = ::read(event_fd_, &count, sizeof count);
  Report report;
  report.durable = std::exchange(ready_.durable, {});
  report.notes = std::exchange(ready_.notes, {});
  report.failure = ready_.failure;
  report.syncs = std::exchange(ready_.syncs, {});
  report.bytes = std::exchange(ready_.bytes, 0);
  uncollected_ -= report.durable.size();
  return report;
}

bool StorageThread::has_news() const {
  const std::lock_guard lock(mutex_);
  return news_;
}

StorageThread::Queue StorageThread::queue() const {
  const std::lock_guard lock(mutex_);
  return {uncollected_, waiting_bytes_};
}

void StorageThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void StorageThread::run() {
  std::deque<Batch> work;
  while (wait_for_work(work)) {
    const auto begun = std::chrono::steady_clock::now();
    auto outcome = commit(work);
    const std::lock_guard lock(mutex_);
    report(work, std::move(outcome), since(begun));
    work.clear();
  }
}

/// False: there is nothing left and there never will be.
bool StorageThread::wait_for_work(std::deque<Batch>& work) {
  std::unique_lock lock(mutex_);
  busy_ = false;
  const auto something = [this] { return stopping_ || !waiting_.empty(); };
  if (!wake_.wait_for(lock, options_.idle_after, something)) {
    busy_ = true;
    lock.unlock();
    auto outcome = store_->idle();
    lock.lock();
    busy_ = false;
    report({}, std::move(outcome));
    wake_.wait(lock, something);
  }
  busy_ = true;
  work.swap(waiting_);
  waiting_bytes_ = 0;
  return !work.empty();
}

Result<void> StorageThread::commit(const std::deque<Batch>& work) {
  for (const auto& batch : work) {
    if (auto written = store_->write(batch.operations); !written) return written;
  }
  if (const auto delay = std::chrono::microseconds(sync_delay_.load()); delay.count() > 0)
    std::this_thread::sleep_for(delay);
  return store_->sync();
}

/// Under the lock.
void StorageThread::report(const std::deque<Batch>& work, Result<void> outcome, std::chrono::microseconds took) {
  auto notes = store_->take_notes();
  const auto bytes = store_->written_bytes();
  const bool news = !work.empty() || !notes.empty() || (!outcome && !ready_.failure);
  if (!outcome && !ready_.failure) ready_.failure = std::move(outcome.error());
  std::move(notes.begin(), notes.end(), std::back_inserter(ready_.notes));
  if (!work.empty()) ready_.syncs.observe(took);
  ready_.bytes += bytes - std::exchange(reported_bytes_, bytes);
  for (const auto& batch : work) {
    if (!ready_.failure) ready_.durable.push_back(batch.ticket);
  }
  if (!news || std::exchange(news_, true)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto put = ::write(event_fd_, &one, sizeof one);
}

}  // namespace gavel::store
