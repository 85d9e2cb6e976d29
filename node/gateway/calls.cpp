#include "node/gateway/calls.hpp"

#include <algorithm>
#include <utility>

namespace gavel::gateway {

std::optional<Calls::CommandName> Calls::name_of(const wire::Call& call) {
  if (call.kind != wire::CallKind::command) return {};
  return CommandName{call.group, call.session, call.number};
}

Calls::Attached Calls::attach(const Waiter& waiter, const wire::Call& call) {
  const auto name = name_of(call);
  if (!name) return Attached::no;
  const auto known = commands_.find(*name);
  if (known == commands_.end()) return Attached::no;
  auto& waiters = calls_.at(known->second).waiters;
  if (std::find(waiters.begin(), waiters.end(), waiter) != waiters.end()) return Attached::already;
  if (waiters.size() >= kMostWaiters) return Attached::refused;
  waiters.push_back(waiter);
  return Attached::yes;
}

order::SubmitId Calls::begin(TimePoint at, Waiter waiter, const wire::Call& call) {
  const order::SubmitId id{++last_};
  auto name = name_of(call);
  if (name) commands_[*name] = id;
  calls_.emplace(id, UnderWay{at, call.group, std::move(name), {std::move(waiter)}});
  return id;
}

Calls::Finished Calls::finish(order::SubmitId id) {
  const auto it = calls_.find(id);
  if (it == calls_.end()) return {};
  Finished finished{std::move(it->second.waiters), {}};
  if (it->second.command) {
    commands_.erase(*it->second.command);
    finished.commanded = it->second.since;
  }
  calls_.erase(it);
  return finished;
}

std::vector<order::SubmitId> Calls::of_group(GroupId group) const {
  std::vector<order::SubmitId> out;
  for (const auto& [id, call] : calls_)
    if (call.group == group) out.push_back(id);
  return out;
}

bool Calls::any_to(GroupId group) const {
  return std::any_of(calls_.begin(), calls_.end(), [group](const auto& entry) { return entry.second.group == group; });
}

}  // namespace gavel::gateway
