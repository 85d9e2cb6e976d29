// The likes' messages: how often an item or an auction was liked. A count is the sum of the likes that were ordered,
// each of them once, and never what somebody thinks the count is. Kinds 260 to 289; a number on the wire is never
// reused.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/ids.hpp"
#include "common/wire/codec.hpp"

namespace gavel::likes {

/// Longest id of what is liked, in bytes: an item's id, with the number of the run after a point for its later
/// auctions.
inline constexpr std::size_t kMaxThing = 48;
/// Things that have likes.
inline constexpr std::size_t kMaxThings = 65'536;
/// Likes in one command: a client gathers what its user does meanwhile.
inline constexpr std::uint32_t kMostAtOnce = 1'000'000;
/// Counts in one answer.
inline constexpr std::size_t kPage = 1024;

enum class Verdict : std::uint8_t {
  counted = 0,
  bad_thing = 1,
  bad_count = 2,
  limit_exceeded = 3,  ///< too many things have likes, or this one has all that a number can hold
};
inline constexpr std::size_t kVerdicts = 4;
constexpr bool is_known(Verdict verdict) { return static_cast<std::size_t>(verdict) < kVerdicts; }
/// For a person to read.
constexpr std::string_view words_for(Verdict verdict) {
  constexpr std::array<std::string_view, kVerdicts> kWords{"counted", "bad thing", "bad count", "limit exceeded"};
  return kWords[static_cast<std::size_t>(verdict)];
}

// Commands.

/// So many likes of the thing: 1 to kMostAtOnce.
struct Like {
  static constexpr std::uint64_t kKind = 260;
  std::string thing;
  std::uint32_t count = 1;
  GAVEL_FIELDS(thing, count);
};
using Command = std::variant<Like>;

// Replies to commands.

/// Not understood at all: malformed bytes.
struct Refused {
  static constexpr std::uint64_t kKind = 265;
  std::string message;
  GAVEL_FIELDS(message);
};
struct Liked {
  static constexpr std::uint64_t kKind = 266;
  Verdict verdict = Verdict::counted;
  /// The thing's likes after this command.
  std::uint64_t total = 0;
  /// What was wrong and what would be right; empty when counted.
  std::string message;
  GAVEL_FIELDS(verdict, total, message);
};
using Reply = std::variant<Refused, Liked>;

// Events.

/// To the thing's topic, each standing for those before it.
struct Counted {
  static constexpr std::uint64_t kKind = 270;
  std::string thing;
  std::uint64_t total = 0;
  GAVEL_FIELDS(thing, total);
};
using Event = std::variant<Counted>;

/// Whoever watches it hears of the thing's count.
inline Bytes topic_of(std::string_view thing) { return Bytes(thing); }

// Questions.

/// A thing that nobody liked has 0.
struct AskCount {
  static constexpr std::uint64_t kKind = 275;
  std::string thing;
  GAVEL_FIELDS(thing);
};
/// All counts, from the thing `from` on (empty: from the first), at most kPage.
struct AskCounts {
  static constexpr std::uint64_t kKind = 276;
  std::string from;
  GAVEL_FIELDS(from);
};
using Question = std::variant<AskCount, AskCounts>;

// Answers; a question that was not understood is answered with Refused.

struct Count {
  std::string thing;
  std::uint64_t total = 0;
  GAVEL_FIELDS(thing, total);
};
struct Counts {
  static constexpr std::uint64_t kKind = 280;
  std::vector<Count> counts;
  /// Where to go on asking, when there is more.
  std::optional<std::string> next;
  GAVEL_FIELDS(counts, next);
};
using Answer = std::variant<Refused, Counts>;

}  // namespace gavel::likes
