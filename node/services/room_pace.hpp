// How fast each person may speak in a room: RoomRules::burst texts in a row, and from then on one in each pace, to the
// microsecond of entry time. It counts persons, not names, and remembers who has left, so that neither a new name nor
// coming in again helps. A person's account is one number: the time at which all that they said will have been paid
// for at one text a pace (the generic cell rate algorithm, ITU-T I.371); once it has passed it need not be kept.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "common/base/result.hpp"
#include "common/wire/services/chat.hpp"
#include "node/services/records.hpp"

namespace gavel {

/// Accounts of the largest room.
inline constexpr std::size_t kMaxAccounts = 2 * chat::kMaxMembers;

class RoomPace {
 public:
  /// How long this person has to wait before they may speak; zero: not at all.
  Duration wait(const chat::Secret& person, const chat::RoomRules& rules, WallTime now) const;
  /// They speak now: wait() is zero. Above `most` accounts the one is forgotten that would be paid first.
  void spend(const chat::Secret& person, const chat::RoomRules& rules, WallTime now, std::size_t most = kMaxAccounts);
  /// Under new rules everybody begins anew.
  void begin_anew();
  std::size_t accounts() const { return paid_at_.size(); }

  void append_to(Bytes& snapshot) const;
  /// Error: malformed, too many, or out of order.
  static Result<RoomPace> read_from(RecordReader& reader);

 private:
  void forget_first();

  std::map<chat::Secret, WallTime> paid_at_;
  std::set<std::pair<WallTime, chat::Secret>> by_time_;
};

}  // namespace gavel
