// How often a member beats, learned from its beats: nobody tells the sniffer the nodes' `--heartbeat`. The longest of
// the last gaps counts, since a member beats in between too when there is news. Whoever pauses is taken for a slow one
// for a while, which makes the watch wait longer, never shorter.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "common/base/ids.hpp"
#include "common/base/time.hpp"

namespace gavel::sniffer {

class BeatPace {
 public:
  /// Without a beat for so long, a member is not counted on.
  static constexpr Duration kLeastLives = std::chrono::milliseconds(500);

  void beat(Incarnation incarnation, WallTime at) {
    if (incarnation != incarnation_)
      *this = {};
    else
      gaps_[next_++ % gaps_.size()] = std::max(Duration{}, at - at_);
    incarnation_ = incarnation;
    at_ = at;
  }
  /// It lives if its last beat is younger.
  Duration lives() const { return std::max(kLeastLives, 3 * *std::max_element(gaps_.begin(), gaps_.end())); }
  /// A patience that suits members that beat often, for one that beats like this.
  Duration scaled(Duration patience) const {
    return std::max(patience, Duration(patience.count() * lives().count() / kLeastLives.count()));
  }

 private:
  Incarnation incarnation_;
  WallTime at_;
  std::array<Duration, 8> gaps_{};
  std::size_t next_ = 0;
};

}  // namespace gavel::sniffer
