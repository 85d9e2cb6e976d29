// Whom an entry served, the next one serves again: publishers whose batches were committed together come back within a
// moment. The sequencer waits for that moment, half a round trip at most, or until as many are there as can be; so
// under load all travel in one entry instead of in two halves that wait for each other, and what an entry costs
// (orders, syncs, acks) is paid half as often. One alone is never made to wait, nor is anybody who comes later.
#pragma once

#include <algorithm>
#include <cstddef>

#include "common/base/time.hpp"

namespace gavel::order {

class Gathering {
 public:
  /// Fewer than `crowd` are no crowd.
  explicit Gathering(std::size_t crowd) : crowd_(crowd) {}

  /// So many were served, `round_trip` after they left, while so many others wait already.
  void served(TimePoint now, std::size_t count, std::size_t waiting, Duration round_trip) {
    expected_ = count < crowd_ ? 0 : count + waiting;
    until_ = now + std::min(round_trip / kFraction, kLongest);
  }
  /// Whether it is worth waiting for more than these.
  bool expects_more(TimePoint now, std::size_t waiting) const { return waiting < expected_ && now < until_; }
  /// When nobody waits any longer.
  TimePoint until() const { return until_; }

 private:
  static constexpr int kFraction = 2;
  static constexpr Duration kLongest = 1ms;

  std::size_t crowd_;
  std::size_t expected_ = 0;
  TimePoint until_ = kLongAgo;
};

}  // namespace gavel::order
