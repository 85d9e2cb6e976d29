// Virtual time: a queue of actions, run one after the other in the order of their times; of equal times, in the order
// in which they were asked for. Nothing else moves time, so one seed gives one history.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "common/base/time.hpp"

namespace gavel::sim {

class Timeline {
 public:
  using Action = std::function<void()>;

  TimePoint now() const { return now_; }
  /// Actions run so far.
  std::uint64_t steps() const { return steps_; }

  /// An action for a time that has passed runs now.
  void at(TimePoint when, Action action) {
    queue_.push_back({std::max(when, now_), next_++, std::move(action)});
    std::push_heap(queue_.begin(), queue_.end(), later);
  }
  void after(Duration delay, Action action) { at(now_ + delay, std::move(action)); }

  /// When the next action is due; kNever if there is none.
  TimePoint next_at() const { return queue_.empty() ? kNever : queue_.front().when; }

  /// Lets time pass to then, when nothing is due before.
  void advance(TimePoint to) { now_ = std::max(now_, to); }

  /// Moves time to the next action and runs it; false if there is none.
  bool step() {
    if (queue_.empty()) return false;
    std::pop_heap(queue_.begin(), queue_.end(), later);
    const Item item = std::move(queue_.back());
    queue_.pop_back();
    now_ = item.when;
    ++steps_;
    item.action();
    return true;
  }

 private:
  struct Item {
    TimePoint when;
    std::uint64_t order;
    Action action;
  };
  static bool later(const Item& a, const Item& b) { return a.when != b.when ? a.when > b.when : a.order > b.order; }

  TimePoint now_{};
  std::uint64_t steps_ = 0;
  std::uint64_t next_ = 0;
  std::vector<Item> queue_;
};

}  // namespace gavel::sim
