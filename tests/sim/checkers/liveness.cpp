#include "tests/sim/checkers/liveness.hpp"

#include "tests/sim/checkers/violation.hpp"

namespace gavel::sim {

bool Liveness::look(TimePoint at, const std::string& missing) {
  if (missing.empty()) {
    if (!quiet_since_) quiet_since_ = at;
    return at - *quiet_since_ >= rest_;
  }
  quiet_since_.reset();
  if (at - *healed_ > bound_)
    throw Violation(Invariant::liveness,
                    std::to_string((at - *healed_).count() / 1000) + " ms after the faults ended: " + missing);
  return false;
}

}  // namespace gavel::sim
