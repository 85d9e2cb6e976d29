#include "node/gateway/event_history.hpp"

#include <algorithm>
#include <utility>

#include "common/base/check.hpp"

namespace gavel::gateway {

void EventHistory::append(EventPlace place, Bytes body) {
  GAVEL_CHECK(events_.empty() || events_.back().place < place, "the places of events grow");
  if (place.slot <= complete_after_) return;
  bytes_ += body.size();
  events_.push_back({place, std::move(body)});
  shrink();
}

void EventHistory::restart(Slot complete_after) {
  events_.clear();
  bytes_ = 0;
  complete_after_ = complete_after;
}

const EventHistory::Event* EventHistory::next(EventPlace after) const {
  const auto it = std::upper_bound(events_.begin(), events_.end(), after,
                                   [](EventPlace place, const Event& event) { return place < event.place; });
  return it == events_.end() ? nullptr : &*it;
}

void EventHistory::shrink() {
  while (events_.size() > bounds_.events || bytes_ > bounds_.bytes) {
    complete_after_ = events_.front().place.slot;
    while (!events_.empty() && events_.front().place.slot == complete_after_) {
      bytes_ -= events_.front().body.size();
      events_.pop_front();
    }
    if (events_.empty()) return;
  }
}

}  // namespace gavel::gateway
