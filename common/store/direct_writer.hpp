// Carries out a store's direct writes, one at a time, with no thread that waits for them: io_uring, with O_DIRECT and
// RWF_DSYNC, so that what is done is durable. What would make the caller wait in the call itself goes to a thread of
// the kernel's. (The older kind of such writes, libaio, keeps a process that is killed for 30 ms before its connections
// break, and so the others from noticing.)
#pragma once

#include <liburing.h>

#include <chrono>
#include <cstddef>
#include <optional>

#include "common/store/log_store.hpp"

namespace gavel::store {

class DirectWriter {
 public:
  /// `event_fd` becomes readable with each write that is over. `patience`: who is kept longer than that by what was not
  /// to wait leaves such writes alone for a while.
  DirectWriter(int event_fd, std::chrono::microseconds patience);
  DirectWriter(const DirectWriter&) = delete;
  DirectWriter& operator=(const DirectWriter&) = delete;
  /// Waits for the write under way.
  ~DirectWriter();

  /// Whether to try: the kernel has such writes, and they are not left alone now.
  bool ready();
  /// False: the kernel does not take it, and nothing is under way.
  [[nodiscard]] bool submit(const DirectWrite& write);
  /// What became of the write under way, once that is known: whether all of it is durable. Does not wait.
  std::optional<bool> take();
  /// The same; waits for it.
  bool wait();
  /// The caller was kept for so long by what there was to do around a write.
  void kept(std::chrono::steady_clock::duration time);

 private:
  using Clock = std::chrono::steady_clock;

  bool open();
  bool outcome(io_uring_cqe* completed);
  void rest();

  const int event_fd_;
  const std::chrono::microseconds patience_;
  io_uring ring_{};
  bool open_ = false;
  const bool possible_;  ///< in this kernel, and allowed here
  bool under_way_ = false;
  std::size_t size_ = 0;  ///< of the write under way, in bytes
  Clock::time_point rests_until_{};
  Clock::duration next_rest_;
  int quick_ = 0;  ///< that kept nobody, since the last that did
};

}  // namespace gavel::store
