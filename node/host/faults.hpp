// Faults on purpose, for demonstrations and tests of a running cluster: what comes from other nodes is not heard, lost
// at random, or late; the disk is slow. Only a node that was started for it takes any (--allow-faults). Frames that are
// held back come out in the order in which they came in, and are bounded: what does not fit is lost (invariant 10).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "common/base/random.hpp"
#include "common/wire/client_messages.hpp"
#include "node/host/node_effects.hpp"

namespace gavel::host {

class Faults {
 public:
  Faults(bool allowed, std::uint64_t seed) : allowed_(allowed), random_(seed) {}

  /// Injects these from now on, and no others. Empty, or why it does not, for the operator.
  std::string apply(const wire::SetFaults& faults, NodeEffects& effects);
  /// What is being injected, for the status; empty: nothing.
  std::string summary() const;

  /// False: the frame is lost, or held back and comes out of take_due.
  bool hears(Now now, Uid from, BytesView frame, bool datagram);

  struct Held {
    TimePoint due;
    Bytes frame;
    bool datagram = false;
  };
  /// The next frame that was held back for long enough.
  std::optional<Held> take_due(Now now);
  TimePoint next_deadline() const { return held_.empty() ? kNever : held_.front().due; }

 private:
  static constexpr std::size_t kMostFrames = 65536;
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20U;
  static constexpr Duration kMostDelay = 60s;

  const bool allowed_;
  Random random_;
  wire::SetFaults faults_;
  std::deque<Held> held_;
  std::size_t held_bytes_ = 0;
};

}  // namespace gavel::host
