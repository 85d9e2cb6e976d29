// The faults that change who belongs to the group: the operator's wishes, and lost disks.
#include <algorithm>

#include "tests/sim/fault_injector.hpp"
#include "tests/sim/mistakes_made.hpp"

namespace gavel::sim {
namespace {
void erase(std::vector<Uid>& uids, Uid uid) { uids.erase(std::remove(uids.begin(), uids.end(), uid), uids.end()); }
}  // namespace

void FaultInjector::change_goal() {
  std::vector<void (FaultInjector::*)()> kinds;
  if (allows(Fault::join)) kinds.push_back(&FaultInjector::add_voter);
  if (allows(Fault::leave)) kinds.push_back(&FaultInjector::remove_voter);
  if (allows(Fault::join) && allows(Fault::leave)) kinds.push_back(&FaultInjector::replace_voter);
  if (allows(Fault::learner)) kinds.push_back(&FaultInjector::add_learner);
  if (!kinds.empty()) (this->*kinds[below(kinds.size())])();
}

void FaultInjector::add_voter() {
  auto goal = world_.goal();
  if (goal.voters.size() >= 6) return;
  std::vector<SimNode*> idle;
  for (const auto i : world_.living())
    if (!goal.is_voter(world_.nodes[i].uid)) idle.push_back(&world_.nodes[i]);
  SimNode* node = !idle.empty() && chance(0.6) ? idle[below(idle.size())] : world_.fresh();
  if (node == nullptr) return;
  world_.statistics.count(Fault::join);
  if (!node->exists) world_.join(*node, false);
  erase(goal.learners, node->uid);
  goal.voters.push_back(node->uid);
  world_.want(goal);
}

void FaultInjector::remove_voter() {
  auto goal = world_.goal();
  if (goal.voters.size() <= (world_.plan.mode == Mode::member ? 2U : 3U) || world_.removing(true)) return;
  world_.statistics.count(Fault::leave);
  goal.voters.erase(goal.voters.begin() + static_cast<std::ptrdiff_t>(below(goal.voters.size())));
  world_.want(goal);
}

void FaultInjector::replace_voter() {
  auto goal = world_.goal();
  auto* node = world_.fresh();
  if (node == nullptr || goal.voters.size() < 2 || world_.removing(true)) return;
  world_.statistics.count(Fault::join);
  world_.statistics.count(Fault::leave);
  world_.join(*node, false);
  goal.voters[below(goal.voters.size())] = node->uid;
  world_.want(goal);
}

void FaultInjector::add_learner() {
  auto goal = world_.goal();
  if (!goal.learners.empty() && chance(0.6)) {
    goal.learners.pop_back();
    return world_.want(goal);
  }
  auto* node = world_.fresh();
  if (node == nullptr || goal.learners.size() >= 2) return;
  world_.statistics.count(Fault::learner);
  world_.join(*node, false);
  goal.learners.push_back(node->uid);
  world_.want(goal);
}

void FaultInjector::lose_disk() {
  auto goal = world_.goal();
  auto& node = someone();
  const auto gone = std::count_if(world_.nodes.begin(), world_.nodes.end(), [](const SimNode& n) { return n.gone; });
  if (gone >= 2 || world_.removing(false) || !goal.is_voter(node.uid) || goal.voters.size() < 3 ||
      !world_.safe_without(node))
    return;
  if (takes_damage_for_torn()) {
    world_.crash(node);
    node.disk.lose_last();
    return world_.timeline.after(50ms, [this, &node] { world_.restart(node); });
  }
  if (keeps_uid_without_disk()) {
    world_.lose_disk(node);
    return world_.timeline.after(50ms, [this, &node] { world_.restart(node); });
  }
  auto* successor = world_.fresh();
  if (successor == nullptr) return;
  world_.statistics.count(Fault::lost_disk);
  world_.lose_disk(node);
  node.gone = true;
  erase(goal.voters, node.uid);
  world_.join(*successor, false);
  goal.voters.push_back(successor->uid);
  world_.want(goal);
}

}  // namespace gavel::sim
