#include "tests/sim/checkers/durability.hpp"

#include <algorithm>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

void Durability::committed(Slot slot, std::size_t safe, std::size_t voters) const {
  if (2 * safe <= voters)
    throw Violation(Invariant::durability, "slot " + print(slot) + " is committed and safe on " + std::to_string(safe) +
                                               " of " + std::to_string(voters) + " voters' disks");
}

void Durability::acknowledged(Slot slot) { acknowledged_ = std::max(acknowledged_, slot); }

void Durability::ends_with(Uid node, Slot slot) const {
  if (slot < acknowledged_)
    throw Violation(Invariant::durability, show(node) + " ends with slot " + print(slot) +
                                               ", but what took effect at slot " + print(acknowledged_) +
                                               " was acknowledged");
}

}  // namespace gavel::sim
