// Carries out a store's direct writes, one at a time, with no thread that waits for them: the kernel's asynchronous I/O
// (libaio, O_DIRECT and RWF_DSYNC), so that what is done is durable.
#pragma once

#include <libaio.h>
#include <sys/uio.h>

#include <cerrno>
#include <chrono>
#include <optional>

#include "common/store/log_store.hpp"

namespace gavel::store {

class DirectWriter {
 public:
  /// An outcome: what was asked for, as a whole, cannot be written in this way here; in another it can.
  static constexpr int kNotSo = EINVAL;

  /// `event_fd` becomes readable with each write that is done.
  explicit DirectWriter(int event_fd);
  DirectWriter(const DirectWriter&) = delete;
  DirectWriter& operator=(const DirectWriter&) = delete;
  /// Waits for the write under way.
  ~DirectWriter();

  /// Whether to try: the kernel has it, and did not make the caller wait a moment ago.
  bool ready() const;
  /// False: the kernel does not take it, and nothing is under way.
  [[nodiscard]] bool submit(const DirectWrite& write);
  /// What became of the write under way, once it is known: 0 or an errno. Does not wait.
  std::optional<int> take();
  /// The same; waits for it.
  int wait();

 private:
  using Clock = std::chrono::steady_clock;

  int outcome(const io_event& event);

  io_context_t context_{};
  int event_fd_;
  bool usable_ = false;
  bool under_way_ = false;
  iocb request_{};
  iovec part_{};
  Clock::time_point rests_until_{};
};

}  // namespace gavel::store
