// What the replica asked its disk to keep, and what may be said once it is kept: nothing is acked, promised or answered
// before what it rests on is durable (PROTOCOL.md §8). An observer keeps nothing, so everything counts as kept at once.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "common/order/effects.hpp"

namespace gavel::order {

class Journal {
 public:
  explicit Journal(bool keeps) : keeps_(keeps) {}

  void promise(const wire::Term& term, std::vector<Persist>& out);
  void append(Slot slot, const wire::FullEntry& entry, std::vector<Persist>& out);
  void cut(Slot last_kept, std::vector<Persist>& out);
  /// `foreign`: it replaces a log that may differ, so nothing after it counts as durable until it is.
  void snapshot(Slot slot, Rope encoded, bool keep_tail, bool foreign, std::vector<Persist>& out);

  /// Runs `then` when everything asked for so far is durable: at once if it is. Never after `fail`.
  void when_durable(std::function<void()> then);
  /// Everything up to `upto` is durable now; what waited for it is returned, to be run in order.
  std::vector<std::function<void()>> complete(Ticket upto);
  /// The disk failed: nothing becomes durable any more, and nothing more is asked of it.
  void fail() {
    failed_ = true;
    waiting_.clear();
  }
  bool failed() const { return failed_; }

  /// A promise is on its way to the disk: until it is there the member speaks as before it (§4).
  bool promising() const { return promises_pending_ > 0; }
  /// The promise that the disk holds.
  const wire::Term& durable_promise() const { return durable_promise_; }
  void recovered(const wire::Term& promise) { durable_promise_ = promise; }
  /// Up to where a log that ends at `last` is durable.
  Slot durable(Slot last) const { return pending_.empty() ? last : std::min(last, bound_); }
  std::size_t pending() const { return pending_.size(); }

 private:
  struct Pending {
    Ticket ticket;
    PersistKind kind;
    Slot slot;
    bool foreign = false;
    wire::Term promise;
  };
  static Slot bound(const Pending& pending);
  void push(Pending pending, Rope bytes, bool keep_tail, std::vector<Persist>& out);

  bool keeps_;
  bool failed_ = false;
  Ticket issued_;
  std::deque<Pending> pending_;
  Slot bound_;  ///< durable up to here at most, while something is pending
  std::size_t promises_pending_ = 0;
  wire::Term durable_promise_;
  std::deque<std::pair<Ticket, std::function<void()>>> waiting_;
};

}  // namespace gavel::order
