// What the replicas of rooms, floors and likes hold, handed to the checkers of each.
#include <algorithm>

#include "node/host/service_machine.hpp"
#include "node/services/floor.hpp"
#include "node/services/likes.hpp"
#include "node/services/rooms.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/house/floor_checks.hpp"
#include "tests/sim/house/house_checks.hpp"

namespace gavel::sim {

bool HouseChecks::standing_opened(const directory::StandingGroup& standing) {
  const auto [it, fresh] = standing_.try_emplace(standing.name, standing);
  if (it->second.fields() != standing.fields())
    throw Violation(Invariant::exactly_once, "the " + standing.name + " was opened twice");
  return fresh;
}

void HouseChecks::follow_services(Uid uid, GroupId group, const order::Replica& replica, Seen& seen) {
  const auto& machine = replica.machine();
  if (const auto* floor = host::service_in<FloorService>(machine)) {
    follow_room(uid, group, floor->room(), seen);
    const auto& bids = floor->book().bids();
    check_kept_bids(uid, floor->room().book(), bids.page(bids.size() - std::min(bids.size(), kKeptBids), kKeptBids));
  } else if (const auto* rooms = host::service_in<RoomsService>(machine)) {
    for (const auto& [name, room] : rooms->rooms()) follow_room(uid, group, room, seen);
  } else if (const auto* likes = host::service_in<LikesService>(machine)) {
    for (const auto& [thing, total] : likes->totals()) likes_[thing].holds(uid, total);
  }
}

void HouseChecks::follow_room(Uid uid, GroupId group, const Room& room, Seen& seen) {
  auto& lines = seen.lines[room.book().name];
  if (room.book().lines.last() == lines) return;
  rooms_[{group, room.book().name}].holds(uid, room.book(), lines);
  lines = room.book().lines.last();
}

void HouseChecks::end_with_services(Uid uid, GroupId group, const order::Replica& replica) {
  const auto& machine = replica.machine();
  const auto room_ends = [&](const Room& room) { rooms_[{group, room.book().name}].ends_with(uid, room.book()); };
  if (const auto* floor = host::service_in<FloorService>(machine))
    room_ends(floor->room());
  else if (const auto* rooms = host::service_in<RoomsService>(machine))
    for (const auto& [name, room] : rooms->rooms()) room_ends(room);
  else if (const auto* likes = host::service_in<LikesService>(machine))
    for (const auto& [thing, check] : likes_) {
      const auto total = likes->totals().find(thing);
      check.ends_with(uid, total == likes->totals().end() ? 0 : total->second);
    }
}

void HouseChecks::end() {
  for (auto& [place, room] : rooms_) {
    room.end();
    const auto auction = auctions_.find(place.first);
    if (auction != auctions_.end()) check_floor(room, auction->second.bids(), auction->second.outcome());
  }
}

}  // namespace gavel::sim
