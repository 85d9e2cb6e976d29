// The descriptors that a reactor sleeps on, with microsecond deadlines (ppoll). Private to common/bus.
#pragma once

#include <poll.h>

#include <vector>

#include "common/base/time.hpp"

namespace gavel::bus {

class PollSet {
 public:
  /// Adding twice or removing what is not there changes nothing.
  void add(int fd);
  void remove(int fd);
  bool contains(int fd) const;

  /// Sleeps until one is readable (or broken), the deadline comes or a signal interrupts; a deadline that has passed:
  /// looks without sleeping.
  void wait(TimePoint deadline);
  /// Those found by the last wait().
  const std::vector<int>& ready() const { return ready_; }

 private:
  std::vector<pollfd> watched_;
  std::vector<int> ready_;
};

}  // namespace gavel::bus
