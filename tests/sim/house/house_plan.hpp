// What one run of a house is to be, besides what any run is (tests/sim/plan.hpp): how much its nodes can serve, how
// long auctions run, how patient the manager is, and which faults come how often.
#pragma once

#include <utility>
#include <vector>

#include "tests/sim/plan.hpp"

namespace gavel::sim {

/// Nodes of a house at most, those that join later and those that never do included.
inline constexpr std::size_t kHouseNodes = 9;

struct HousePlan {
  std::vector<std::uint32_t> slots = std::vector<std::uint32_t>(kHouseNodes, 4);  ///< auctions that each node serves
  std::uint32_t room = 64;                                                        ///< clients that each node serves
  int items = 3;
  int sales = 12;  ///< what a seller asks for while faults last; what a bidder asks for
  int bids = 60;
  int words = 40;             ///< things that a talker does in rooms while faults last; 0: nobody talks
  int likes = 15;             ///< how often a client likes something or asks; 0: nobody does
  Duration shortest = 400ms;  ///< an auction
  Duration longest = 3s;
  double endless = 0.2;         ///< share of auctions that still run when everything has come to rest
  Duration replace_after = 1s;  ///< a node that is down for longer counts as lost
  Duration retain_closed = 1h;  ///< a closed auction's replicas stay so long
  bool short_lived() const { return retain_closed < 1min; }

  /// One of them is drawn at a time; the shares need not add up to anything.
  std::vector<std::pair<Fault, int>> faults;
  Duration longest_death = 900ms;  ///< of a node that comes back
  double orphaning = 0;            ///< how often a death may take the majority of an auction's seats for good
  double at_moment = 0;            ///< how often the manager is struck at a moment of an assignment
  bool nothing_refused = false;    ///< every call must be answered with what the service decided
};

HousePlan house_plan_of(const Plan& plan, Random& random);

}  // namespace gavel::sim
