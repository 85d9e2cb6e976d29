// Invariant 6: what is committed is on the disks of a majority at that moment, and what was acknowledged is in the
// state of every member in the end, whoever crashed meanwhile.
#pragma once

#include <vector>

#include "common/wire/order_types.hpp"

namespace gavel::sim {

class Durability {
 public:
  /// A node committed a slot that nobody had committed before, under a configuration with these voters; `safe`: those
  /// of them that hold it on disk (or held it, and lost their disks since).
  void committed(Uid node, Slot slot, const std::vector<Uid>& safe, const std::vector<Uid>& voters) const;
  /// A client was told that its command took effect at `slot`.
  void acknowledged(Slot slot);
  /// In the end, a member has applied everything up to `slot`.
  void ends_with(Uid node, Slot slot) const;

 private:
  Slot acknowledged_;
};

}  // namespace gavel::sim
