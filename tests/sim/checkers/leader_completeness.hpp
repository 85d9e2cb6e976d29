// Invariant 3: a committed entry is in the log of every leader of a later term. Checked from both sides: when a leader
// begins, against what was committed in earlier terms; when a slot is committed, against later leaders that began
// before.
#pragma once

#include <vector>

#include "tests/sim/checkers/node_log.hpp"

namespace gavel::sim {

class LeaderCompleteness {
 public:
  /// `log`: as it stood when the node began to lead.
  void leads(Uid node, wire::Term term, const NodeLog& log);
  /// A slot was committed for the first time, by `node`, whose promise was `term`. Slots come in their order.
  void committed(Uid node, Slot slot, const LogRecord& record, wire::Term term);

 private:
  struct Leader {
    Uid node;
    wire::Term term;
    NodeLog log;
  };
  struct Committed {
    LogRecord record;
    wire::Term term;
  };
  std::vector<Leader> leaders_;
  std::vector<Committed> committed_;
};

}  // namespace gavel::sim
