#include "tests/sim/house/house_calls.hpp"

namespace gavel::sim {
namespace {
/// Longer than the faults and the liveness bound: whatever is asked must be answered in the end.
constexpr Duration kTimeout = 120s;
}  // namespace

void HouseCalls::command(HouseClient& client, GroupId group, const Bytes& body, Then then) {
  call(client, &client::Client::command, group, body, std::move(then));
}

void HouseCalls::query(HouseClient& client, GroupId group, const Bytes& body, Then then) {
  call(client, &client::Client::query, group, body, std::move(then));
}

void HouseCalls::call(HouseClient& client, Start start, GroupId group, const Bytes& body, Then then) {
  ++world_.statistics.submitted;
  world_.use(client, [&](client::Client& core) {
    const auto id = (core.*start)(world_.timeline.now(), group, body, kTimeout);
    pending_.emplace(std::pair(client.index, id), Pending{group, std::move(then)});
  });
}

void HouseCalls::on_completed(HouseClient& client, const client::Completed& completed) {
  const auto it = pending_.find({client.index, completed.call});
  if (it == pending_.end()) return;
  const auto pending = std::move(it->second);
  pending_.erase(it);
  const auto& outcome = completed.outcome;
  if (outcome.kind == client::OutcomeKind::malformed)
    throw Violation(Invariant::contract, "a client is told that it is not understood: " + outcome.message);
  if (world_.house.nothing_refused && outcome.kind != client::OutcomeKind::ok)
    throw Violation(Invariant::liveness,
                    "a call ends with \"" + std::string(client::print(outcome.kind)) + "\": " + outcome.message);
  if (outcome.kind == client::OutcomeKind::ok) ++world_.statistics.acknowledged;
  pending.then(outcome);
}

std::string HouseCalls::missing() const {
  for (const auto& [key, pending] : pending_)
    if (!world_.is_orphan(pending.group))
      return "client " + std::to_string(key.first) + " has " + std::to_string(pending_.size()) + " calls unanswered";
  return {};
}

}  // namespace gavel::sim
