#include "tests/sim/checkers/linearizability.hpp"

#include <algorithm>

#include "tests/sim/checkers/violation.hpp"

namespace gavel::sim {

void Linearizability::command_ends(const std::string& operation, std::int64_t begun_at, std::int64_t value) {
  if (value <= begun_at)
    throw Violation(Invariant::linearizability, "'" + operation + "' got " + std::to_string(value) + ", but " +
                                                    std::to_string(begun_at) + " was known before it began");
  highest_ = std::max(highest_, value);
}

void Linearizability::read_ends(std::int64_t begun_at, std::int64_t value, std::int64_t handed_out) {
  if (value < begun_at)
    throw Violation(Invariant::linearizability, "a read saw " + std::to_string(value) + ", but " +
                                                    std::to_string(begun_at) + " was known before it began");
  if (value > handed_out)
    throw Violation(Invariant::linearizability,
                    "a read saw " + std::to_string(value) + ", which nobody got: " + std::to_string(handed_out));
  highest_ = std::max(highest_, value);
}

}  // namespace gavel::sim
