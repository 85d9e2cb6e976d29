#include "node/host/duties.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "node/host/node.hpp"
#include "node/services/auction.hpp"
#include "node/services/mistakes.hpp"

namespace gavel::host {
namespace {

using house::broken;
using house::Mistake;

/// It leads, and has applied everything that was committed before it did.
bool leads_surely(const order::Replica& replica) {
  return replica.leads() && replica.view().slot && replica.commit() >= replica.view().slot;
}

/// The directory's voters and learners as its state wants them; nobody before the first node has registered.
wire::Config goal_of(const DirectoryService& directory) {
  wire::Config goal{directory.voters_wanted(), {}};
  if (goal.voters.empty()) return {};
  for (const auto& [uid, node] : directory.nodes())
    if (!goal.is_voter(uid)) goal.learners.push_back(uid);
  return goal;
}

}  // namespace

void Duties::run(Now now, const DirectoryService& directory, NodeEffects& effects) {
  was_registered_ = was_registered_ || registered(directory);
  register_self(now, effects);
  set_rank(now, directory, effects);
  if (replicas_.storage_failed()) give_up_seats(now, directory, effects);
  retire_former_selves(now, directory, effects);
  const bool stood_still = now.at - std::exchange(ran_at_, now.at) > setup_.options.suspicion;
  if (leads_surely(*replicas_.find(kDirectoryGroup)->replica)) {
    leading_since_ = stood_still ? now.at : std::min(leading_since_, now.at);
    set_goal(now, kDirectoryGroup, goal_of(directory), effects);
    call_the_roll(now, directory, effects);
  } else {
    leading_since_ = kNever;
    set_goal(now, kDirectoryGroup, {}, effects);  // a goal of an earlier reign must not be acted upon in the next one
  }
  for (const auto& [group, hosted] : replicas_.all())
    if (!hosted.observer && group != kDirectoryGroup)
      directory.standing_of(group) ? see_to_standing(now, directory, hosted, effects)
                                   : see_to_auction(now, directory, hosted, effects);
}

void Duties::see_to_standing(Now now, const DirectoryService& directory, const Hosted& hosted, NodeEffects& effects) {
  const bool leads = leads_surely(*hosted.replica);
  const bool wishes = leads && !broken(Mistake::standing_without_goal);
  set_goal(now, hosted.group, wishes ? wire::Config{directory.voters_wanted(), {}} : wire::Config{}, effects);
  if (leads) propose_deadline(now, hosted, effects);
}

void Duties::see_to_auction(Now now, const DirectoryService& directory, const Hosted& hosted, NodeEffects& effects) {
  const auto* record = directory.auction_of(hosted.group);
  const bool leads = leads_surely(*hosted.replica);
  const bool wishes = leads && record && !record->outcome;
  if (!broken(Mistake::goal_of_former_reign) || hosted.goal == wire::Config{})
    set_goal(now, hosted.group, wishes ? wire::Config{record->members, {}} : wire::Config{}, effects);
  if (!leads) return;
  propose_deadline(now, hosted, effects);
  report_auction(now, directory, hosted, effects);
}

TimePoint Duties::next_deadline(Now now, Duration interval) const {
  TimePoint next = now.at + interval;
  for (const auto& [group, hosted] : replicas_.all()) {
    if (hosted.observer || !hosted.replica->leads()) continue;
    const auto deadline = hosted.machine().next_deadline();
    if (deadline && *deadline > now.wall) next = std::min(next, now.at + (*deadline - now.wall));
  }
  return next;
}

bool Duties::registered(const DirectoryService& directory) const {
  const auto own = directory.nodes().find(setup_.self.uid);
  return own != directory.nodes().end() && own->second.incarnation >= setup_.self.incarnation;
}

bool Duties::removed(const DirectoryService& directory) const {
  return was_registered_ && !directory.nodes().contains(setup_.self.uid);
}

bool Duties::outdated(const DirectoryService& directory) const {
  const auto own = directory.nodes().find(setup_.self.uid);
  return own != directory.nodes().end() && own->second.incarnation > setup_.self.incarnation;
}

bool Duties::draining(const DirectoryService& directory) const {
  const auto own = directory.nodes().find(setup_.self.uid);
  return own != directory.nodes().end() && own->second.draining;
}

void Duties::register_self(Now now, NodeEffects& effects) {
  if (was_registered_) return;  // who was removed since comes back in another life, if at all
  register_with(now, setup_.slots, effects);
}

void Duties::register_with(Now now, std::uint32_t slots, NodeEffects& effects) {
  tell_directory(now, Proposals::About::self, 0,
                 directory::RegisterNode{setup_.self.uid, setup_.self.incarnation, setup_.name, setup_.endpoints, slots,
                                         setup_.version, setup_.room},
                 effects);
}

void Duties::retire_former_selves(Now now, const DirectoryService& directory, NodeEffects& effects) {
  if (!registered(directory)) return;
  for (const Uid former : setup_.retired)
    if (directory.nodes().contains(former) && former != setup_.self.uid)
      tell_directory(now, Proposals::About::retired, former.value, directory::LeaveNode{former}, effects);
}

/// A node that can keep nothing is of no use to any auction: in this life it has no slots.
void Duties::give_up_seats(Now now, const DirectoryService& directory, NodeEffects& effects) {
  if (registered(directory) && directory.nodes().at(setup_.self.uid).slots != 0) register_with(now, 0, effects);
}

/// In the directory's group an idle node ranks before a busy one: the idle node manager.
void Duties::set_rank(Now now, const DirectoryService& directory, NodeEffects& effects) {
  const auto own = directory.nodes().find(setup_.self.uid);
  const std::uint32_t rank = own != directory.nodes().end() && own->second.used == 0 ? 1 : 0;
  if (rank == rank_) return;
  rank_ = rank;
  replicas_.step(now, kDirectoryGroup, order::SetRank{rank}, effects);
}

void Duties::call_the_roll(Now now, const DirectoryService& directory, NodeEffects& effects) {
  for (const auto& [uid, node] : directory.nodes()) {
    const auto life = life_of(now, node);
    if (life != node.life)
      tell_directory(now, Proposals::About::node, uid.value, directory::NodeState{uid, node.incarnation, life},
                     effects);
  }
}

/// Who just began to lead may not have heard everybody yet, and knows nothing of what was heard before. Nor does a
/// process that stood still: others may lead by now, and would take its word for it.
directory::Life Duties::life_of(Now now, const directory::NodeRecord& node) const {
  const Duration patience = setup_.options.suspicion * kDownAfter;
  const TimePoint heard = mesh_.heard(node.uid);
  if (node.uid == setup_.self.uid || now.at <= heard + patience) return directory::Life::up;
  const Duration silent = now.at - std::max(heard, leading_since_);
  if (broken(Mistake::never_lost)) return silent > patience ? directory::Life::down : node.life;
  if (node.life == directory::Life::lost) return node.life;
  if (silent <= patience) return node.life;
  // Counted in the directory's time, so that a new manager does not begin anew.
  const bool long_down = node.down_since.micros && now.wall - node.down_since > setup_.replace_after;
  return long_down ? directory::Life::lost : directory::Life::down;
}

void Duties::set_goal(Now now, GroupId group, wire::Config goal, NodeEffects& effects) {
  auto* hosted = replicas_.find(group);
  if (hosted->goal == goal) return;
  hosted->goal = goal;
  replicas_.step(now, group, order::SetGoal{std::move(goal)}, effects);
}

void Duties::propose_deadline(Now now, const Hosted& hosted, NodeEffects& effects) {
  const auto& machine = hosted.machine();
  const auto deadline = machine.next_deadline();
  if (deadline && *deadline <= now.wall && !broken(Mistake::closes_unproposed))
    proposals_.propose(now, hosted.group, Proposals::About::deadline, 0, machine.deadline_command(), effects);
}

void Duties::report_auction(Now now, const DirectoryService& directory, const Hosted& hosted, NodeEffects& effects) {
  const auto* service = auction_in(hosted.replica->machine());
  const auto* record = service ? directory.auction_of(hosted.group) : nullptr;
  if (!record || record->outcome) return;
  const Slot since = hosted.replica->view().slot;
  if (const auto& outcome = service->book().outcome())
    tell_directory(now, Proposals::About::outcome, hosted.group.value,
                   directory::AuctionClosed{record->id, *outcome, hosted.group}, effects);
  else if (record->active_since < since)
    tell_directory(now, Proposals::About::leadership, hosted.group.value,
                   directory::AuctionLed{record->id, setup_.self.uid, since, hosted.group}, effects);
}

void Duties::tell_directory(Now now, Proposals::About about, std::uint64_t subject, const directory::Command& command,
                            NodeEffects& effects) {
  proposals_.propose(now, kDirectoryGroup, about, subject, wire::encode_any(command), effects);
}

}  // namespace gavel::host
