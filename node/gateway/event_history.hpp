// The latest events of one group, in their order within each topic, for those who watch it through this gateway. Of a
// topic whose events replace each other there is the newest only. Bounded (invariant 10): the oldest slots go first,
// always whole, so that "every event after slot s is here" can be said of one number.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/service_event.hpp"

namespace gavel::gateway {

/// A place in a group's events: after the event that it names, before the next one.
struct EventPlace {
  Slot slot;
  std::uint32_t index = 0;

  auto operator<=>(const EventPlace&) const = default;
};
/// After every event of this slot.
constexpr EventPlace after_slot(Slot slot) { return {slot, UINT32_MAX}; }

class EventHistory {
 public:
  struct Event {
    EventPlace place;
    Bytes body;
    bool replaces = false;
  };
  struct Bounds {
    std::size_t events = 4096;
    std::size_t bytes = std::size_t{1} << 20U;
  };

  /// Starts with nothing, in front of a state that was applied up to this slot.
  explicit EventHistory(Slot complete_after) : EventHistory(complete_after, Bounds()) {}
  EventHistory(Slot complete_after, Bounds bounds) : bounds_(bounds), complete_after_(complete_after) {}

  /// Other bounds from now on.
  void bound(Bounds bounds);
  /// Places grow, over all topics.
  void append(EventPlace place, ServiceEvent event);
  /// The state jumped to this slot (a snapshot): what happened in between is not known here.
  void restart(Slot complete_after);

  /// Every event after this slot is here, but for those that were replaced.
  Slot complete_after() const { return complete_after_; }
  /// The topic's first event after the place, or null.
  const Event* next(const Bytes& topic, EventPlace after) const;
  /// What is new since this was last asked.
  struct Fresh {
    bool restarted = false;
    /// The topics with new events, each once; of those that are gone again already, the slot of the last one.
    std::vector<std::pair<Bytes, Slot>> topics;
  };
  Fresh take_fresh();
  std::size_t size() const { return size_; }

 private:
  struct Topic {
    std::deque<Event> events;
    std::size_t ordered = 0;  ///< its places in order_
    bool fresh = false;
    Slot lost;  ///< of the fresh ones that are gone already, the last
  };
  using Topics = std::map<Bytes, Topic>;
  Topic& freshen(Topics::iterator topic);
  void drop_what_is_over();
  void drop_first_slot();
  void forget_first(Topic& topic);
  void let_go(Topics::iterator topic);

  Bounds bounds_;
  Slot complete_after_;
  Topics topics_;
  /// All events in their order, with those that were replaced since.
  std::deque<std::pair<EventPlace, Topics::iterator>> order_;
  std::vector<Topics::iterator> fresh_;
  bool restarted_ = false;
  EventPlace last_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace gavel::gateway
