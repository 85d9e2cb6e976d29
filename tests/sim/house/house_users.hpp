// Who uses the house, through production client cores: sellers put items on offer and start auctions, two of them for
// the same items; bidders bid, ask and watch. What they are told goes to the checkers.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/house/house_operator.hpp"
#include "tests/sim/house/house_world.hpp"

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
  enum class Kind : std::uint8_t { add, start, bid, show };
  struct Pending {
    Kind kind = Kind::add;
    GroupId group;
    std::string item;
    std::int64_t begun_at = 0;
    auction::Bid bid;
  };
  struct Watch {
    bool gap = false;  ///< told since the last event that some may be missed
    bool ever_gap = false;
  };

  void tick(HouseClient& client);
  void sell(HouseClient& client);
  void bid(HouseClient& client);
  void command(HouseClient& client, GroupId group, const Bytes& body, Pending pending);
  void on_effect(HouseClient& client, const client::Effect& effect);
  void on_completed(HouseClient& client, const client::Completed& completed);
  void on_directory(const Pending& pending, const Bytes& body);
  void on_event(HouseClient& client, const client::Event& event);
  void watch(GroupId group);

  HouseWorld& world_;
  HouseOperator& operator_;
  Random random_;
  std::map<std::pair<std::size_t, client::CallId>, Pending> pending_;
  std::map<GroupId, std::int64_t> price_;  ///< that somebody has heard of
  std::map<std::pair<std::size_t, GroupId>, Watch> watches_;
  std::set<std::string> items_;
  std::vector<int> left_;
  int next_item_ = 0;
};

}  // namespace gavel::sim
