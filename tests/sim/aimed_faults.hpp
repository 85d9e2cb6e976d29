// Faults at the moments that matter, instead of at random times: a promise, a view, a configuration, an adoption, a
// first commit. And two scripts, for the two ways in which changing the configuration one server at a time is known to
// go wrong.
#pragma once

#include <vector>

#include "tests/sim/group_world.hpp"

namespace gavel::sim {

class AimedFaults {
 public:
  explicit AimedFaults(GroupWorld& world);

  /// Sets up what the scripts need: nodes that join at some time.
  void start();

 private:
  void at(SimNode& node, Moment moment);
  void strike(SimNode& node);
  void figure8(SimNode& node, Moment moment);
  void lose_leader(wire::Term term, Duration time);
  void script(SimNode& node, Moment moment);
  void two_leaders(SimNode& node, Moment moment);
  void two_behind(SimNode& node, Moment moment);
  void change_goal_by_one(const SimNode& node);
  void split_off(const std::vector<Uid>& side);
  bool chance(double p) { return world_.random.chance(p); }
  void later(Duration least, Duration most, std::function<void()> action);

  GroupWorld& world_;
  std::vector<Uid> founders_;
  int stage_ = 0;
  Uid first_;  ///< who did the script's first step
  Uid added_;
};

}  // namespace gavel::sim
