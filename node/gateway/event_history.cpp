#include "node/gateway/event_history.hpp"

#include <algorithm>
#include <utility>

#include "common/base/check.hpp"
#include "node/services/mistakes.hpp"

namespace gavel::gateway {

void EventHistory::append(EventPlace place, ServiceEvent event) {
  GAVEL_CHECK(last_ < place || order_.empty(), "the places of events grow");
  const auto at = topics_.try_emplace(std::move(event.topic)).first;
  Topic& topic = freshen(at);
  if (place.slot <= complete_after_) {  // one slot had more than there is room for
    topic.lost = place.slot;
    return;
  }
  last_ = place;
  auto& events = topic.events;
  if (house::broken(house::Mistake::keeps_first_count) && event.replaces && !events.empty()) return;
  if (event.replaces)
    while (!events.empty()) {
      bytes_ -= events.front().body.size();
      --size_;
      events.pop_front();
    }
  bytes_ += event.body.size();
  ++size_;
  events.push_back({place, std::move(event.body), event.replaces});
  order_.emplace_back(place, at);
  ++topic.ordered;
  drop_what_is_over();
}

EventHistory::Topic& EventHistory::freshen(Topics::iterator topic) {
  if (!std::exchange(topic->second.fresh, true)) fresh_.push_back(topic);
  return topic->second;
}

EventHistory::Fresh EventHistory::take_fresh() {
  Fresh fresh{std::exchange(restarted_, false), {}};
  fresh.topics.reserve(fresh_.size());
  for (const auto topic : fresh_) {
    fresh.topics.emplace_back(topic->first, std::exchange(topic->second.lost, {}));
    topic->second.fresh = false;
    let_go(topic);
  }
  fresh_.clear();
  return fresh;
}

void EventHistory::bound(Bounds bounds) {
  bounds_ = bounds;
  drop_what_is_over();
}

void EventHistory::drop_what_is_over() {
  while (order_.size() > bounds_.events || bytes_ > bounds_.bytes) drop_first_slot();
}

void EventHistory::restart(Slot complete_after) {
  order_.clear();
  fresh_.clear();
  topics_.clear();
  restarted_ = true;
  size_ = bytes_ = 0;
  complete_after_ = complete_after;
}

const EventHistory::Event* EventHistory::next(const Bytes& topic, EventPlace after) const {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return nullptr;
  const auto& events = found->second.events;
  const auto it = std::upper_bound(events.begin(), events.end(), after,
                                   [](EventPlace place, const Event& event) { return place < event.place; });
  return it == events.end() ? nullptr : &*it;
}

/// What was replaced is no loss: there is a later one of its topic.
void EventHistory::drop_first_slot() {
  const Slot slot = order_.front().first.slot;
  for (; !order_.empty() && order_.front().first.slot == slot; order_.pop_front()) {
    const auto [place, at] = order_.front();
    Topic& topic = at->second;
    --topic.ordered;
    if (!topic.events.empty() && topic.events.front().place == place) {
      complete_after_ = slot;
      forget_first(topic);
    }
    let_go(at);
  }
}

void EventHistory::forget_first(Topic& topic) {
  const auto& first = topic.events.front();
  if (topic.fresh) topic.lost = first.place.slot;
  bytes_ -= first.body.size();
  --size_;
  topic.events.pop_front();
}

/// Of a topic of which nothing is left and nothing is to be told.
void EventHistory::let_go(Topics::iterator topic) {
  if (topic->second.ordered == 0 && !topic->second.fresh) topics_.erase(topic);
}

}  // namespace gavel::gateway
