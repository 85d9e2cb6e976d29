#include "tests/sim/house/directory_history.hpp"

#include <algorithm>
#include <map>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {

bool contains(const std::vector<Uid>& uids, Uid uid) { return std::count(uids.begin(), uids.end(), uid) > 0; }
bool ascends(const std::vector<Uid>& uids) {
  return std::adjacent_find(uids.begin(), uids.end(), [](Uid a, Uid b) { return !(a < b); }) == uids.end();
}

[[noreturn]] void misplaced(const std::string& what) { throw Violation(Invariant::placement, what); }

void check_seats(const DirectoryState& state) {
  std::map<Uid, std::uint32_t> seats;
  for (const auto& [id, auction] : state.auctions) {
    if (auction.members.empty() || auction.members.size() > directory::kMaxMembers || !ascends(auction.members))
      misplaced("the members of " + id + " are " + show(auction.members));
    for (const auto uid : auction.replaced)
      if (!contains(auction.genesis, uid)) misplaced(show(uid) + " is replaced in " + id + ", and never founded it");
    if (auction.outcome) continue;
    for (const auto uid : auction.members) ++seats[uid];
    for (const auto uid : auction.genesis)
      if (!contains(auction.members, uid) && !contains(auction.replaced, uid))
        misplaced(show(uid) + " lost its seat in " + id + ", and is not among those who were replaced");
  }
  for (const auto& [uid, node] : state.nodes) {
    if (node.used != seats[uid])
      misplaced(show(uid) + " has " + std::to_string(seats[uid]) + " seats, and uses " + std::to_string(node.used) +
                " slots");
    if (node.used > node.slots && node.slots != 0)  // without slots it keeps what nobody takes
      misplaced(show(uid) + " uses " + std::to_string(node.used) + " of " + std::to_string(node.slots) + " slots");
  }
}

/// A fit node with a slot free that serves the auction not yet; nobody if there is none.
Uid candidate(const DirectoryState& state, const directory::Auction& auction) {
  for (const auto& [uid, node] : state.nodes)
    if (node.is_fit() && node.used < node.slots && !contains(auction.members, uid)) return uid;
  return {};
}

void check_staff(const DirectoryState& state) {
  for (const auto& [id, auction] : state.auctions) {
    if (auction.outcome) continue;
    const auto free = candidate(state, auction);
    if (!free) continue;
    if (auction.members.size() < directory::kMaxMembers)
      misplaced(id + " has only " + show(auction.members) + ", and " + show(free) + " has a slot free");
    for (const auto uid : auction.members) {
      const auto node = state.nodes.find(uid);
      const bool unfit =
          node == state.nodes.end() || node->second.life == directory::Life::lost || node->second.is_leaving();
      if (unfit) misplaced(show(uid) + " is unfit and keeps its seat in " + id + ", and " + show(free) + " is free");
    }
  }
}

void check_items(const DirectoryState& state) {
  std::set<GroupId> groups;
  std::map<std::string, std::uint32_t> runs;
  std::map<std::string, int> taken;  // it runs, or it is sold
  std::set<std::string> running;
  for (const auto& [name, standing] : state.standing)
    if (!groups.insert(standing.group).second)
      throw Violation(Invariant::exactly_once, "two services live in group " + print(standing.group));
  for (const auto& [id, auction] : state.auctions) {
    const auto& item = auction.terms.item;
    if (!groups.insert(auction.group).second)
      throw Violation(Invariant::exactly_once, "two auctions live in group " + print(auction.group));
    ++runs[item];
    if (!auction.outcome) running.insert(item);
    if ((!auction.outcome || auction.outcome->winner) && ++taken[item] > 1)
      throw Violation(Invariant::exactly_once, "the item " + item + " is sold twice");
  }
  for (const auto& [id, item] : state.items) {
    if (item.runs != runs[id])
      throw Violation(Invariant::exactly_once, "the item " + id + " ran " + std::to_string(item.runs) + " times, in " +
                                                   std::to_string(runs[id]) + " auctions");
    const auto right = running.contains(id) ? directory::ItemState::running
                       : taken[id] > 0      ? directory::ItemState::sold
                       : runs[id] > 0       ? directory::ItemState::unsold
                                            : directory::ItemState::on_offer;
    if (item.state != right)
      throw Violation(Invariant::exactly_once, "the item " + id + " is " + std::string(words_for(item.state)) +
                                                   ", and should be " + std::string(words_for(right)));
  }
}
}  // namespace

void DirectoryHistory::check(const DirectoryState& state) {
  check_items(state);
  check_seats(state);
  check_staff(state);
}

void DirectoryHistory::follow(Slot slot, const DirectoryState& state) {
  check(state);
  check_step(state);
  newest_ = state;
  slot_ = slot;
}

void DirectoryHistory::check_step(const DirectoryState& next) {
  for (const auto& [id, item] : newest_.items)
    if (!next.items.contains(id)) throw Violation(Invariant::durability, "the item " + id + " is forgotten");
  for (const auto& [name, before] : newest_.standing) {
    const auto at = next.standing.find(name);
    if (at == next.standing.end() || at->second.fields() != before.fields())
      throw Violation(Invariant::durability, "the " + name + " is forgotten, or has become another one");
  }
  for (const auto& [id, before] : newest_.auctions) {
    const auto at = next.auctions.find(id);
    if (at == next.auctions.end()) throw Violation(Invariant::durability, "the auction " + id + " is forgotten");
    const auto& after = at->second;
    if (after.group != before.group || after.genesis != before.genesis || after.terms.fields() != before.terms.fields())
      throw Violation(Invariant::durability, "the auction " + id + " has become another one");
    if (before.outcome && (!after.outcome || after.outcome->fields() != before.outcome->fields()))
      throw Violation(Invariant::durability, "the outcome of " + id + " has become another one");
    for (const auto uid : before.replaced)
      if (!contains(after.replaced, uid))
        throw Violation(Invariant::durability, "it is forgotten that " + show(uid) + " was replaced in " + id);
    check_members(before, after, next);
  }
}

void DirectoryHistory::check_members(const directory::Auction& before, const directory::Auction& after,
                                     const DirectoryState& next) {
  if (before.members == after.members) return;
  if (before.outcome) misplaced("the members of " + before.id + " change after its end");
  for (const auto uid : after.members) {
    if (contains(before.members, uid)) continue;
    ++seats_moved_;
    const auto node = next.nodes.find(uid);
    if (node == next.nodes.end() || !node->second.is_fit())
      misplaced(show(uid) + " is given a seat in " + before.id + ", and is not fit");
  }
  const bool allowed = std::any_of(before.members.begin(), before.members.end(),
                                   [&](Uid uid) { return !contains(after.members, uid) && shrinkable_.contains(uid); });
  if (after.members.size() < before.members.size() && !allowed)
    misplaced(before.id + " shrinks from " + show(before.members) + " to " + show(after.members));
}

}  // namespace gavel::sim
