// The latest events of one group, in their order, for those who watch it through this gateway. Bounded (invariant 10):
// the oldest slots go first, always whole, so that "every event after slot s is here" can be said of one number.
#pragma once

#include <cstdint>
#include <deque>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"

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
  };
  struct Bounds {
    std::size_t events = 4096;
    std::size_t bytes = std::size_t{1} << 20U;
  };

  /// Starts with nothing, in front of a state that was applied up to this slot.
  explicit EventHistory(Slot complete_after) : EventHistory(complete_after, Bounds()) {}
  EventHistory(Slot complete_after, Bounds bounds) : bounds_(bounds), complete_after_(complete_after) {}

  /// Places grow.
  void append(EventPlace place, Bytes body);
  /// The state jumped to this slot (a snapshot): what happened in between is not known here.
  void restart(Slot complete_after);

  /// Every event after this slot is here.
  Slot complete_after() const { return complete_after_; }
  /// The first event after the place, or null.
  const Event* next(EventPlace after) const;
  std::size_t size() const { return events_.size(); }

 private:
  void shrink();

  Bounds bounds_;
  Slot complete_after_;
  std::deque<Event> events_;
  std::size_t bytes_ = 0;
};

}  // namespace gavel::gateway
