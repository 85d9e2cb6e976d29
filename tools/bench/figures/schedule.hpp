// When the operations of an open loop are meant to start: evenly, so many a second, whatever becomes of those before. A
// latency counts from there, not from when the driver came to it or the cluster had room: otherwise what a stall makes
// late is not seen (coordinated omission).
#pragma once

#include <cstdint>

#include "common/base/check.hpp"
#include "common/base/time.hpp"

namespace gavel::bench {

class Schedule {
 public:
  /// `rate`: operations a second, above 0.
  Schedule(TimePoint start, double rate) : start_(start), rate_(rate) {
    GAVEL_CHECK(rate > 0, "an open loop has a rate");
  }

  /// Of the next operation that was not taken yet. No error adds up: the n-th is n / rate after the start.
  TimePoint next() const {
    return start_ + Duration(static_cast<std::int64_t>(static_cast<double>(taken_) / rate_ * 1e6));
  }
  bool due(TimePoint now) const { return next() <= now; }
  /// Its intended start.
  TimePoint take() {
    const TimePoint at = next();
    ++taken_;
    return at;
  }
  std::uint64_t taken() const { return taken_; }

 private:
  TimePoint start_;
  double rate_;
  std::uint64_t taken_ = 0;
};

}  // namespace gavel::bench
