// What is committed, and what came of it (PROTOCOL.md §3.5, §3.6): every member counts the acks that it hears by
// itself, applies what a majority holds, and compares its state's digest with the others' (§8). Invariants 3, 4 and 6
// meet here.
#pragma once

#include <vector>

#include "common/order/core.hpp"

namespace gavel::order {

class Commitment {
 public:
  explicit Commitment(Core& core) : core_(core) {}

  /// Commits and applies as far as the acks, or a commit slot heard (`hinted`), allow. True if anything was.
  bool advance(Slot hinted);
  /// Makes a snapshot if one is due.
  void compact();
  /// A peer's digest came: is this replica in the minority of a disagreement?
  void compare(const wire::Ack& ack);

 private:
  Slot counted();
  bool snapshot_due() const;
  void apply(Slot slot);

  Core& core_;
  std::vector<Slot> acked_;  // scratch
  Slot disputed_;            // the last digest slot at which this member and its only companion disagree
};

}  // namespace gavel::order
