// What a node's replicas and its gateway tally while they work, for the metrics: what the core said (by kind), how bids
// were judged, and how long commits and commands took. Numbers only; to count costs a few increments.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "common/base/histogram.hpp"
#include "common/order/effects.hpp"
#include "common/wire/services/auction.hpp"

namespace gavel::host {

inline constexpr std::size_t kNoteKinds = static_cast<std::size_t>(order::NoteKind::storage_failed) + 1;
inline constexpr std::size_t kAnswerStatuses = static_cast<std::size_t>(wire::AnswerStatus::lost) + 1;

struct Tally {
  std::array<std::uint64_t, kNoteKinds> notes{};
  // Requests of this node for what it missed.
  std::uint64_t missed_batches = 0;
  std::uint64_t missed_entries = 0;
  std::uint64_t missed_snapshots = 0;  ///< pieces of one
  /// Bids that came in through this node, each when it was judged for the first time: sent again, it counts no more,
  /// here or elsewhere. So the sum over all nodes is that of all bids.
  std::array<std::uint64_t, auction::kVerdicts> verdicts{};
  std::array<std::uint64_t, kAnswerStatuses> commands{};  ///< of clients that were submitted here, by status
  Histogram command;                                      ///< from the client's frame to the answer; status ok only
  Histogram commit;                                       ///< of slots that a leader appended here, until committed

  void count(const order::Note& note) { ++notes[static_cast<std::size_t>(note.kind)]; }
  void count(const order::Unicast& unicast);
  std::uint64_t of(order::NoteKind kind) const { return notes[static_cast<std::size_t>(kind)]; }
};

/// The verdict in an auction's reply to a bid; nothing in any other reply. Reads a few bytes, decodes nothing.
std::optional<auction::Verdict> verdict_in(BytesView reply);

/// When this leader appended the slots that are not committed yet.
class CommitTimes {
 public:
  /// The slots after `before`, up to `last`.
  void appended(TimePoint at, Slot before, Slot last);
  /// Everything up to `commit` is committed.
  void committed(TimePoint at, Slot commit, Histogram& histogram);
  /// Another leads now, or what was appended is cut.
  void clear() { waiting_.clear(); }

 private:
  static constexpr std::size_t kMost = 1024;  ///< more are not timed

  struct Waiting {
    Slot before;
    Slot last;
    TimePoint at;
  };
  std::deque<Waiting> waiting_;
};

}  // namespace gavel::host
