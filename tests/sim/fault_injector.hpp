// Faults at random times: draws one after the other until the faults end, each of a kind that the run allows.
#pragma once

#include <vector>

#include "tests/sim/group_world.hpp"

namespace gavel::sim {

class FaultInjector {
 public:
  FaultInjector(GroupWorld& world, const FaultSet& allowed);

  /// Plans all faults of the run, up to the time at which they end.
  void start();

 private:
  void inject();
  bool allows(Fault fault) const { return allowed_.test(static_cast<std::size_t>(fault)); }
  bool chance(double p) { return world_.random.chance(p); }
  std::size_t below(std::size_t bound);
  /// The leader rather often, else anyone who lives.
  SimNode& someone();
  /// Runs it then, unless the faults are over.
  void later(Duration least, Duration most, std::function<void()> action);

  void kill_one();
  void kill_all();
  void change_links();
  void isolate();
  void split();
  void cut_one_way();
  void cut_at_random();
  void hold_back();
  void change_weather();
  void stop();
  void turn_clock();
  void hurt_disk();
  void fill_disk();
  void lose_disk();
  void change_goal();
  void add_voter();
  void remove_voter();
  void replace_voter();
  void add_learner();
  void drain();
  void change_rank();
  void transfer();
  void mute();
  void observe();
  void mislead();

  GroupWorld& world_;
  FaultSet allowed_;
};

/// Kills a node for a while, and tells some of the others at once that its connection was reset.
void kill_for(GroupWorld& world, SimNode& node, Duration time);

}  // namespace gavel::sim
