#include "node/host/placement.hpp"

#include <algorithm>
#include <utility>

#include "common/base/print.hpp"
#include "common/wire/archive.hpp"
#include "node/host/node.hpp"
#include "node/services/auction.hpp"
#include "node/services/mistakes.hpp"

namespace gavel::host {
namespace {

using house::broken;
using house::Mistake;

bool contains(const std::vector<Uid>& uids, Uid uid) { return std::binary_search(uids.begin(), uids.end(), uid); }

/// A founder with nothing durable of the group has promised nothing in it and may found it at any time, replaced or
/// not; and it must: the group counts it as a voter until it agreed on its successor, and may need its vote for that.
bool founds(const directory::Auction& auction, Uid uid) {
  if (broken(Mistake::late_founder_stays_away) && contains(auction.replaced, uid)) return false;
  return contains(auction.genesis, uid);
}

bool saw_the_end(const Hosted& hosted) {
  const auto* state = hosted.replica->blank() ? nullptr : auction_in(hosted.replica->machine());
  return state && (state->book().outcome() || broken(Mistake::archives_anything));
}

/// Whether a running auction is to have a durable replica on that node.
bool belongs_to(const directory::Auction& auction, Uid uid) {
  return !auction.outcome && (contains(auction.members, uid) || founds(auction, uid));
}

bool belongs_to(const DirectoryService& directory, const directory::StandingGroup& standing, Uid uid) {
  return contains(standing.genesis, uid) || contains(directory.voters_wanted(), uid);
}

/// Its founder alone holds the state that it goes on from (restorations.hpp).
template <class Group>
bool awaits_its_state(const Group& group, Uid uid) {
  return group.restored && contains(group.genesis, uid);
}

}  // namespace

const DirectoryService* Placement::directory() const {
  const auto* hosted = replicas_.find(kDirectoryGroup);
  return hosted ? service_in<DirectoryService>(hosted->replica->machine()) : nullptr;
}

bool Placement::current() {
  const auto* hosted = replicas_.find(kDirectoryGroup);
  if (hosted && !current_) {
    const auto& replica = *hosted->replica;
    // (What nobody else has may be cut off the log, and is not waited for then.)
    current_ = replica.commit() >= std::min(hosted->kept, replica.last()) || broken(Mistake::acts_on_the_past);
  }
  return current_;
}

bool Placement::given_up(GroupId group) const {
  const auto* known = directory();
  return known && group != kDirectoryGroup && group.value <= known->state().groups && !known->auction_of(group) &&
         !known->standing_of(group);
}

bool Placement::settled(TimePoint at) const {
  const auto* hosted = replicas_.find(kDirectoryGroup);
  return hosted && !hosted->replica->blank() && hosted->replica->leader(at);
}

Placement::Reach Placement::reach(Now now, GroupId group, NodeEffects& effects) {
  if (auto* hosted = replicas_.find(group)) {
    hosted->used = now.at;
    return hosted->replica->blank() && !hosted->observer ? Reach::not_yet : Reach::here;
  }
  const auto* known = directory();
  if (const auto* standing = known ? known->standing_of(group) : nullptr) {
    if (belongs_to(*known, *standing, setup_.self.uid)) return Reach::not_yet;
    observe(now, group, standing->service, standing->name, effects);
    return Reach::here;
  }
  const auto* auction = known ? known->auction_of(group) : nullptr;
  if (!auction) return settled(now.at) ? Reach::unknown : Reach::not_yet;
  if (is_retired(now, *auction)) return Reach::unknown;
  if (belongs_to(*auction, setup_.self.uid)) return Reach::not_yet;
  observe(now, group, ServiceKind::auction, auction->id, effects);
  return Reach::here;
}

void Placement::observe(Now now, GroupId group, ServiceKind service, const std::string& title, NodeEffects& effects) {
  replicas_.start_observer(now, group, blank_machine(service), effects);
  effects.notes.push_back({group, {}, "observing " + title + " for a client"});
}

std::vector<GroupId> Placement::run(Now now, const std::function<bool(GroupId)>& in_use, NodeEffects& effects) {
  std::vector<GroupId> gone;
  if (const auto* known = directory()) {
    if (current()) start_what_is_new(now, *known, gone, effects);
    stop_what_is_old(now, *known, in_use, gone, effects);
  }
  return gone;
}

void Placement::start_what_is_new(Now now, const DirectoryService& directory, std::vector<GroupId>& gone,
                                  NodeEffects& effects) {
  static const std::vector<Uid> kNobody;
  const Uid self = setup_.self.uid;
  const auto lives_here = [this](GroupId group) {
    const auto* hosted = replicas_.find(group);
    return hosted && !hosted->observer;
  };
  for (const auto& id : directory.running()) {
    const auto& auction = directory.auctions().at(id);
    if (lives_here(auction.group) || !belongs_to(auction, self) || awaits_its_state(auction, self)) continue;
    const auto& founders = broken(Mistake::founds_with_members) ? auction.members : auction.genesis;
    const bool here = founds(auction, self);
    start(now, {auction.group, ServiceKind::auction, id, here ? founders : kNobody},
          here ? auction_machine(auction.terms) : nullptr, gone, effects);
  }
  for (const auto& [name, standing] : directory.state().standing) {
    if (lives_here(standing.group) || !belongs_to(directory, standing, self) || awaits_its_state(standing, self))
      continue;
    const bool here = contains(standing.genesis, self);
    const auto wanted = broken(Mistake::founds_with_voters) ? directory.voters_wanted() : kNobody;
    const auto& founders = broken(Mistake::founds_with_voters) ? wanted : standing.genesis;
    start(now, {standing.group, standing.service, name, here ? founders : kNobody},
          here ? blank_machine(standing.service) : nullptr, gone, effects);
  }
}

void Placement::start(Now now, const Due& due, std::unique_ptr<ServiceMachine> founding, std::vector<GroupId>& gone,
                      NodeEffects& effects) {
  if (replicas_.find(due.group)) gone.push_back(due.group);  // an observer
  if (founding) {
    replicas_.found(now, due.group, {due.founders, {}}, std::move(founding), effects);
    effects.notes.push_back(
        {due.group, {}, "hosting " + due.title + ", one of " + std::to_string(due.founders.size())});
  } else {
    replicas_.start_member(now, due.group, {}, blank_machine(due.service), effects);
    effects.notes.push_back({due.group, {}, "taking a seat in " + due.title + ", waiting for its state"});
  }
}

void Placement::stop_what_is_old(Now now, const DirectoryService& directory, const std::function<bool(GroupId)>& in_use,
                                 std::vector<GroupId>& gone, NodeEffects& effects) {
  std::vector<GroupId> old;
  for (const auto& [group, hosted] : replicas_.all()) {
    if (group == kDirectoryGroup) continue;
    const auto* auction = directory.auction_of(group);
    if (current() && given_up(group)) {
      old.push_back(group);
      continue;
    }
    const bool wiped = broken(Mistake::wipes_unseated) && auction && !auction->outcome && !hosted.observer &&
                       !belongs_to(*auction, setup_.self.uid);
    if ((auction && is_retired(now, *auction) && may_go(now, hosted)) || wiped)
      old.push_back(group);
    else if (hosted.observer && !in_use(group) && now.at > hosted.used + setup_.observer_idle)
      old.push_back(group);
  }
  bool durable_went = false;
  for (const GroupId group : old) {
    // An archive keeps the disk busy, and all groups' acks wait for it: one at a time.
    const bool durable = !replicas_.find(group)->observer;
    if (durable && std::exchange(durable_went, true)) continue;
    counters_.observers_dropped += durable ? 0 : 1;
    const auto* auction = directory.auction_of(group);
    if (!auction && durable)
      set_aside(now, group, effects);
    else if (auction && is_retired(now, *auction))
      retire(now, *auction, effects);
    else
      replicas_.stop(group, effects);
    effects.notes.push_back({group, {}, "no longer here"});
    gone.push_back(group);
  }
}

/// A durable replica that saw the end leaves an archive behind; one that did not has nothing that others have not.
void Placement::retire(Now now, const directory::Auction& auction, NodeEffects& effects) {
  const auto& hosted = *replicas_.find(auction.group);
  if (hosted.observer || !saw_the_end(hosted)) return replicas_.stop(auction.group, effects);
  archive(now, hosted, auction.id + ".gavel", effects);
}

/// Of a group that was given up, what this node holds may be all that there is of its last bids.
void Placement::set_aside(Now now, GroupId group, NodeEffects& effects) {
  const auto& hosted = *replicas_.find(group);
  const auto* state = auction_in(hosted.replica->machine());
  if (hosted.replica->blank() || !state) return replicas_.stop(group, effects);
  const std::string name = state->book().terms().auction + ".group-" + print(group) + ".gavel";
  effects.alarms.push_back("group " + print(group) + " of auction " + state->book().terms().auction +
                           " was given up, the auction goes on from a backup; what this node had of it, up to slot " +
                           print(hosted.replica->commit()) + ", is in archive/" + name);
  archive(now, hosted, name, effects);
}

void Placement::archive(Now now, const Hosted& hosted, const std::string& name, NodeEffects& effects) {
  const auto snapshot = hosted.replica->snapshot();
  const GroupId group = hosted.group;
  const wire::Archive kept{setup_.cluster, now.wall, {{group, snapshot.slot, share(wire::encode(snapshot))}}};
  replicas_.retire(group, name, wire::pack(kept), effects);
}

/// A durable replica that has just been started knows its log, and not yet what of it is decided: before it goes
/// without an archive, it waits long enough for its group to tell, if there is still enough of it.
bool Placement::may_go(Now now, const Hosted& hosted) const {
  static constexpr int kEnoughSuspicions = 100;
  const Duration patience = std::max(setup_.retain_closed, kEnoughSuspicions * setup_.options.suspicion);
  return hosted.observer || saw_the_end(hosted) || now.at > hosted.since + patience;
}

bool Placement::is_retired(Now now, const directory::Auction& auction) const {
  if (!auction.outcome) return false;
  return now.wall - auction.outcome->closed_at > setup_.retain_closed || !directory()->state().is_recent(auction);
}

}  // namespace gavel::host
