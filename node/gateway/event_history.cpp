#include "node/gateway/event_history.hpp"

#include <algorithm>
#include <utility>

#include "common/base/check.hpp"
#include "node/services/mistakes.hpp"

namespace gavel::gateway {

void EventHistory::append(EventPlace place, ServiceEvent event) {
  GAVEL_CHECK(last_ < place || order_.empty(), "the places of events grow");
  if (place.slot <= complete_after_) {  // one slot had more than there is room for
    fresh_.topics[event.topic] = place.slot;
    return;
  }
  last_ = place;
  const auto topic = topics_.try_emplace(event.topic).first;
  auto& events = topic->second;
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
  fresh_.topics.try_emplace(event.topic);
  order_.emplace_back(place, std::move(event.topic));
  drop_what_is_over();
}

void EventHistory::bound(Bounds bounds) {
  bounds_ = bounds;
  drop_what_is_over();
}

void EventHistory::drop_what_is_over() {
  while (order_.size() > bounds_.events || bytes_ > bounds_.bytes) drop_first_slot();
}

void EventHistory::restart(Slot complete_after) {
  topics_.clear();
  order_.clear();
  fresh_ = {true, {}};
  size_ = bytes_ = 0;
  complete_after_ = complete_after;
}

const EventHistory::Event* EventHistory::next(const Bytes& topic, EventPlace after) const {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return nullptr;
  const auto& events = found->second;
  const auto it = std::upper_bound(events.begin(), events.end(), after,
                                   [](EventPlace place, const Event& event) { return place < event.place; });
  return it == events.end() ? nullptr : &*it;
}

/// What was replaced is no loss: there is a later one of its topic.
void EventHistory::drop_first_slot() {
  const Slot slot = order_.front().first.slot;
  for (; !order_.empty() && order_.front().first.slot == slot; order_.pop_front()) {
    const auto topic = topics_.find(order_.front().second);
    if (topic == topics_.end() || topic->second.empty() || topic->second.front().place != order_.front().first)
      continue;
    complete_after_ = slot;
    forget_first(topic);
  }
}

void EventHistory::forget_first(Topics::iterator topic) {
  const auto& first = topic->second.front();
  if (const auto fresh = fresh_.topics.find(topic->first); fresh != fresh_.topics.end())
    fresh->second = first.place.slot;
  bytes_ -= first.body.size();
  --size_;
  topic->second.pop_front();
  if (topic->second.empty()) topics_.erase(topic);
}

}  // namespace gavel::gateway
