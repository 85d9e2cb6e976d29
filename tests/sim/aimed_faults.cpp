#include "tests/sim/aimed_faults.hpp"

#include <algorithm>
#include <utility>

#include "tests/sim/fault_injector.hpp"

namespace gavel::sim {

AimedFaults::AimedFaults(GroupWorld& world) : world_(world) {
  world_.on_moment = [this](SimNode& node, Moment moment) {
    if (!world_.healed()) at(node, moment);
  };
}

void AimedFaults::start() {
  founders_ = world_.goal().voters;
  if (!world_.plan.scripted()) return;
  for (int i = 0; i < (world_.plan.mode == Mode::conf1 ? 1 : 2); ++i)
    later(400ms, 600ms, [this] {
      auto* node = world_.fresh();
      world_.statistics.count(Fault::join);
      world_.join(*node, false);
      auto goal = world_.goal();
      goal.voters.push_back(node->uid);
      world_.want(goal);
    });
}

void AimedFaults::later(Duration least, Duration most, std::function<void()> action) {
  world_.timeline.after(world_.random.between(least, most), [this, action = std::move(action)] {
    if (!world_.healed()) action();
  });
}

void AimedFaults::at(SimNode& node, Moment moment) {
  if (world_.plan.scripted()) return script(node, moment);
  const auto& aim = world_.plan.aim;
  const double p = moment == Moment::config   ? aim.at_config
                   : moment == Moment::commit ? aim.at_commit
                   : moment == Moment::view   ? 4 * aim.anywhere
                                              : aim.anywhere;
  if (p <= 0 || !chance(p)) return;
  world_.statistics.count(Fault::aimed);
  if (moment == Moment::config && chance(0.5)) change_goal_by_one(node);
  if (world_.plan.mode == Mode::figure8)
    figure8(node, moment);
  else
    strike(node);
}

void AimedFaults::change_goal_by_one(const SimNode& node) {
  auto goal = world_.goal();
  auto choices = goal.voters;
  for (const auto uid : node.replica->config().voters)
    if (!goal.is_voter(uid) && !world_.node(uid).gone) choices.push_back(uid);
  const auto uid =
      choices[static_cast<std::size_t>(world_.random.between(0, static_cast<std::int64_t>(choices.size()) - 1))];
  if (goal.is_voter(uid) && world_.removing(true)) return;
  if (goal.is_voter(uid))
    goal.voters.erase(std::find(goal.voters.begin(), goal.voters.end(), uid));
  else
    goal.voters.push_back(uid);
  std::erase(goal.learners, uid);
  if (goal.voters.size() >= 2 && goal.voters.size() <= 6) world_.want(goal);
}

void AimedFaults::strike(SimNode& node) {
  const auto kind = world_.plan.aim.splits_only ? world_.random.between(1, 3) : world_.random.between(0, 5);
  const auto lasting = world_.random.between(Duration(20ms), Duration(400ms));
  if (kind == 0) {
    later(Duration(0), 3ms,
          [this, &node] { kill_for(world_, node, world_.random.between(Duration(1ms), Duration(200ms))); });
  } else if (kind == 1) {  // what it publishes now reaches only some
    for (Index other = 0; other < kMaxNodes; ++other)
      if (other != node.index && chance(0.6)) world_.network.cut(node.index, other);
    later(1ms, 20ms, [this] { world_.network.clear_links(); });
  } else if (kind <= 3) {
    std::vector<Uid> side{node.uid};
    for (const auto& other : world_.nodes)
      if (chance(0.5)) side.push_back(other.uid);
    later(Duration(0), 2ms, [this, side, lasting] {
      split_off(side);
      later(lasting, lasting, [this] { world_.network.clear_links(); });
    });
  } else if (kind == 4) {
    later(Duration(0), 5ms, [this] {
      world_.statistics.count(Fault::power);
      world_.narrator.say("power failure, aimed");
      for (const auto i : world_.living()) {
        world_.crash(world_.nodes[i]);
        world_.timeline.after(world_.random.between(Duration(1ms), Duration(150ms)),
                              [this, i] { world_.restart(world_.nodes[i]); });
      }
    });
  } else {
    world_.statistics.count(Fault::pause);
    world_.pause(node, lasting);
  }
}

// Raft's figure 8 (Ongaro 2014, 5.4.2): leaders that vanish with their view, and commits that are cut off.
void AimedFaults::figure8(SimNode& node, Moment moment) {
  const auto lasting = world_.random.between(Duration(150ms), Duration(600ms));
  if (moment == Moment::view) {
    world_.network.isolate(node.index);
    world_.narrator.say(node.uid, "vanishes with its view");
    later(lasting, lasting, [this, &node] { world_.network.isolate(node.index, false); });
    if (chance(0.3)) later(5ms, 5ms, [this, &node, lasting] { kill_for(world_, node, lasting); });
  } else if (moment == Moment::commit) {
    later(Duration(0), 1ms, [this, term = node.replica->promised(), lasting] { lose_leader(term, lasting); });
  }
}

void AimedFaults::lose_leader(wire::Term term, Duration time) {
  auto& leader = world_.node(term.uid);
  if (!leader.up) return;
  world_.network.clear_links();
  for (const auto i : world_.living()) world_.restart(world_.nodes[i]);
  if (chance(0.5)) {
    kill_for(world_, leader, time);
  } else {
    world_.network.isolate(leader.index);
    world_.narrator.say(leader.uid, "is cut off after a commit");
    later(time, time, [this] { world_.network.clear_links(); });
  }
}

void AimedFaults::split_off(const std::vector<Uid>& side) {
  std::vector<bool> on(kMaxNodes);
  for (const auto uid : side) on[uid.value - 1] = true;
  world_.network.split(on);
  world_.narrator.say("the network splits: " + show(side) + " on one side");
}

void AimedFaults::script(SimNode& node, Moment moment) {
  if (moment != Moment::config && moment != Moment::view) return;
  if (world_.plan.mode == Mode::conf1)
    two_leaders(node, moment);
  else
    two_behind(node, moment);
}

// Ongaro's bug of 2015 (raft-dev, "bug in single-server membership changes"): a leader adds a server, and reaches only
// that one; a second leader is elected by the others and removes the first.
void AimedFaults::two_leaders(SimNode& node, Moment moment) {
  const auto& voters = node.replica->config().voters;
  if (stage_ == 0 && moment == Moment::config && voters.size() == 5) {
    stage_ = 1;
    first_ = node.uid;
    for (const auto uid : voters)
      if (std::find(founders_.begin(), founders_.end(), uid) == founders_.end()) added_ = uid;
    split_off({node.uid, added_});
    auto goal = world_.goal();
    std::erase(goal.voters, node.uid);
    std::erase(goal.voters, added_);  // or nobody would go before that one came
    world_.want(goal);
  } else if (stage_ == 1 && moment == Moment::view && node.uid != first_ && node.uid != added_) {
    stage_ = 2;
    std::vector<Uid> others;
    for (const auto uid : founders_)
      if (uid != node.uid && uid != first_) others.push_back(uid);
    const auto one = static_cast<std::size_t>(world_.random.between(0, static_cast<std::int64_t>(others.size()) - 1));
    split_off({node.uid, others[one]});
  }
}

// A candidate that has neither of two new configurations, with a vote of one who has the first.
void AimedFaults::two_behind(SimNode& node, Moment moment) {
  if (moment != Moment::config) return;
  std::vector<Uid> others;
  for (const auto uid : founders_)
    if (uid != node.uid) others.push_back(uid);
  if (others.size() < 2) return;
  const auto voters = node.replica->config().voters.size();
  if (stage_ == 0 && voters == 4) {
    stage_ = 1;
    first_ = others[chance(0.5) ? 1 : 0];
    split_off({first_});
  } else if (stage_ == 1 && voters == 5 && node.uid != first_) {
    stage_ = 2;
    split_off({others[0], others[1]});
  }
}

}  // namespace gavel::sim
