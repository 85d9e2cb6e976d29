#include "node/gateway/calls.hpp"

#include <algorithm>
#include <utility>

#include "common/base/random.hpp"

namespace gavel::gateway {

std::size_t Calls::Hash::operator()(const CommandName& name) const {
  std::uint64_t hash = seed;
  for (const std::uint64_t part : {name.group.value, name.session.value, name.number.value})
    hash = Random(hash ^ part).next();
  return hash;
}

Calls::UnderWay* Calls::find(order::SubmitId id) {
  const auto place = id.value % kMost;
  return id && place < places_.size() && places_[place].id == id ? &places_[place] : nullptr;
}

Calls::Attached Calls::attach(const Waiter& waiter, const wire::Call& call) {
  if (call.kind != wire::CallKind::command) return Attached::no;
  const auto known = commands_.find({call.group, call.session, call.number});
  if (known == commands_.end()) return Attached::no;
  auto& under_way = *find(known->second);
  auto& others = under_way.others;
  if (under_way.waiter == waiter || std::find(others.begin(), others.end(), waiter) != others.end())
    return Attached::already;
  if (others.size() + 1 >= kMostWaiters) return Attached::refused;
  others.push_back(waiter);
  return Attached::yes;
}

order::SubmitId Calls::begin(TimePoint at, Waiter waiter, const wire::Call& call) {
  if (free_.empty()) {
    free_.push_back(places_.size());
    places_.emplace_back();
  }
  const auto place = free_.back();
  free_.pop_back();
  const order::SubmitId id{++last_ * kMost + place};
  const bool commands = call.kind == wire::CallKind::command;
  if (commands) commands_.emplace(CommandName{call.group, call.session, call.number}, id);
  places_[place] = {id, at, call.group, call.session, call.number, commands, std::move(waiter), {}};
  return id;
}

std::optional<Calls::UnderWay> Calls::finish(order::SubmitId id) {
  auto* found = find(id);
  if (found == nullptr) return {};
  if (found->commands) commands_.erase({found->group, found->session, found->number});
  auto finished = std::exchange(*found, {});
  free_.push_back(id.value % kMost);
  return finished;
}

std::vector<order::SubmitId> Calls::of_group(GroupId group) const {
  std::vector<order::SubmitId> out;
  for (const auto& call : places_)
    if (call.id && call.group == group) out.push_back(call.id);
  std::sort(out.begin(), out.end());
  return out;
}

bool Calls::any_to(GroupId group) const {
  return std::any_of(places_.begin(), places_.end(),
                     [group](const auto& call) { return call.id && call.group == group; });
}

}  // namespace gavel::gateway
