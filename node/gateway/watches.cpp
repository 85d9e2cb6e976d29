#include "node/gateway/watches.hpp"

#include <algorithm>

#include "node/services/mistakes.hpp"

namespace gavel::gateway {

// ---- who watches what -------------------------------------------------------------------------------------------

bool Watches::watch(BytesView routing_id, const Topic& topic, EventPlace after) {
  auto& own = by_client_[Bytes(routing_id)];
  if (!own.contains(topic) && own.size() >= kMostOfOne) return false;
  size_ += own.insert(topic).second ? 1 : 0;
  auto& seen = watches_[topic].watchers[Bytes(routing_id)];
  if (seen.place != after) seen = {after, false};
  return true;
}

void Watches::unwatch(BytesView routing_id, const Topic& topic) {
  const auto own = by_client_.find(routing_id);
  if (own == by_client_.end() || own->second.erase(topic) == 0) return;
  if (own->second.empty()) by_client_.erase(own);
  --size_;
  behind_.erase({topic, Bytes(routing_id)});
  const auto watched = watches_.find(topic);
  auto& watchers = watched->second.watchers;
  watchers.erase(watchers.find(routing_id));
  if (!watchers.empty()) return;
  paced_.erase({watched->second.paced_until, topic});
  watches_.erase(watched);
}

void Watches::forget(BytesView routing_id) {
  const auto own = by_client_.find(routing_id);
  if (own == by_client_.end()) return;
  for (const auto& topic : std::set(own->second)) unwatch(routing_id, topic);
}

std::vector<std::pair<Bytes, Watches::Topic>> Watches::end(GroupId group) {
  std::vector<std::pair<Bytes, Topic>> ended;
  for (auto at = watches_.lower_bound({group, {}}); at != watches_.end() && at->first.group == group; ++at)
    for (const auto& [routing_id, seen] : at->second.watchers) ended.emplace_back(routing_id, at->first);
  for (const auto& [routing_id, topic] : ended) unwatch(routing_id, topic);
  return ended;
}

bool Watches::any_of(GroupId group) const {
  const auto at = watches_.lower_bound({group, {}});
  return at != watches_.end() && at->first.group == group;
}

std::vector<GroupId> Watches::groups() const {
  std::vector<GroupId> all;
  for (auto at = watches_.begin(); at != watches_.end(); at = watches_.lower_bound({{all.back().value + 1}, {}}))
    all.push_back(at->first.group);
  return all;
}

std::vector<GroupId> Watches::of(BytesView routing_id) const {
  std::vector<GroupId> watched;
  const auto own = by_client_.find(routing_id);
  if (own == by_client_.end()) return watched;
  for (const auto& topic : own->second)
    if (watched.empty() || watched.back() != topic.group) watched.push_back(topic.group);
  return watched;
}

// ---- what they are told -----------------------------------------------------------------------------------------

void Watches::pump(TimePoint now, GroupId group, EventHistory& history, const Push& push) {
  const auto fresh = history.take_fresh();
  if (fresh.restarted)
    for (auto at = watches_.lower_bound({group, {}}); at != watches_.end() && at->first.group == group; ++at) {
      for (auto& [routing_id, seen] : at->second.watchers) seen.caught_up = false;
      pump(now, at->first, at->second, {}, history, push);
    }
  for (const auto& [name, lost] : fresh.topics)
    if (const auto at = watches_.find({group, name}); at != watches_.end())
      pump(now, at->first, at->second, lost, history, push);
}

void Watches::pump(TimePoint now, BytesView routing_id, const Topic& topic, const EventHistory& history,
                   const Push& push) {
  const auto watched = watches_.find(topic);
  if (watched == watches_.end() || is_paced(now, topic, watched->second, history)) return;
  const auto at = watched->second.watchers.find(routing_id);
  if (at != watched->second.watchers.end() && !pump(topic, at->first, at->second, {}, history, push))
    behind_[{topic, at->first}] = now + kBehind;
}

void Watches::pump_due(TimePoint now, const std::function<const EventHistory*(GroupId)>& history_of, const Push& push) {
  while (!paced_.empty() && paced_.begin()->first <= now) {
    const Topic topic = paced_.extract(paced_.begin()).value().second;
    if (const auto* history = history_of(topic.group)) pump(now, topic, watches_.at(topic), {}, *history, push);
  }
  std::vector<std::pair<Topic, Bytes>> due;
  for (const auto& [who, at] : behind_)
    if (at <= now) due.push_back(who);
  for (const auto& [topic, routing_id] : due) {
    behind_.erase({topic, routing_id});
    if (const auto* history = history_of(topic.group)) pump(now, routing_id, topic, *history, push);
  }
}

TimePoint Watches::next_due() const {
  TimePoint next = paced_.empty() ? kNever : paced_.begin()->first;
  for (const auto& [who, at] : behind_) next = std::min(next, at);
  return next;
}

bool Watches::is_paced(TimePoint now, const Topic& topic, const Watched& watched, const EventHistory& history) {
  const auto* newest = history.next(topic.name, {});
  if (!newest || !newest->replaces || now >= watched.paced_until) return false;
  paced_.insert({watched.paced_until, topic});
  return true;
}

void Watches::pump(TimePoint now, const Topic& topic, Watched& watched, Slot lost, const EventHistory& history,
                   const Push& push) {
  if (is_paced(now, topic, watched, history)) {
    if (lost)  // until then it may be forgotten what they missed
      for (auto& [routing_id, seen] : watched.watchers) seen.caught_up = false;
    return;
  }
  const auto* newest = history.next(topic.name, {});
  if (newest && newest->replaces) {
    paced_.erase({watched.paced_until, topic});
    watched.paced_until = now + kPace;
  }
  for (auto& [routing_id, seen] : watched.watchers)
    if (!pump(topic, routing_id, seen, lost, history, push)) behind_[{topic, routing_id}] = now + kBehind;
}

bool Watches::pump(const Topic& topic, const Bytes& routing_id, Seen& seen, Slot lost, const EventHistory& history,
                   const Push& push) {
  // Other topics' events may have pushed the history's beginning past what this one saw last.
  const Slot complete_after = seen.caught_up ? lost : history.complete_after();
  const EventPlace complete = after_slot(complete_after);
  seen.caught_up = false;
  if (complete_after && seen.place < complete) {
    seen.place = complete;
    if (!house::broken(house::Mistake::hides_gaps))
      push(routing_id, wire::PushedGap{topic.group, complete.slot.next(), topic.name});
  }
  std::size_t pushed = 0;
  for (const auto* event = history.next(topic.name, seen.place); event; event = history.next(topic.name, seen.place)) {
    if (pushed++ == kAtOnce) return false;
    push(routing_id, wire::Pushed{topic.group, event->place.slot, event->place.index, event->body, topic.name});
    seen.place = event->place;
  }
  seen.caught_up = true;
  return true;
}

}  // namespace gavel::gateway
