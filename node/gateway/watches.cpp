#include "node/gateway/watches.hpp"

#include <algorithm>

#include "node/services/mistakes.hpp"

namespace gavel::gateway {

// ---- who watches what -------------------------------------------------------------------------------------------

bool Watches::watch(BytesView routing_id, const Topic& topic, EventPlace after) {
  auto& own = by_client_[Bytes(routing_id)];
  if (!own.contains(topic) && own.size() >= kMostOfOne) return false;
  size_ += own.insert(topic).second ? 1 : 0;
  auto& seen = watches_[topic][Bytes(routing_id)];
  if (seen.place != after) seen = {after, false, seen.paced_until};
  return true;
}

void Watches::unwatch(BytesView routing_id, const Topic& topic) {
  const auto own = by_client_.find(routing_id);
  if (own == by_client_.end() || own->second.erase(topic) == 0) return;
  if (own->second.empty()) by_client_.erase(own);
  --size_;
  const auto watchers = watches_.find(topic);
  watchers->second.erase(watchers->second.find(routing_id));
  if (!watchers->second.empty()) return;
  watches_.erase(watchers);
  due_.erase(topic);
}

void Watches::forget(BytesView routing_id) {
  const auto own = by_client_.find(routing_id);
  if (own == by_client_.end()) return;
  for (const auto& topic : std::set(own->second)) unwatch(routing_id, topic);
}

std::vector<std::pair<Bytes, Watches::Topic>> Watches::end(GroupId group) {
  std::vector<std::pair<Bytes, Topic>> ended;
  for (auto at = watches_.lower_bound({group, {}}); at != watches_.end() && at->first.group == group; ++at)
    for (const auto& [routing_id, seen] : at->second) ended.emplace_back(routing_id, at->first);
  for (const auto& [routing_id, topic] : ended) unwatch(routing_id, topic);
  return ended;
}

bool Watches::any_of(GroupId group) const {
  const auto at = watches_.lower_bound({group, {}});
  return at != watches_.end() && at->first.group == group;
}

std::vector<GroupId> Watches::groups() const {
  std::vector<GroupId> all;
  for (const auto& [topic, watchers] : watches_)
    if (all.empty() || all.back() != topic.group) all.push_back(topic.group);
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
      for (auto& [routing_id, seen] : at->second) seen.caught_up = false;
      pump(now, at->first, at->second, {}, history, push);
    }
  for (const auto& [name, lost] : fresh.topics)
    if (const auto at = watches_.find({group, name}); at != watches_.end())
      pump(now, at->first, at->second, lost, history, push);
}

void Watches::pump(TimePoint now, BytesView routing_id, const Topic& topic, const EventHistory& history,
                   const Push& push) {
  const auto watchers = watches_.find(topic);
  if (watchers == watches_.end()) return;
  if (const auto at = watchers->second.find(routing_id); at != watchers->second.end())
    put_off(topic, pump(now, topic, at->first, at->second, {}, history, push));
}

void Watches::pump_due(TimePoint now, const std::function<const EventHistory*(GroupId)>& history_of, const Push& push) {
  std::vector<Topic> due;
  for (const auto& [topic, at] : due_)
    if (at <= now) due.push_back(topic);
  for (const auto& topic : due) {
    due_.erase(topic);
    const auto* history = history_of(topic.group);
    if (const auto at = watches_.find(topic); history && at != watches_.end())
      pump(now, topic, at->second, {}, *history, push);
  }
}

TimePoint Watches::next_due() const {
  TimePoint next = kNever;
  for (const auto& [topic, at] : due_) next = std::min(next, at);
  return next;
}

void Watches::put_off(const Topic& topic, TimePoint until) {
  if (until == kNever) return;
  const auto [at, fresh] = due_.try_emplace(topic, until);
  if (!fresh) at->second = std::min(at->second, until);
}

void Watches::pump(TimePoint now, const Topic& topic, Watchers& watchers, Slot lost, const EventHistory& history,
                   const Push& push) {
  TimePoint more = kNever;
  for (auto& [routing_id, seen] : watchers)
    more = std::min(more, pump(now, topic, routing_id, seen, lost, history, push));
  put_off(topic, more);
}

TimePoint Watches::pump(TimePoint now, const Topic& topic, const Bytes& routing_id, Seen& seen, Slot lost,
                        const EventHistory& history, const Push& push) {
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
    if (event->replaces && now < seen.paced_until) return seen.paced_until;
    if (pushed++ == kAtOnce) return now + kBehind;
    push(routing_id, wire::Pushed{topic.group, event->place.slot, event->place.index, event->body, topic.name});
    seen.place = event->place;
    if (event->replaces) seen.paced_until = now + kPace;
  }
  seen.caught_up = true;
  return kNever;
}

}  // namespace gavel::gateway
