// The topics of groups that a client watches, and how far it has seen each: so that after a move to another gateway the
// events go on where they were, none twice, none out of order, and so that a hole is known for one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "common/base/time.hpp"
#include "common/wire/client_messages.hpp"

namespace gavel::client {

/// As the index of a watch: everything in that slot has been seen.
inline constexpr std::uint32_t kWholeSlot = std::numeric_limits<std::uint32_t>::max();

class Watches {
 public:
  struct Topic {
    GroupId group;
    Bytes name;
    auto operator<=>(const Topic&) const = default;
  };

  void add(Topic topic, Slot slot, std::uint32_t index) { open_[std::move(topic)] = {slot, index, kLongAgo}; }
  void remove(const Topic& topic) { open_.erase(topic); }
  std::size_t size() const { return open_.size(); }

  /// True if the event is the next one of its watch, which has then seen it; false if it is old or unwanted.
  bool accept(TimePoint now, const wire::Pushed& pushed) {
    const auto at = open_.find({pushed.group, pushed.topic});
    if (at == open_.end() || !at->second.before(pushed.slot, pushed.index)) return false;
    at->second = {pushed.slot, pushed.index, now};
    return true;
  }
  /// True if the watch has really missed something; it then goes on with what the gateway holds.
  bool accept(const wire::PushedGap& gap) {
    const auto at = open_.find({gap.group, gap.topic});
    if (at == open_.end() || !at->second.before(gap.slot.prev(), kWholeSlot)) return false;
    at->second = {gap.slot.prev(), kWholeSlot, kLongAgo};
    return true;
  }

  /// What to say to the gateway now: each watch that was not heard of for `refresh`; all of them after forget_link().
  template <class Say>
  void refresh(TimePoint now, Duration refresh, Say&& say) {
    for (auto& [topic, seen] : open_) {
      if (now < seen.due(refresh)) continue;
      seen.fresh = now;
      say(wire::Watch{topic.group, seen.slot, seen.index, topic.name});
    }
  }
  void forget_link() {
    for (auto& [topic, seen] : open_) seen.fresh = kLongAgo;
  }
  TimePoint next_refresh(Duration refresh) const {
    TimePoint at = kNever;
    for (const auto& [topic, seen] : open_) at = std::min(at, seen.due(refresh));
    return at;
  }

 private:
  struct Seen {
    Slot slot;
    std::uint32_t index = 0;
    TimePoint fresh = kLongAgo;
    /// To watch from now on, said again, would leave out what happened in between: once a link is enough.
    TimePoint due(Duration refresh) const {
      const bool from_now_on = !slot && index == 0;
      return from_now_on && fresh != kLongAgo ? kNever : fresh + refresh;
    }
    bool before(Slot s, std::uint32_t i) const { return std::pair(slot, index) < std::pair(s, i); }
  };
  std::map<Topic, Seen> open_;
};

}  // namespace gavel::client
