#include "tests/sim/house/house_operator.hpp"

#include <algorithm>
#include <vector>

#include "common/wire/codec.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
constexpr Duration kTimeout = 120s;
constexpr std::size_t kMostDrained = 2;
}  // namespace

bool HouseOperator::busy_with(Uid uid) const {
  return std::any_of(pending_.begin(), pending_.end(), [uid](const auto& entry) { return entry.second.uid == uid; });
}

void HouseOperator::ask(const directory::Command& command, Wish wish) {
  ++world_.statistics.submitted;
  world_.use(world_.clients.back(), [&](client::Client& core) {
    pending_.emplace(core.command(world_.timeline.now(), kDirectoryGroup, wire::encode_any(command), kTimeout), wish);
  });
}

void HouseOperator::set_draining(Uid uid, bool draining) {
  world_.narrator.say("the operator " + std::string(draining ? "drains " : "takes back ") + show(uid));
  ask(directory::DrainNode{uid, draining}, {uid, draining});
}

void HouseOperator::drain_somebody() {
  if (!drained_.empty() && (drained_.size() >= kMostDrained || random_.chance(0.5))) {
    const auto uid = *drained_.begin();
    return busy_with(uid) ? void() : set_draining(uid, false);
  }
  const auto running = world_.running();
  if (running.size() < 3) return;
  const auto uid =
      world_.nodes[running[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(running.size()) - 1))]]
          .uid;
  if (busy_with(uid)) return;
  world_.statistics.count(Fault::drain);
  set_draining(uid, true);
}

void HouseOperator::remove_somebody() {
  for (const auto& [uid, node] : world_.checks.directory.newest().nodes) {
    // One that is only down for a while will come back all the same, now and then.
    if (node.life == directory::Life::up || busy_with(uid) || (world_.exists(uid) && !random_.chance(0.05))) continue;
    const bool shrink = random_.chance(0.3);
    if (shrink) world_.checks.directory.may_shrink(uid);
    world_.statistics.count(Fault::remove);
    world_.narrator.say("the operator removes " + show(uid) + (shrink ? ", whatever shrinks" : ""));
    return ask(directory::RemoveNode{uid, shrink}, {uid, {}});
  }
}

void HouseOperator::transfer_something() {
  std::vector<std::pair<GroupId, std::vector<Uid>>> groups;
  for (const auto& [id, auction] : world_.checks.directory.newest().auctions)
    if (!auction.outcome) groups.emplace_back(auction.group, auction.members);
  for (const auto& [name, standing] : world_.checks.directory.newest().standing)
    if (const auto* leader = world_.leader_of(standing.group))
      groups.emplace_back(standing.group, leader->node->replica(standing.group)->config().voters);
  if (const auto* leader = world_.leader_of(kDirectoryGroup))
    groups.emplace_back(kDirectoryGroup, leader->node->replica(kDirectoryGroup)->config().voters);
  if (groups.empty()) return;
  const auto one_of = [this](const auto& list) {
    return list[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(list.size()) - 1))];
  };
  const auto [group, members] = one_of(groups);
  world_.transfer(group, one_of(members));
}

void HouseOperator::heal() {
  auto left = drained_;
  if (!left.empty() && random_.chance(0.5)) left.erase(left.begin());
  for (const auto uid : left)
    if (!busy_with(uid)) set_draining(uid, false);
}

void HouseOperator::on_effect(const client::Effect& effect) {
  const auto* completed = std::get_if<client::Completed>(&effect);
  if (completed == nullptr) return;
  const auto it = pending_.find(completed->call);
  if (it == pending_.end()) return;
  const auto wish = it->second;
  pending_.erase(it);
  if (completed->outcome.kind != client::OutcomeKind::ok) return;
  ++world_.statistics.acknowledged;
  const auto reply = wire::decode_any<directory::Reply>(completed->outcome.body);
  if (!reply) throw Violation(Invariant::contract, "the directory's reply cannot be read: " + reply.error().message);
  on_reply(wish, *reply);
}

void HouseOperator::on_reply(const Wish& wish, const directory::Reply& reply) {
  const auto* refused = std::get_if<directory::Refused>(&reply);
  if (refused != nullptr) {
    world_.narrator.say("the operator is refused: " + refused->message);
    const bool known = refused->refusal == directory::Refusal::unknown_node ||
                       refused->refusal == directory::Refusal::still_up ||
                       refused->refusal == directory::Refusal::would_shrink;
    if (!known) throw Violation(Invariant::contract, "the operator is refused: " + refused->message);
    if (refused->refusal == directory::Refusal::unknown_node) drained_.erase(wish.uid);
    return;
  }
  if (!wish.draining) {
    removed_.insert(wish.uid);
    drained_.erase(wish.uid);
  } else if (*wish.draining) {
    drained_.insert(wish.uid);
  } else {
    drained_.erase(wish.uid);
  }
}

std::string HouseOperator::missing() const {
  if (!pending_.empty()) return "the operator has " + std::to_string(pending_.size()) + " calls unanswered";
  const auto& nodes = world_.checks.directory.newest().nodes;
  for (const auto& [uid, node] : nodes)
    if (node.draining != drained_.contains(uid))
      return show(uid) + (node.draining ? " is still drained" : " is not drained") + ", as the operator does not want";
  for (const auto uid : removed_)
    if (!world_.exists(uid) && nodes.contains(uid)) return show(uid) + " was removed, and is listed";
  return {};
}

}  // namespace gavel::sim
