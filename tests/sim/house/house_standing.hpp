// The standing services as the house's clients come to use them: each asks the directory to open one, until it is told
// of its group. All must be told of the same (7).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tests/sim/house/house_calls.hpp"

namespace gavel::sim {

class HouseStanding {
 public:
  HouseStanding(HouseWorld& world, HouseCalls& calls) : world_(world), calls_(calls) {}

  /// The group, once this client knows it; until then it asks.
  std::optional<GroupId> group_for(HouseClient& client, const std::string& name);
  /// Called when somebody has learned of the group first.
  std::function<void(const directory::StandingGroup& standing)> on_opened;

 private:
  void on_reply(std::size_t client, const directory::Reply& reply);

  HouseWorld& world_;
  HouseCalls& calls_;
  std::map<std::pair<std::size_t, std::string>, GroupId> known_;
  std::set<std::pair<std::size_t, std::string>> asked_;
};

}  // namespace gavel::sim
