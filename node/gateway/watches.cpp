#include "node/gateway/watches.hpp"

#include <algorithm>

namespace gavel::gateway {

bool Watches::watch(BytesView routing_id, GroupId group, EventPlace after) {
  const auto watched = std::count_if(watches_.begin(), watches_.end(), [&](const auto& entry) {
    return entry.first != group && entry.second.contains(routing_id);
  });
  if (static_cast<std::size_t>(watched) >= kMostOfOne) return false;
  watches_[group].insert_or_assign(Bytes(routing_id), after);
  return true;
}

void Watches::unwatch(BytesView routing_id, GroupId group) {
  const auto watchers = watches_.find(group);
  if (watchers == watches_.end()) return;
  if (const auto it = watchers->second.find(routing_id); it != watchers->second.end()) watchers->second.erase(it);
  if (watchers->second.empty()) watches_.erase(watchers);
}

std::vector<GroupId> Watches::of(BytesView routing_id) const {
  std::vector<GroupId> watched;
  for (const auto& [group, watchers] : watches_)
    if (watchers.contains(routing_id)) watched.push_back(group);
  return watched;
}

std::size_t Watches::size() const {
  std::size_t count = 0;
  for (const auto& [group, watchers] : watches_) count += watchers.size();
  return count;
}

void Watches::forget(BytesView routing_id) {
  for (const GroupId group : of(routing_id)) unwatch(routing_id, group);
}

std::vector<Bytes> Watches::end(GroupId group) {
  std::vector<Bytes> watchers;
  const auto ended = watches_.extract(group);
  if (ended.empty()) return watchers;
  for (const auto& [routing_id, place] : ended.mapped()) watchers.push_back(routing_id);
  return watchers;
}

bool Watches::pump(GroupId group, const EventHistory& history,
                   const std::function<void(const Bytes&, const wire::ToClient&)>& push) {
  const auto watchers = watches_.find(group);
  if (watchers == watches_.end()) return false;
  bool behind = false;
  for (auto& [routing_id, place] : watchers->second) {
    const EventPlace complete = after_slot(history.complete_after());
    if (history.complete_after() && place < complete) {
      place = complete;
      push(routing_id, wire::PushedGap{group, complete.slot.next()});
    }
    std::size_t pushed = 0;
    for (const auto* event = history.next(place); event; event = history.next(place)) {
      if (pushed++ == kAtOnce) {
        behind = true;
        break;
      }
      push(routing_id, wire::Pushed{group, event->place.slot, event->place.index, event->body});
      place = event->place;
    }
  }
  return behind;
}

}  // namespace gavel::gateway
