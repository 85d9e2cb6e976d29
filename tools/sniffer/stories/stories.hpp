// A story: what happened from one thing to another, as steps between actors, in the order in which they were seen.
// Three kinds are found in the traffic (an election, a recovery, a request's way); ladder.hpp draws them. Pure; a story
// has kSteps steps at most, later ones are counted and left out.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/message/seen.hpp"
#include "tools/sniffer/stories/ladder.hpp"

namespace gavel::sniffer {

/// A node, or the client.
struct Actor {
  bool node = true;
  Uid uid;

  auto operator<=>(const Actor&) const = default;
};
inline constexpr Actor kClient{false, {}};

struct Step {
  enum class Shape : std::uint8_t { arrow, cast, note };
  WallTime at;
  Shape shape = Shape::note;
  Actor from;
  Actor to;  ///< arrows only
  std::string label;
  std::uint64_t times = 1;  ///< the same again and again
  bool key = false;         ///< what the story turns on
};

struct Story {
  static constexpr std::size_t kSteps = 400;
  std::string title;
  std::vector<Step> steps;
  std::uint64_t left_out = 0;

  void add(Step step);
};

/// Looks for the first whole story of a kind.
class StoryFinder {
 public:
  StoryFinder() = default;
  virtual ~StoryFinder() = default;
  StoryFinder(const StoryFinder&) = delete;
  StoryFinder& operator=(const StoryFinder&) = delete;

  virtual void take(const Seen& seen) = 0;
  virtual void tick(WallTime now) = 0;
  virtual bool whole() const = 0;
  /// As far as it was seen.
  virtual Story story() const = 0;
};
std::unique_ptr<StoryFinder> find_election(const Names& names);
std::unique_ptr<StoryFinder> find_recovery(const Names& names);
/// `picks`: which calls it may begin with; empty: any.
std::unique_ptr<StoryFinder> find_bid(const Names& names, std::function<bool(const Seen&)> picks = {});
std::unique_ptr<StoryFinder> find_all(const Names& names);

}  // namespace gavel::sniffer
