// The service's face to the ordering protocol: bytes in, bytes out, deterministic. The protocol never looks inside.
#pragma once

#include <cstdint>

#include "common/base/bytes.hpp"
#include "common/base/group_view.hpp"
#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/base/rope.hpp"
#include "common/base/service_event.hpp"
#include "common/base/time.hpp"

namespace gavel::order {

/// Where and when a command is applied. The entry's time is the only time that a state machine knows.
struct CommandContext {
  Slot slot;
  WallTime time;
  SessionId session;     ///< 0 for a proposal
  RequestNumber number;  ///< 0 for a proposal
};

class StateMachine {
 public:
  virtual ~StateMachine() = default;

  /// Which kind of service it is.
  virtual std::uint16_t kind() const = 0;
  /// A snapshot of this kind arrived; false: it is none of this machine's. One without a kind yet takes it on.
  virtual bool become(std::uint16_t kind) { return kind == this->kind(); }
  /// Applies a command; the reply is kept for the session. `events` are for those who watch, in order.
  virtual Bytes apply(const CommandContext& context, BytesView command, Events& events) = 0;
  /// From the context's slot on this is who serves the group. Most services need not know.
  virtual void on_view(const CommandContext& /*context*/, const GroupView& /*view*/, Events& /*events*/) {}
  /// A read at the present state.
  virtual Bytes query(BytesView question) const = 0;
  /// Made while everybody waits: pieces that are large and change no more are to be shared, not copied or made anew.
  virtual Rope snapshot() const = 0;
  virtual Result<void> restore(BytesView snapshot) = 0;
  /// Equal for equal states. Cheap: it is taken at every digest interval.
  virtual Digest digest() const = 0;
};

}  // namespace gavel::order
