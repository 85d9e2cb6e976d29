// Who uses the house, through production client cores: those who trade, those who talk and those who like things. What
// they are told goes to the checkers. Here it is only handed to those whom it concerns.
#pragma once

#include <string>

#include "tests/sim/house/house_likes.hpp"
#include "tests/sim/house/house_operator.hpp"
#include "tests/sim/house/house_talk.hpp"
#include "tests/sim/house/house_trade.hpp"

namespace gavel::sim {

class HouseUsers {
 public:
  HouseUsers(HouseWorld& world, HouseOperator& wishes, Random random);

  void begin();
  /// A few more requests, and then no new ones.
  void heal();
  /// What they still wait for; empty when nothing.
  std::string missing() const;

 private:
  void on_effect(HouseClient& client, const client::Effect& effect);
  void on_event(HouseClient& client, const client::Event& event);

  HouseWorld& world_;
  HouseCalls calls_;
  HouseWatches watches_;
  HouseStanding standing_;
  HouseTrade trade_;
  HouseTalk talk_;
  HouseLikes likes_;
};

}  // namespace gavel::sim
