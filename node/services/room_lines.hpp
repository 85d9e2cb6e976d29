// The lines of a room: each gets the next number, and the latest of those that a newcomer can be told are kept. Who
// comes and goes and who serves the group is pushed to those who are there, and not kept; of the auctioneer's bids the
// last few are, so that a busy auction does not push out what people say.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/wire/services/chat.hpp"
#include "node/services/records.hpp"
#include "node/services/service.hpp"

namespace gavel {

/// Lines of kind bid that are kept.
inline constexpr std::size_t kKeptBids = 8;

class RoomLines {
 public:
  /// Gives the line its place: the next number, the slot, the time.
  void place(const Context& context, chat::Line& line);
  /// Keeps a line that has its place if it is of a kind that is kept, and at most `most` in all.
  void keep(chat::Line line, std::size_t most);
  /// At most so many from now on.
  void keep(std::size_t most);

  /// The number of the last line, kept or not; and its time.
  std::uint64_t last() const { return last_; }
  WallTime last_time() const { return last_time_; }
  const std::deque<chat::Line>& kept() const { return kept_; }
  /// The last of the kept ones, ascending.
  std::vector<chat::Line> latest(std::size_t most) const;

  void append_to(Bytes& snapshot) const;
  /// Error: malformed, too many, of a kind that is not kept, or out of order.
  static Result<RoomLines> read_from(RecordReader& reader, std::size_t keep);

 private:
  void drop(std::deque<chat::Line>::iterator line);
  void drop_first_bid();

  std::uint64_t last_ = 0;
  WallTime last_time_;
  std::deque<chat::Line> kept_;
  std::size_t bids_ = 0;
  std::size_t text_ = 0;
};

}  // namespace gavel
