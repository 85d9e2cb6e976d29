#include "tests/sim/checkers/violation.hpp"

namespace gavel::sim {

const char* name_of(Invariant invariant) {
  switch (invariant) {
    case Invariant::election_safety:
      return "election safety";
    case Invariant::log_matching:
      return "log matching";
    case Invariant::leader_completeness:
      return "leader completeness";
    case Invariant::total_order:
      return "total order";
    case Invariant::fifo:
      return "FIFO";
    case Invariant::durability:
      return "durability";
    case Invariant::exactly_once:
      return "exactly once";
    case Invariant::linearizability:
      return "linearizability";
    case Invariant::liveness:
      return "liveness";
    case Invariant::boundedness:
      return "boundedness";
    case Invariant::contract:
      return "contract";
    case Invariant::placement:
      return "placement";
  }
  return "?";
}

std::string describe(const Violation& violation) {
  const auto number = static_cast<int>(violation.invariant);
  const std::string prefix = number <= 10 ? "P" + std::to_string(number) + " " : "";
  return prefix + name_of(violation.invariant) + ": " + violation.what();
}

}  // namespace gavel::sim
