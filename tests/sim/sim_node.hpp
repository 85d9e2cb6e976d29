// One node of a group world: its process (a replica, while it is up), its disk, its clock, and what the checkers
// remember of it from the step before.
#pragma once

#include <map>
#include <memory>

#include "common/order/replica.hpp"
#include "tests/sim/checkers/node_log.hpp"
#include "tests/sim/clients.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/ledger.hpp"
#include "tests/sim/network.hpp"

namespace gavel::sim {

/// What the checkers compare a step with.
struct Remembered {
  NodeLog log;
  Slot commit;
  wire::Term led;  ///< the term it led in, if it led
  wire::Config config;
};

struct SimNode {
  Index index = 0;
  Uid uid;
  bool exists = false;  ///< it has been started once
  bool gone = false;    ///< its disk was lost: it never comes back under this uid
  bool up = false;
  bool observer = false;  ///< it runs (or would run) as a gateway that is no member
  bool draining = false;
  /// What becomes of its replica when the node is no member any more: it follows on, in no configuration, and may be
  /// called back; or it goes, and the node is a mere gateway.
  bool keeps_replica = true;
  std::uint32_t rank = 0;
  Incarnation incarnation;
  std::unique_ptr<order::Replica> replica;

  Disk disk;
  bool syncing = false;
  bool disk_failed = false;
  bool memory_only = false;  ///< it was told so, and writes no more
  TimePoint slow_until = kLongAgo;

  TimePoint paused_until = kLongAgo;
  Duration skew{};  ///< of its wall clock
  TimePoint tick_at = kNever;

  struct Origin {
    std::size_t client = 0;
    CallId call = 0;
  };
  std::map<order::SubmitId, Origin> submitted;
  Executions executions;  ///< of the step at hand
  Remembered before;

  wire::Member self() const { return {uid, incarnation}; }
};

}  // namespace gavel::sim
