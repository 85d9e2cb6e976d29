// One node's virtual disk, for one group: what is safe (synced), and what was written and not yet synced. A crash keeps
// what is safe and a random number of the writes after it, in their order; the one at which it stops is the torn one,
// which the store cuts. It keeps digests of the entries beside their bytes, for the checkers.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "common/base/random.hpp"
#include "common/order/effects.hpp"
#include "common/order/replica.hpp"

namespace gavel::sim {

/// One operation of a replica on its disk, with what the checkers want to know of it.
struct Write {
  order::Persist operation;
  Digest entry;  ///< of an appended entry, without its payloads
};

class Disk {
 public:
  /// What a store could read back.
  struct Contents {
    Rope promise;
    Rope snapshot;
    Slot base;
    std::vector<Write> entries;  ///< the first at base + 1

    Slot last() const { return base + entries.size(); }
    /// Violations of the store's contract (a gap, a cut below the snapshot) are reported, not repaired.
    void apply(const Write& write);
  };

  void write(Write write) { pending_.push_back(std::move(write)); }
  bool idle() const { return pending_.empty(); }
  std::size_t pending() const { return pending_.size(); }
  /// Names what a sync that begins now makes safe; nothing if everything is.
  std::optional<order::Ticket> newest() const;
  /// Everything up to the ticket is safe.
  void synced(order::Ticket upto);
  /// The process died. True if writes were under way.
  bool crash(Random& random);
  /// A new, empty disk.
  void lose() { *this = Disk(); }
  /// The last entry is gone although it was safe: what a store that takes damage for a torn write would read.
  void lose_last();

  const Contents& safe() const { return safe_; }
  /// Whether the entry at `slot`, or a snapshot that stands for it, is safe.
  bool holds(Slot slot, Digest entry) const;
  /// What the store hands to a replica at its start. Every record must decode: the replica itself encoded it.
  order::Recovered read() const;
  void found(const wire::SnapshotRecord& genesis);

 private:
  Contents safe_;
  std::deque<Write> pending_;
};

}  // namespace gavel::sim
