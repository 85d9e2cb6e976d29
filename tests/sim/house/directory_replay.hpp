// The directory once more, for its checkers: what nodes have applied of its group is applied here, once, from their
// logs, and DirectoryHistory is shown the state after each command. No node shows those: an entry may hold several
// commands, and who was fit when a seat was given is not told by the states before and after all of them.
#pragma once

#include <map>

#include "common/order/applier.hpp"
#include "common/order/options.hpp"
#include "common/store/log_store.hpp"
#include "common/wire/order_types.hpp"
#include "tests/sim/house/directory_history.hpp"

namespace gavel::sim {

class DirectoryReplay {
 public:
  /// `options` are those of the group, `history` outlives this.
  DirectoryReplay(const order::Options& options, DirectoryHistory& history);
  DirectoryReplay(const DirectoryReplay&) = delete;
  DirectoryReplay& operator=(const DirectoryReplay&) = delete;

  /// A node writes this to disk; of all but the directory's group nothing is kept. Throws a Violation if it is
  /// unreadable.
  void writes(Uid node, const store::Operation& operation);
  /// A node has applied all up to this slot. Goes on as far as its log tells: what a node applied whose disk failed is
  /// left to the next that applies it. True if there was news. Throws a Violation if a state is not sound.
  bool applied(Uid node, Slot slot);
  /// Up to where it has got, and the digest of the state there.
  Slot slot() const { return slot_; }
  Digest digest() const { return applier_.machine().digest(); }

 private:
  const order::Options options_;
  order::Applier applier_;
  Slot slot_;
  std::map<Uid, std::map<Slot, wire::FullEntry>> logs_;  ///< after `slot_`
};

}  // namespace gavel::sim
