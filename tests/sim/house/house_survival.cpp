// What of a house is lost for good, with the disks that it was on, and what is not.
#include <algorithm>

#include "node/services/directory.hpp"
#include "tests/sim/house/house_world.hpp"

namespace gavel::sim {

bool HouseWorld::exists(Uid uid) const {
  return std::any_of(nodes.begin(), nodes.end(), [uid](const HouseNode& n) { return n.uid == uid && !n.gone; });
}

/// (Those who have not heard of its death yet may make it a voter, if it is none; or, counting on it, take out a voter
/// who is not wanted any more.)
bool HouseWorld::directory_survives_without(const HouseNode& node) const {
  const auto wanted = voters_wanted(checks.directory.newest());
  return std::all_of(nodes.begin(), nodes.end(), [&](const HouseNode& other) {
    const auto& voters = other.directory_config.voters;
    const auto lives = [&](Uid uid) { return uid != node.uid && exists(uid); };
    const auto left = std::count_if(voters.begin(), voters.end(), lives);
    const bool may_shrink = std::any_of(voters.begin(), voters.end(), [&](Uid uid) {
      return lives(uid) && std::count(wanted.begin(), wanted.end(), uid) == 0;
    });
    const bool may_grow = !other.directory_config.is_voter(node.uid);
    return voters.empty() || 2 * static_cast<std::size_t>(left) > voters.size() + (may_grow || may_shrink ? 1 : 0);
  });
}

bool HouseWorld::is_orphan(const directory::Auction& auction, Uid without) const {
  return has_lost_majority(auction.group, auction.genesis, auction.outcome.has_value(), without);
}

bool HouseWorld::is_orphan(const directory::StandingGroup& standing, Uid without) const {
  return has_lost_majority(standing.group, standing.genesis, false, without);
}

bool HouseWorld::is_orphan(GroupId group) const {
  const auto& state = checks.directory.newest();
  if (const auto* auction = auction_of(state, group)) return is_orphan(*auction);
  const auto* standing = standing_of(state, group);
  return standing != nullptr && is_orphan(*standing);
}

bool HouseWorld::is_served(GroupId group) const {
  const auto* auction = auction_of(checks.directory.newest(), group);
  return !(auction != nullptr && is_retired(*auction)) && !is_orphan(group);
}

bool HouseWorld::has_lost_majority(GroupId group, const std::vector<Uid>& genesis, bool ended, Uid without) const {
  const order::Replica* newest = nullptr;
  for (const auto& node : nodes) {
    const auto* replica = node.node && !node.node->observes(group) ? node.node->replica(group) : nullptr;
    if (replica == nullptr || replica->blank()) continue;
    if (newest == nullptr ||
        std::pair(newest->promised(), newest->last()) < std::pair(replica->promised(), replica->last()))
      newest = replica;
  }
  const auto& voters = newest == nullptr ? genesis : newest->config().voters;
  const auto left = std::count_if(voters.begin(), voters.end(), [&](Uid uid) {
    // (Who had not founded it when it ended never will.)
    return uid != without && exists(uid) && (!ended || checks.kept.keeps(uid, group));
  });
  return 2 * static_cast<std::size_t>(left) <= voters.size();
}

}  // namespace gavel::sim
