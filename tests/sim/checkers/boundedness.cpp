#include "tests/sim/checkers/boundedness.hpp"

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

void Boundedness::stepped(Uid node, const char* overfull, const order::Effects& effects, std::size_t unsynced) const {
  if (overfull != nullptr && *overfull != '\0')
    throw Violation(Invariant::boundedness, show(node) + " holds too many " + overfull);
  const auto asked = effects.multicasts.size() + effects.unicasts.size() + effects.persists.size();
  if (asked > most_effects)
    throw Violation(Invariant::boundedness, show(node) + " asks for " + std::to_string(asked) + " things in one step");
  if (unsynced > most_unsynced)
    throw Violation(Invariant::boundedness,
                    show(node) + " has " + std::to_string(unsynced) + " writes waiting for its disk");
}

void Boundedness::owed(Uid node, std::size_t requests, const order::Options& options) const {
  // A snapshot that stands for a batch puts its requests back among those that wait: that may happen a few times in a
  // row.
  if (requests > 4 * options.requests_waiting * (1 + options.batches_in_flight))
    throw Violation(Invariant::boundedness, show(node) + " has taken " + std::to_string(requests) +
                                                " requests, of which " + std::to_string(options.requests_waiting) +
                                                " may wait");
}

}  // namespace gavel::sim
