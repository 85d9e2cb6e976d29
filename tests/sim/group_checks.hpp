// All checkers of one group, and what feeds them: after each step of a replica, only what that step can have changed is
// looked at. What a replica asks its disk to write tells how its log changed; the rest is compared with the step
// before.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "tests/sim/checkers/boundedness.hpp"
#include "tests/sim/checkers/durability.hpp"
#include "tests/sim/checkers/election_safety.hpp"
#include "tests/sim/checkers/exactly_once.hpp"
#include "tests/sim/checkers/fifo.hpp"
#include "tests/sim/checkers/leader_completeness.hpp"
#include "tests/sim/checkers/linearizability.hpp"
#include "tests/sim/checkers/log_matching.hpp"
#include "tests/sim/checkers/total_order.hpp"
#include "tests/sim/sim_node.hpp"

namespace gavel::sim {

/// What a step was found to have done, for those who aim faults at it.
struct Found {
  bool leads = false;                        ///< began to lead
  bool first_commit = false;                 ///< committed a slot that nobody had committed before
  std::vector<wire::Entry> own_entries;      ///< put into the log by their owner
  std::vector<wire::Config> configurations;  ///< committed for the first time
};

class GroupChecks {
 public:
  GroupChecks(const std::vector<SimNode>& nodes, Statistics& statistics) : nodes_(nodes), statistics_(statistics) {}

  /// Before its first step: what its disk held.
  void booted(SimNode& node);
  /// What the replica asked its disk to write, digested. Before `stepped`.
  Write note_write(SimNode& node, order::Persist operation);
  Found stepped(SimNode& node, const order::Effects& effects);

  ElectionSafety election_safety;
  LogMatching log_matching;
  LeaderCompleteness leader_completeness;
  TotalOrder total_order;
  Fifo fifo;
  Durability durability;
  ExactlyOnce exactly_once;
  Linearizability linearizability;
  Boundedness boundedness;

 private:
  void note_append(SimNode& node, Slot slot, const Rope& bytes, Digest& digest);
  void note_snapshot(SimNode& node, const order::Persist& operation);
  /// Of a replica that writes nothing: an observer, or a member whose disk failed. Only what it commits is seen.
  void follow_unwritten(SimNode& node, bool installed);
  void foresee(const SimNode& node, Slot from);
  void follow_commit(SimNode& node, Slot installed, Found& found);
  void decide(SimNode& node, Slot slot, const LogRecord& record, const wire::Entry& entry, Found& found);
  std::vector<Uid> safe_on(const wire::Config& config, Slot slot, const LogRecord& record) const;
  void follow_mark(const SimNode& node, Slot slot);
  static std::vector<Executed> executed_at(SimNode& node, Slot slot);

  const std::vector<SimNode>& nodes_;
  Statistics& statistics_;
  std::map<std::pair<Slot, wire::Term>, wire::Entry> entries_;  ///< not yet decided
  std::vector<wire::Entry> appended_;                           ///< in the step at hand, by their owner
  Slot installed_;                                              ///< a foreign snapshot, in the step at hand
};

}  // namespace gavel::sim
