// What ZeroMQ itself does on this machine, with nothing of ours around it: blocking sockets at their default options,
// over loopback TCP. The ends have a thread and a context of their own each, as two programs would have. It is what
// gavel-bench compares bids with.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "common/base/time.hpp"

namespace gavel::bus {

struct RawFigures {
  std::uint64_t messages = 0;
  Duration took{};
  /// Of both ends together, ZeroMQ's own threads included.
  std::chrono::nanoseconds cpu{};

  double per_second() const {
    return took.count() == 0 ? 0 : static_cast<double>(messages) / static_cast<double>(took.count()) * 1e6;
  }
  double cpu_us() const {
    return messages == 0 ? 0 : static_cast<double>(cpu.count()) / 1e3 / static_cast<double>(messages);
  }
};

/// DEALER to ROUTER and back: `depth` messages of `bytes` under way, for that long. `on_trip` hears of each round trip.
RawFigures raw_round_trips(std::size_t depth, std::size_t bytes, Duration length,
                           const std::function<void(Duration)>& on_trip);

/// PUB to so many SUB; the publisher waits where it would lose messages. Counts deliveries.
RawFigures raw_fan_out(std::size_t subscribers, std::size_t bytes, Duration length);

}  // namespace gavel::bus
