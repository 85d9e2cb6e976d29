// Filling the slots that this member owns (PROTOCOL.md §3.3): which batches, in what order, and the entry that says so.
// An entry leaves when the one before is committed, and all publishers of that one are back or had a moment for it
// (Gathering); meanwhile batches gather, so entries grow with load, and each sync, order and ack serves more of them.
// With one owner in the rotation this is the fixed sequencer. Keeps invariant 5 (FIFO per publisher) together with
// Streams.
#pragma once

#include "common/order/core.hpp"
#include "common/order/gathering.hpp"

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
  /// When fill() has something to do that it left before.
  TimePoint deadline() const { return waits_ ? gathering_.until() : kNever; }

 private:
  bool owns(Slot slot) const;
  void see_commit(std::size_t orderable);
  bool gathers(const Streams::Orderable& orderable);

  /// Batches in an entry that make their publishers a crowd (Gathering).
  static constexpr std::size_t kCrowd = 2;

  Core& core_;
  wire::Order pending_;
  std::size_t last_batches_ = 0;  ///< in the last entry, until that is committed
  Slot last_slot_;
  TimePoint left_ = kLongAgo;
  Gathering gathering_{kCrowd};
  bool waits_ = false;
};

}  // namespace gavel::order
