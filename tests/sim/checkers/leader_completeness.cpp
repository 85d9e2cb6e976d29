#include "tests/sim/checkers/leader_completeness.hpp"

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
[[noreturn]] void missing(Slot slot, wire::Term committed, Uid leader, wire::Term term) {
  throw Violation(Invariant::leader_completeness, "slot " + print(slot) + ", committed in " + show(committed) +
                                                      ", is not in the log of " + show(leader) + ", leader of " +
                                                      show(term));
}
}  // namespace

void LeaderCompleteness::leads(Uid node, wire::Term term, const NodeLog& log) {
  for (std::size_t i = 0; i < committed_.size(); ++i)
    // (A winner that was stopped may begin to lead a term that is over: it can commit nothing, and harms nobody.)
    if (committed_[i].term < term && !log.has({i + 1}, committed_[i].record))
      missing({i + 1}, committed_[i].term, node, term);
  leaders_.push_back({node, term, log});
}

void LeaderCompleteness::committed(Uid /*node*/, Slot slot, const LogRecord& record, wire::Term term) {
  for (const auto& leader : leaders_)
    if (leader.term > term && !leader.log.has(slot, record)) missing(slot, term, leader.node, leader.term);
  committed_.push_back({record, term});
}

}  // namespace gavel::sim
