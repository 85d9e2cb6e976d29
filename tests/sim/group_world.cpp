#include "tests/sim/group_world.hpp"

#include <algorithm>
#include <utility>

#include "common/wire/envelope.hpp"
#include "tests/sim/checkers/violation.hpp"

namespace gavel::sim {

GroupWorld::GroupWorld(const RunOptions& run, const Plan& the_plan, Random the_random, Narrator::Line line,
                       Statistics& the_statistics)
    : statistics(the_statistics),
      narrator(timeline, std::move(line)),
      plan(the_plan),
      random(the_random),
      network(timeline, random.fork(), kMaxNodes, statistics,
              [this](Index from, Index to, const SharedBytes& frame) { deliver(from, to, frame); }),
      nodes(kMaxNodes),
      checks(nodes, statistics),
      show_messages(run.show_messages),
      chance_(random.fork()),
      onlooker_(run.onlooker),
      unchecked_(run.unchecked) {
  network.weather = plan.weather;
  for (Index i = 0; i < nodes.size(); ++i) {
    nodes[i].index = i;
    nodes[i].uid = Uid{i + 1};
    nodes[i].skew = random.between(Duration(-20ms), Duration(20ms));
    nodes[i].keeps_replica = random.chance(plan.keeps_replica);
  }
}

void GroupWorld::found(const std::vector<Index>& founders) {
  for (const auto i : founders) goal_.voters.push_back(nodes[i].uid);
  std::sort(goal_.voters.begin(), goal_.voters.end());
  genesis_ = order::genesis(goal_, Ledger());
  for (const auto i : founders) {
    nodes[i].exists = true;
    nodes[i].disk.found(genesis_);
    boot(nodes[i]);
  }
}

void GroupWorld::start_clients() {
  clients = std::make_unique<Clients>(
      plan, timeline, random.fork(), Clients::Checkers{checks.exactly_once, checks.linearizability, checks.durability},
      statistics, [this](std::size_t client, CallId id, const wire::Request& request) { call(client, id, request); });
}

void GroupWorld::call(std::size_t client, CallId id, const wire::Request& request) {
  std::vector<Index> gateways;
  for (const auto i : living())
    if (core_.empty() ? nodes[i].up || !healed_ : std::count(core_.begin(), core_.end(), i) > 0) gateways.push_back(i);
  if (gateways.empty() || (!healed_ && chance_.chance(0.05))) return;
  const auto at = static_cast<std::size_t>(chance_.between(0, static_cast<std::int64_t>(gateways.size()) - 1));
  timeline.after(chance_.between(Duration(50us), Duration(400us)), [this, i = gateways[at], client, id, request] {
    const SimNode::Origin origin{client, id};
    submit(nodes[i], request, &origin);
  });
}

void GroupWorld::submit(SimNode& node, const wire::Request& request, const SimNode::Origin* origin) {
  if (!node.up) return;
  const order::SubmitId id{++submits_};
  ++statistics.submitted;
  step_later(node, Duration(0), [this, &node, id, request, from = origin ? std::optional(*origin) : std::nullopt] {
    if (from) node.submitted.emplace(id, *from);
    if (from && onlooker_) onlooker_->called(timeline.now(), node.uid, from->client, from->call, request);
    return order::Submit{{{id, request}}};
  });
}

std::vector<Index> GroupWorld::living() const {
  std::vector<Index> out;
  for (const auto& node : nodes)
    if (node.exists && !node.gone) out.push_back(node.index);
  return out;
}

SimNode* GroupWorld::leader() {
  SimNode* best = nullptr;
  for (auto& node : nodes)
    if (node.up && node.replica->leads() && (best == nullptr || node.replica->promised() > best->replica->promised()))
      best = &node;
  return best;
}

SimNode* GroupWorld::fresh() {
  std::vector<SimNode*> choices;
  for (auto& node : nodes)
    if (!node.exists) choices.push_back(&node);
  if (choices.empty()) return nullptr;
  return choices[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(choices.size()) - 1))];
}

void GroupWorld::run_until(TimePoint until) {
  while (timeline.next_at() <= until) timeline.step();
  timeline.advance(until);
}

void GroupWorld::want(wire::Config goal) {
  std::sort(goal.voters.begin(), goal.voters.end());
  std::sort(goal.learners.begin(), goal.learners.end());
  goal_ = std::move(goal);
  narrator.say("the operator wants " + order::print(goal_));
  for (auto& node : nodes) {
    if (node.observer && goal_.is_member(node.uid))
      timeline.after(Duration(0), [this, &node] { enlist(node); });
    else if (node.up)
      tell_goal(node);
  }
}

void GroupWorld::enlist(SimNode& node) {
  if (!node.observer || !goal_.is_member(node.uid)) return;
  const bool was_up = node.up;
  if (was_up) crash(node);
  node.observer = false;
  if (was_up) restart(node);
}

void GroupWorld::tell_goal(SimNode& node) {
  step_later(node, random.between(Duration(0), Duration(20ms)), [this] { return order::SetGoal{goal_}; });
}

}  // namespace gavel::sim
