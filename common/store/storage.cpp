#include "common/store/storage.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/base/check.hpp"

namespace gavel::store {
namespace {

/// While a write is under way there is nothing for the thread, and nobody tells it when that ends.
constexpr std::chrono::milliseconds kLookAgain{50};

std::size_t bytes_of(const std::vector<Operation>& operations) {
  std::size_t total = 0;
  for (const auto& operation : operations) total += sizeof(Operation) + operation.bytes.size();
  return total;
}

}  // namespace

Storage::Storage(std::unique_ptr<LogStore> store, StorageOptions options)
    : options_(options),
      store_(std::move(store)),
      event_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      sync_delay_(options.sync_delay.count()),
      ended_(std::chrono::steady_clock::now()),
      device_(event_fd_, options.patience) {
  GAVEL_CHECK(store_, "store: the storage has a store");
  GAVEL_CHECK(event_fd_ >= 0, "store: the kernel gives an eventfd");
  thread_ = std::thread([this] { run(); });
}

Storage::~Storage() {
  stop();
  ::close(event_fd_);
}

bool Storage::submit(Ticket ticket, std::vector<Operation> operations) {
  Batch batch{ticket, std::move(operations), 0};
  batch.bytes = bytes_of(batch.operations);
  const std::lock_guard lock(mutex_);
  const bool too_large = !waiting_.empty() && waiting_bytes_ + batch.bytes > options_.queue_bytes;
  if (stopping_ || too_large || uncollected_ >= options_.queue_batches) return false;
  waiting_bytes_ += batch.bytes;
  ++uncollected_;
  waiting_.push_back(std::move(batch));
  look_at_device();
  if (holder_ == Holder::nobody) begin();
  return true;
}

Storage::Report Storage::collect() {
  std::uint64_t count = 0;
  const std::lock_guard lock(mutex_);
  [[maybe_unused]] const auto got = ::read(event_fd_, &count, sizeof count);
  look_at_device();
  news_ = false;
  Report report;
  report.durable = std::exchange(ready_.durable, {});
  report.notes = std::exchange(ready_.notes, {});
  report.failure = ready_.failure;
  report.syncs = std::exchange(ready_.syncs, {});
  report.direct = std::exchange(ready_.direct, 0);
  report.bytes = std::exchange(ready_.bytes, 0);
  uncollected_ -= report.durable.size();
  return report;
}

bool Storage::has_news() {
  const std::lock_guard lock(mutex_);
  look_at_device();
  return news_;
}

Storage::Queue Storage::queue() const {
  const std::lock_guard lock(mutex_);
  return {uncollected_, waiting_bytes_};
}

void Storage::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

// ---- the next sync; all of it under the lock ----------------------------------------------------------------------

/// Takes up all that waits, in the way that keeps the caller the least.
void Storage::begin() {
  if (std::exchange(rested_, false)) wake_.notify_one();  // the thread is to look when there is nothing to do again
  holder_ = Holder::device;                               // for now
  under_way_.swap(waiting_);
  waiting_bytes_ = 0;
  begun_ = std::chrono::steady_clock::now();
  if (auto written = write(under_way_); !written) return end(std::move(written));
  if (slow_on_purpose()) return hand_over_to_thread();
  if (!store_->waits()) return end(store_->sync());
  const auto direct = device_.ready() ? store_->begin_sync() : std::nullopt;
  if (!direct || !device_.submit(*direct)) return hand_over_to_thread();
  device_.kept(std::chrono::steady_clock::now() - begun_);
}

void Storage::hand_over_to_thread() {
  holder_ = Holder::thread;
  wake_.notify_one();
}

/// Whoever is here anyway ends a write that is over, and begins the next.
void Storage::look_at_device() {
  if (holder_ != Holder::device) return;
  if (const auto durable = device_.take()) end_device_write(*durable);
}

void Storage::end_device_write(bool durable) {
  if (!durable) return hand_over_to_thread();  // which makes it once more, in the ordinary way
  const auto seen = std::chrono::steady_clock::now();
  auto outcome = store_->end_sync();
  device_.kept(std::chrono::steady_clock::now() - seen);
  news_ = true;  // the kernel has made the descriptor readable
  ++ready_.direct;
  end(std::move(outcome));
}

void Storage::end(Result<void> outcome) {
  ended_ = std::chrono::steady_clock::now();
  ready_.syncs.observe(std::chrono::duration_cast<std::chrono::microseconds>(ended_ - begun_));
  report(std::move(outcome), true);
  for (const auto& batch : under_way_) {
    if (!ready_.failure) ready_.durable.push_back(batch.ticket);
  }
  under_way_.clear();
  holder_ = Holder::nobody;
  if (!waiting_.empty()) begin();
}

void Storage::report(Result<void> outcome, bool news) {
  auto notes = store_->take_notes();
  const auto bytes = store_->written_bytes();
  news = news || !notes.empty() || (!outcome && !ready_.failure);
  if (!outcome && !ready_.failure) ready_.failure = std::move(outcome.error());
  std::move(notes.begin(), notes.end(), std::back_inserter(ready_.notes));
  ready_.bytes += bytes - std::exchange(reported_bytes_, bytes);
  if (!news || std::exchange(news_, true)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto put = ::write(event_fd_, &one, sizeof one);
}

Result<void> Storage::write(const std::deque<Batch>& batches) {
  for (const auto& batch : batches) {
    if (auto written = store_->write(batch.operations); !written) return written;
  }
  return {};
}

// ---- the thread ---------------------------------------------------------------------------------------------------

void Storage::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wait_for_work(lock);
    if (holder_ == Holder::thread) {
      lock.unlock();
      auto outcome = sync();
      lock.lock();
      end(std::move(outcome));
    } else if (holder_ == Holder::device) {
      GAVEL_CHECK(stopping_, "store: while others look, the thread leaves the device to them");
      end_device_write(device_.wait());
    } else if (stopping_) {
      return;  // nothing waits: what ends takes up what waits
    } else {
      holder_ = Holder::thread;
      lock.unlock();
      auto outcome = store_->idle();
      lock.lock();
      holder_ = Holder::nobody;
      rested_ = true;
      report(std::move(outcome), false);
      if (!waiting_.empty()) begin();
    }
  }
}

/// Until there is a sync for the thread, the end, or nothing to do for a while.
void Storage::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto something = [this] { return stopping_ || holder_ == Holder::thread; };
  while (!something()) {
    if (rested_) {
      wake_.wait(lock, [&] { return something() || !rested_; });
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    if (holder_ == Holder::nobody && now >= ended_ + options_.idle_after) return;
    const auto look_at = holder_ == Holder::nobody ? ended_ + options_.idle_after : now + kLookAgain;
    wake_.wait_until(lock, look_at, something);
  }
}

Result<void> Storage::sync() {
  if (const auto delay = std::chrono::microseconds(sync_delay_.load()); delay.count() > 0)
    std::this_thread::sleep_for(delay);
  return store_->sync();
}

}  // namespace gavel::store
