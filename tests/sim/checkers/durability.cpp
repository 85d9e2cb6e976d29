#include "tests/sim/checkers/durability.hpp"

#include <algorithm>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

void Durability::committed(Uid node, Slot slot, const std::vector<Uid>& safe, const std::vector<Uid>& voters) const {
  if (2 * safe.size() <= voters.size())
    throw Violation(Invariant::durability, show(node) + " commits slot " + print(slot) +
                                               ", which is safe on the disks of " + show(safe) +
                                               " only, of the voters " + show(voters));
}

void Durability::acknowledged(Slot slot) { acknowledged_ = std::max(acknowledged_, slot); }

void Durability::ends_with(Uid node, Slot slot) const {
  if (slot < acknowledged_)
    throw Violation(Invariant::durability, show(node) + " ends with slot " + print(slot) +
                                               ", but what took effect at slot " + print(acknowledged_) +
                                               " was acknowledged");
}

}  // namespace gavel::sim
