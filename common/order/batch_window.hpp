// The payloads of one stream's batches around the last ordered one, by number: those that wait, and those that are kept
// for repair (PROTOCOL.md §3.2). Numbers are dense, so each has a place, and a batch that did not come leaves it empty.
#pragma once

#include <cstddef>
#include <deque>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"

namespace gavel::order {

class BatchWindow {
 public:
  /// False if it is there already. Costs a place for each number between this one and the others.
  bool put(BatchNumber number, SharedBytes payload) {
    if (places_.empty()) first_ = number;
    for (; number < first_; first_ = first_.prev()) places_.emplace_front();
    while (!has_place(number)) places_.emplace_back();
    auto& place = places_[number.since(first_)];
    if (place) return false;
    place = std::move(payload);
    return true;
  }
  /// Null if it is not there.
  const SharedBytes& at(BatchNumber number) const {
    static const SharedBytes kNone;
    return has_place(number) ? places_[number.since(first_)] : kNone;
  }
  /// Keeps those of these numbers only, both included.
  void keep(BatchNumber from, BatchNumber to) {
    for (; !places_.empty() && first_ < from; first_ = first_.next()) places_.pop_front();
    while (!places_.empty() && first_ + (places_.size() - 1) > to) places_.pop_back();
  }
  /// Places, the empty ones included.
  std::size_t size() const { return places_.size(); }

 private:
  bool has_place(BatchNumber number) const { return number >= first_ && number.since(first_) < places_.size(); }

  BatchNumber first_{1};
  std::deque<SharedBytes> places_;
};

}  // namespace gavel::order
