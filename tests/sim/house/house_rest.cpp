// What keeps a house from being at rest: the groups that have no leader or lag behind, the directory that does not say
// what is so, the auctions that are not served as they should be or have not ended as they should have.
#include <algorithm>

#include "node/host/service_machine.hpp"
#include "node/services/directory.hpp"
#include "node/services/floor.hpp"
#include "node/services/rooms.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/house/house_world.hpp"

namespace gavel::sim {
namespace {
bool contains(const std::vector<Uid>& uids, Uid uid) { return std::count(uids.begin(), uids.end(), uid) > 0; }
}  // namespace

/// Everybody who is wanted and is there votes, and nobody else; but while one who is wanted never comes, because it is
/// gone for good, whoever it was to replace stays.
bool HouseWorld::has_reached(const wire::Config& config, const std::vector<Uid>& wanted) const {
  bool awaits = false;
  for (const auto uid : wanted) {
    if (config.is_voter(uid)) continue;
    if (exists(uid)) return false;
    awaits = true;
  }
  return awaits ||
         std::all_of(config.voters.begin(), config.voters.end(), [&](Uid uid) { return contains(wanted, uid); });
}
std::string HouseWorld::missing() const {
  for (const auto& part : {missing_in_groups(), missing_in_directory()})
    if (!part.empty()) return part;
  for (const auto& [id, auction] : checks.directory.newest().auctions)
    if (auto what = missing_in_auction(auction); !what.empty()) return what;
  for (const auto& [name, standing] : checks.directory.newest().standing)
    if (auto what = missing_in_standing(standing); !what.empty()) return what;
  return {};
}

/// No node is gone for good, and with it what only it had.
bool HouseWorld::all_exist() const {
  return std::none_of(nodes.begin(), nodes.end(), [](const HouseNode& n) { return n.gone || !n.retired.empty(); });
}

bool HouseWorld::is_retired(const directory::Auction& auction) const { return auction.outcome && house.short_lived(); }

std::string HouseWorld::missing_in_groups() const {
  if (running().empty()) return "no node runs";
  std::set<GroupId> groups{kDirectoryGroup};
  for (const auto& [id, auction] : checks.directory.newest().auctions)
    if (!is_retired(auction) && !is_orphan(auction)) groups.insert(auction.group);
  for (const auto& [name, standing] : checks.directory.newest().standing)
    if (!is_orphan(standing)) groups.insert(standing.group);
  for (const auto group : groups) {
    Slot top;
    bool led = false;
    for (const auto i : running())
      if (const auto* replica = nodes[i].node->replica(group)) {
        top = std::max(top, replica->last());
        led = led || (replica->leads() && replica->commit() == replica->last());
      }
    if (!led) return "group " + print(group) + " has no leader that committed everything";
    for (const auto i : running()) {
      const auto* replica = nodes[i].node->replica(group);
      if (replica != nullptr && replica->commit() < top)
        return show(nodes[i].uid) + " lags in group " + print(group) + ": " + order::print(replica->commit()) + " of " +
               order::print(top);
      if (auto what = missing_in_rooms(nodes[i], group); !what.empty()) return what;
    }
  }
  return {};
}

std::string HouseWorld::missing_in_directory() const {
  const auto& state = checks.directory.newest();
  for (const auto& node : nodes) {
    if (!node.node) continue;
    if (node.node->directory() == nullptr) return show(node.uid) + " has no directory";
    const auto at = state.nodes.find(node.uid);
    if (at == state.nodes.end() || at->second.life != directory::Life::up || at->second.incarnation != node.life())
      return show(node.uid) + " runs, and the directory does not say so";
  }
  for (const auto& [uid, node] : state.nodes) {
    if (exists(uid)) continue;
    if (std::any_of(nodes.begin(), nodes.end(), [uid = uid](const HouseNode& n) {
          return n.node && std::count(n.retired.begin(), n.retired.end(), uid) > 0;
        }))
      return show(uid) + " was given up, and is still listed";
    if (node.life != directory::Life::lost) return show(uid) + " is gone, and the directory does not say so";
  }
  for (const auto i : running()) {
    const auto* replica = nodes[i].node->replica(kDirectoryGroup);
    if (!replica->leads()) continue;
    const auto& config = replica->config();
    if (!has_reached(config, voters_wanted(state)))
      return "the directory's voters should be " + show(voters_wanted(state)) + ", and are " + show(config.voters);
    for (const auto& [uid, node] : state.nodes)
      if (exists(uid) && !config.is_member(uid)) return show(uid) + " does not learn the directory";
  }
  return {};
}

std::string HouseWorld::missing_in_auction(const directory::Auction& auction) const {
  if (is_orphan(auction) && !is_retired(auction)) return {};
  const bool endless = auction.terms.end - auction.terms.start > 5min;
  if (!auction.outcome && !endless) return "the auction " + auction.id + " has no recorded outcome";
  bool lives = false;
  for (const auto i : running()) {
    const auto& node = *nodes[i].node;
    const auto* replica = node.replica(auction.group);
    // The group may have counted on it until a moment ago, replaced or not.
    const bool founder = contains(auction.genesis, nodes[i].uid) && !auction.outcome;
    if (founder && (replica == nullptr || node.observes(auction.group)))
      return show(nodes[i].uid) + " never founded " + auction.id;
    if (replica == nullptr) continue;
    if (is_retired(auction)) return show(nodes[i].uid) + " still has a replica of " + auction.id + ", which is over";
    lives = true;
    if (auction.outcome || !replica->leads()) continue;
    if (!has_reached(replica->config(), auction.members))
      return auction.id + " should be served by " + show(auction.members) + ", and is by " +
             show(replica->config().voters);
  }
  if (is_retired(auction) && !checks.has_archive(auction.group) && all_exist())
    return "the auction " + auction.id + " has left no archive";
  if (!lives && !is_retired(auction)) return "the auction " + auction.id + " lives nowhere";
  return {};
}

/// It is served by the directory's voters; all who founded it have a replica, and all who are to serve it.
std::string HouseWorld::missing_in_standing(const directory::StandingGroup& standing) const {
  if (is_orphan(standing)) return {};
  const auto wanted = voters_wanted(checks.directory.newest());
  int leaders = 0;
  for (const auto i : running()) {
    const auto& node = *nodes[i].node;
    const auto* replica = node.replica(standing.group);
    const bool belongs = contains(standing.genesis, nodes[i].uid) || contains(wanted, nodes[i].uid);
    if (belongs && (replica == nullptr || node.observes(standing.group)))
      return show(nodes[i].uid) + " has no replica of the " + standing.name;
    if (replica == nullptr || !replica->leads()) continue;
    ++leaders;
    if (!has_reached(replica->config(), wanted))
      return "the " + standing.name + " should be served by " + show(wanted) + ", and is by " +
             show(replica->config().voters);
  }
  return leaders == 1 ? std::string() : "the " + standing.name + " has " + std::to_string(leaders) + " leaders";
}

/// Who was silent for longer than a lease is gone, from every room.
std::string HouseWorld::missing_in_rooms(const HouseNode& node, GroupId group) const {
  const auto* replica = node.node->replica(group);
  if (replica == nullptr || replica->blank()) return {};
  const auto now = now_at(node).wall;
  const auto missing = [&](const Room& room, const Serving& serving) -> std::string {
    const auto lapse = room.next_lapse();
    if (!lapse || std::max(*lapse, serving.patience) >= now) return {};
    return room.book().members.first_to_lapse()->name + " has fallen silent in " + room.book().name +
           ", and is still there";
  };
  if (const auto* floor = host::service_in<FloorService>(replica->machine()))
    return missing(floor->room(), floor->serving());
  if (const auto* rooms = host::service_in<RoomsService>(replica->machine()))
    for (const auto& [name, room] : rooms->rooms())
      if (auto what = missing(room, rooms->serving()); !what.empty()) return what;
  return {};
}

}  // namespace gavel::sim
