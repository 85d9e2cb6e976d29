// Filling the slots that this member owns (PROTOCOL.md §3.3): which batches, in what order, and the entry that says so.
// With one owner in the rotation this is the fixed sequencer. Keeps invariant 5 (FIFO per publisher) together with
// Streams.
#pragma once

#include "common/order/core.hpp"

namespace gavel::order {

class Sequencer {
 public:
  explicit Sequencer(Core& core) : core_(core) {}

  /// Orders what waits, while the next slot is this member's and the window is open. True if it ordered anything.
  bool fill();
  /// Appends one entry of the present term at the next slot; it is multicast at the end of the step, with what follows
  /// it.
  void put(wire::Entry entry);
  /// Multicasts what was put since the last time, as one message.
  void flush();
  /// Whether the member may fill the next slot.
  bool may_fill() const;

 private:
  bool owns(Slot slot) const;

  Core& core_;
  wire::Order pending_;
};

}  // namespace gavel::order
