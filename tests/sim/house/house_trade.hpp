// Who trades in the house: sellers put items on offer and start auctions, two of them for the same items; bidders bid,
// ask and watch.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/house/house_calls.hpp"
#include "tests/sim/house/house_watches.hpp"

namespace gavel::sim {

class HouseTrade {
 public:
  HouseTrade(HouseWorld& world, HouseCalls& calls, HouseWatches& watches, Random random);

  void begin();
  /// A few more requests, and then no new ones.
  void heal();
  void on_event(HouseClient& client, const client::Event& event);
  /// Called with each auction of whose start somebody is told.
  std::function<void(const directory::Auction& auction)> on_auction;
  /// What they still want to ask or to hear; empty when nothing.
  std::string missing() const;

 private:
  void tick(HouseClient& client);
  void sell(HouseClient& client);
  void add_item(HouseClient& client);
  void start_auction(HouseClient& client);
  void on_started(const directory::Auction& auction);
  void bid(HouseClient& client);
  void place_bid(HouseClient& client, GroupId group);
  void ask(HouseClient& client, GroupId group);

  HouseWorld& world_;
  HouseCalls& calls_;
  HouseWatches& watches_;
  Random random_;
  std::map<GroupId, std::int64_t> price_;  ///< that somebody has heard of
  std::set<std::string> items_;
  std::vector<int> left_;
  int next_item_ = 0;
};

}  // namespace gavel::sim
