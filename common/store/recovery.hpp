// What is found at a start: finds the end of the log, tells a torn write from damage, and replays what is live.
// The rules (README.md): a round is written only after the sync of the one before it. So a frame that is not whole is
// torn only if it would be of the round after the last whole one, lies at or beyond the mark, and nothing of a later
// round exists anywhere. Everything else that is not as it was is damage, and then nothing is served (PROTOCOL.md §8).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/store/index.hpp"
#include "common/store/mark.hpp"
#include "common/store/segment.hpp"

namespace gavel::store {

/// The log as it lies in the files, open and ready to be written on.
struct Log {
  std::map<std::uint64_t, Segment> live;  ///< By segment number, from the floor to the head, without gaps.
  std::vector<Segment> spare;             ///< Nothing in them is needed any more.
  std::uint64_t end = 0;                  ///< Where the next frame goes in the head, in bytes.
  std::uint64_t round = 0;                ///< The last durable round.

  /// The number of the segment that is written to; 0: there is none yet.
  std::uint64_t head() const { return live.empty() ? 0 : live.rbegin()->first; }
};

struct Recovery {
  Log log;
  Index index;
  Image image;
  std::vector<std::string> notes;
};

/// `segments` are all that are in `directory`. Every error is damage, or a disk that cannot be read, which comes to the
/// same: it says which file, at what offset, and what it means.
Result<Recovery> recover_log(const std::string& directory, const Mark& mark, std::vector<Segment> segments);

}  // namespace gavel::store
