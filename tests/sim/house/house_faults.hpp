// Faults in a house, at random times: processes, disks, links, weather, nodes that come and go.
#pragma once

#include "tests/sim/house/house_world.hpp"

namespace gavel::sim {

class HouseFaults {
 public:
  HouseFaults(HouseWorld& world, const FaultSet& allowed) : world_(world), allowed_(allowed) {}

  /// From now on, for so long.
  void begin(Duration duration);

 private:
  void inject();
  void kill(HouseNode& node);
  void kill_all();
  void change_links();
  void hurt_disk(HouseNode& node);
  void lose_disk(HouseNode& node);
  void change_weather();
  void join();
  HouseNode& someone();
  bool allows(Fault fault) const { return allowed_.test(static_cast<std::size_t>(fault)); }
  bool chance(double p) { return world_.random.chance(p); }
  void later(Duration least, Duration most, std::function<void()> action);
  void restart_later(HouseNode& node, Duration most);

  HouseWorld& world_;
  FaultSet allowed_;
};

}  // namespace gavel::sim
