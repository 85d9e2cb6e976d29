// Faults in a house, at random times: processes, disks, links, weather, nodes that come and go, and the operator's own
// doings.
#pragma once

#include <functional>

#include "tests/sim/house/house_operator.hpp"
#include "tests/sim/house/house_world.hpp"

namespace gavel::sim {

class HouseFaults {
 public:
  HouseFaults(HouseWorld& world, HouseOperator& wishes, const FaultSet& allowed);

  /// From now on, for so long.
  void begin(Duration duration);

 private:
  void inject(Fault fault);
  void kill(HouseNode& node);
  void kill_all();
  void kill_for_good(HouseNode& node);
  void split();
  void cut();
  void change_weather();
  void fill_disk(HouseNode& node);
  void lose_disk(HouseNode& node);
  void join();
  void roll(Index next);
  void wait_for_return(HouseNode& node, std::uint64_t starts);
  bool all_settled() const;
  bool may_be_lost(const HouseNode& node);
  HouseNode& someone();
  bool allows(Fault fault) const { return allowed_.test(static_cast<std::size_t>(fault)); }
  bool chance(double p) { return world_.random.chance(p); }
  void later(Duration least, Duration most, std::function<void()> action);
  void restart_later(HouseNode& node, Duration most);

  HouseWorld& world_;
  HouseOperator& operator_;
  FaultSet allowed_;
  bool rolling_ = false;
};

}  // namespace gavel::sim
