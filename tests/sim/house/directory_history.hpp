// The directory's states, one after the other, command by command (directory_replay.hpp). Each must be sound in itself:
// a node's used slots are its seats, and no more than it has; nobody unfit keeps a seat that a fit node could take; an
// item is in one running auction at most and is never offered again once sold. And each must follow from the one
// before: nothing is forgotten, an outcome is final, a standing service keeps its group and its founders, seats go to
// fit nodes only, no auction shrinks but at the operator's word.
#pragma once

#include <set>
#include <string>

#include "node/services/directory_state.hpp"

namespace gavel::sim {

class DirectoryHistory {
 public:
  /// The state after the next command, which stands in this slot.
  void follow(Slot slot, const DirectoryState& state);
  /// The operator said that auctions may go on without this node.
  void may_shrink(Uid uid) { shrinkable_.insert(uid); }

  const DirectoryState& newest() const { return newest_; }
  Slot slot() const { return slot_; }
  std::uint64_t seats_moved() const { return seats_moved_; }

  /// Throws a Violation if the state is not sound in itself.
  static void check(const DirectoryState& state);

 private:
  void check_step(const DirectoryState& next);
  void check_members(const directory::Auction& before, const directory::Auction& after, const DirectoryState& next);

  DirectoryState newest_;
  Slot slot_;
  std::set<Uid> shrinkable_;
  std::uint64_t seats_moved_ = 0;
};

}  // namespace gavel::sim
