// Likes of one item by many clients, measured, and the count compared with what was acknowledged.
#pragma once

#include "tools/bench/load/liking.hpp"
#include "tools/bench/load/measure.hpp"

namespace gavel::bench {

class Target;

struct LikesOptions {
  std::size_t likers = 50;
  /// Of each, a second.
  double rate = 20'000;
  Duration length = 10s;
  Duration warm_up = 500ms;
};

struct LikesFigures {
  Measured measured;
  /// Entries of the order that the likes of the measured time stood in.
  std::uint64_t entries = 0;
  /// The thing's count afterwards, what was acknowledged, and what may have been counted without that being known.
  std::uint64_t total = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t uncertain = 0;

  double likes_per_second() const;
  double entries_per_second() const;
  /// Each like was counted once.
  bool exact() const { return total >= acknowledged && total <= acknowledged + uncertain; }
};

LikesFigures measure_likes(Target& target, const LikesOptions& options,
                           const std::function<void(const std::string&)>& say = {});

}  // namespace gavel::bench
