// The descriptors that a reactor sleeps on, with microsecond deadlines (epoll). Private to common/bus.
#pragma once

#include <sys/epoll.h>

#include <set>
#include <span>
#include <vector>

#include "common/base/time.hpp"

namespace gavel::bus {

/// Sleeps on an epoll descriptor until something is ready, the deadline comes or a signal interrupts; a deadline that
/// has passed: looks without sleeping. The events that came, at the front of `room`.
std::span<const epoll_event> wait_on(int epoll, TimePoint deadline, std::span<epoll_event> room);

class PollSet {
 public:
  PollSet();
  PollSet(const PollSet&) = delete;
  PollSet& operator=(const PollSet&) = delete;
  ~PollSet();

  /// Adding twice or removing what is not there changes nothing. What is closed is as good as removed, if no copy of it
  /// is open.
  void add(int fd);
  void remove(int fd);

  /// Sleeps until one is readable (or broken), the deadline comes or a signal interrupts; a deadline that has passed:
  /// looks without sleeping.
  void wait(TimePoint deadline);
  /// Those found by the last wait().
  const std::vector<int>& ready() const { return ready_; }

 private:
  int epoll_;
  std::vector<epoll_event> events_;
  std::set<int> always_;  ///< files: nobody ever waits for them
  std::vector<int> ready_;
};

}  // namespace gavel::bus
