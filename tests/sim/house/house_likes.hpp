// Who likes things: most clients do now and then, some hundred times at once, through whatever gateway they are at, and
// some ask and watch how often a thing was liked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/sim/house/house_standing.hpp"
#include "tests/sim/house/house_watches.hpp"

namespace gavel::sim {

class HouseLikes {
 public:
  HouseLikes(HouseWorld& world, HouseCalls& calls, HouseWatches& watches, HouseStanding& standing, Random random);

  void begin();
  /// A few more likes, and then no new ones.
  void heal();
  /// The likes' group is open: those who watch do so from now on.
  void on_opened(GroupId group);
  bool is_group(GroupId group) const { return group_ == group; }
  void on_event(HouseClient& client, const client::Event& event);
  /// What they still want to say or to hear; empty when nothing.
  std::string missing() const;

 private:
  void tick(HouseClient& client);
  void like(HouseClient& client, GroupId group, const std::string& thing);
  void ask(HouseClient& client, GroupId group, const std::string& thing);

  HouseWorld& world_;
  HouseCalls& calls_;
  HouseWatches& watches_;
  HouseStanding& standing_;
  Random random_;
  std::optional<GroupId> group_;
  std::vector<std::string> things_;
  std::vector<int> left_;
};

}  // namespace gavel::sim
