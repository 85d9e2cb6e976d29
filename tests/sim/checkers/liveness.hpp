// Invariant 9: once faults stop and a majority is connected, an election ends and every pending request is answered,
// within a bound on simulated time. The world says what is still missing; this says when that has lasted too long.
#pragma once

#include <optional>
#include <string>

#include "common/base/time.hpp"

namespace gavel::sim {

class Liveness {
 public:
  /// `bound`: from the end of the faults to rest. `rest`: how long nothing may be missing before the run is over.
  Liveness(Duration bound, Duration rest) : bound_(bound), rest_(rest) {}

  void healed(TimePoint at) { healed_ = at; }
  /// Called now and then after that. `missing`: what is not as it should be, or nothing. True when the run is over.
  bool look(TimePoint at, const std::string& missing);
  /// From the end of the faults to rest; once `look` said so.
  Duration settled_after() const { return *quiet_since_ - *healed_; }

 private:
  Duration bound_;
  Duration rest_;
  std::optional<TimePoint> healed_;
  std::optional<TimePoint> quiet_since_;
};

}  // namespace gavel::sim
