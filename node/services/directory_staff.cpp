#include "node/services/directory_staff.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <set>

#include "common/base/check.hpp"
#include "node/services/mistakes.hpp"

namespace gavel {
namespace {

using directory::kMaxMembers;
using directory::NodeRecord;
using house::broken;
using house::Mistake;

void insert(std::vector<Uid>& uids, Uid uid) {
  const auto at = std::lower_bound(uids.begin(), uids.end(), uid);
  if (at == uids.end() || *at != uid) uids.insert(at, uid);
}

bool contains(const std::vector<Uid>& uids, Uid uid) { return std::binary_search(uids.begin(), uids.end(), uid); }

/// Fit nodes with a free slot, the one to be taken next first.
class Pool {
 public:
  Pool(const DirectoryState& state, Uid gone) {
    for (const auto& [uid, node] : state.nodes)
      if (uid != gone && may_serve(node) && (node.used < node.slots || broken(Mistake::seats_twice)))
        free_.insert({node.used, uid, node.slots});
  }

  static bool may_serve(const NodeRecord& node) {
    return node.is_fit() || (broken(Mistake::staffs_draining) && node.life == directory::Life::up);
  }
  bool empty() const { return free_.empty(); }
  /// Takes a slot of the first node that is none of these.
  std::optional<Uid> take(const std::vector<Uid>& members) {
    const auto at = std::find_if(free_.begin(), free_.end(), [&](const Free& f) { return !contains(members, f.uid); });
    if (at == free_.end()) return {};
    Free taken = *at;
    free_.erase(at);
    if (++taken.used < taken.slots) free_.insert(taken);
    return taken.uid;
  }

 private:
  struct Free {
    std::uint32_t used = 0;
    Uid uid;
    std::uint32_t slots = 0;
    bool operator<(const Free& other) const { return used != other.used ? used < other.used : uid > other.uid; }
  };
  std::set<Free> free_;
};

/// A plan of seats: what stands in the state, and what is to be otherwise.
class Plan {
 public:
  Plan(const DirectoryState& state, Uid gone) : state_(state), gone_(gone), pool_(state, gone) {}

  Seats make() {
    replace([this](Uid uid) { return is_lost(uid); });
    replace([this](Uid uid) { return is_draining(uid); });
    fill_up();
    return std::move(due_);
  }

 private:
  bool is_lost(Uid uid) const {
    const auto node = state_.nodes.find(uid);
    return uid == gone_ || node == state_.nodes.end() || node->second.life == directory::Life::lost;
  }
  bool is_draining(Uid uid) const { return !is_lost(uid) && state_.nodes.at(uid).is_leaving(); }

  const std::vector<Uid>& members(const std::string& id) const {
    const auto changed = due_.find(id);
    return changed != due_.end() ? changed->second : state_.auctions.at(id).members;
  }

  void replace(const std::function<bool(Uid)>& unfit) {
    for (const auto& id : state_.running) {
      if (pool_.empty() && !broken(Mistake::shrinks_quietly)) return;
      const auto before = members(id);
      for (const Uid uid : before) {
        if (!unfit(uid)) continue;
        // Whoever had the seat is still among the members here, so it cannot be given to anyone twice.
        const auto successor = pool_.take(members(id));
        if (broken(Mistake::shrinks_quietly) && !successor && members(id).size() > 1)
          std::erase(due_[id] = members(id), uid);
        if (!successor) break;
        auto after = members(id);
        std::erase(after, uid);
        insert(after, *successor);
        due_[id] = std::move(after);
      }
    }
  }

  void fill_up() {
    for (const auto& id : state_.running) {
      while (members(id).size() < kMaxMembers) {
        const auto another = pool_.take(members(id));
        if (!another) break;
        auto after = members(id);
        insert(after, *another);
        due_[id] = std::move(after);
      }
      if (pool_.empty()) return;
    }
  }

  const DirectoryState& state_;
  const Uid gone_;
  Pool pool_;
  Seats due_;
};

/// A founder without a seat is one that was replaced, and stays one.
void note_replaced(directory::Auction& auction) {
  if (broken(Mistake::skips_replaced)) return;
  for (const Uid uid : auction.genesis)
    if (!contains(auction.members, uid)) insert(auction.replaced, uid);
}

void change_used(DirectoryState& state, const std::vector<Uid>& from, const std::vector<Uid>& to) {
  for (const Uid uid : from) {
    const auto node = state.nodes.find(uid);
    if (node == state.nodes.end() || contains(to, uid)) continue;
    GAVEL_CHECK(node->second.used > 0, "a member of a running auction uses a slot");
    --node->second.used;
  }
  for (const Uid uid : to)
    if (!contains(from, uid)) ++state.nodes.at(uid).used;
}

}  // namespace

std::vector<Uid> pick_members(const DirectoryState& state) {
  Pool pool(state, {});
  std::vector<Uid> members;
  while (members.size() < kMaxMembers) {
    const auto next = pool.take(members);
    if (!next) break;
    insert(members, *next);
  }
  return members;
}

Seats seats_due(const DirectoryState& state, Uid gone) { return Plan(state, gone).make(); }

std::vector<std::string> seats_nobody_takes(const DirectoryState& state, Uid leaving) {
  const auto due = seats_due(state, leaving);
  std::vector<std::string> kept;
  for (const auto& id : state.running) {
    const auto changed = due.find(id);
    if (contains(changed != due.end() ? changed->second : state.auctions.at(id).members, leaving)) kept.push_back(id);
  }
  return kept;
}

std::vector<std::string> staff(DirectoryState& state) {
  std::vector<std::string> changed;
  for (auto& [id, members] : seats_due(state)) {
    auto& auction = state.auctions.at(id);
    change_used(state, auction.members, members);
    auction.members = members;
    note_replaced(auction);
    changed.push_back(id);
  }
  return changed;
}

std::vector<std::string> shrink(DirectoryState& state, Uid gone) {
  std::vector<std::string> changed;
  for (const auto& id : state.running) {
    auto& auction = state.auctions.at(id);
    if (!contains(auction.members, gone) || auction.members.size() == 1) continue;
    std::erase(auction.members, gone);
    note_replaced(auction);
    changed.push_back(id);
  }
  return changed;
}

void reseat(DirectoryState& state, const std::string& id, Uid founder) {
  auto& auction = state.auctions.at(id);
  change_used(state, auction.members, {founder});
  state.by_group.erase(auction.group);
  auction.group = GroupId{++state.groups};
  state.by_group.emplace(auction.group, id);
  auction.genesis = auction.members = {founder};
  auction.replaced.clear();
  auction.active = founder;
  auction.active_since = {};
  auction.restored = true;
}

}  // namespace gavel
