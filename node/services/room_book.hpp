// The state of one chat room: what it is called, how it is kept, who is in it and how they stand, and its lines. It
// holds what it is told; what may be done is for room_checks.hpp to say, and what comes of it for room.hpp.
#pragma once

#include <string>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/wire/services/chat.hpp"
#include "node/services/records.hpp"
#include "node/services/room_lines.hpp"
#include "node/services/room_members.hpp"
#include "node/services/room_pace.hpp"
#include "node/services/room_standing.hpp"

namespace gavel {

struct RoomBook {
  std::string name;
  /// Where its events go. A private room's is known to those only who were let in.
  Bytes topic;
  /// Private: only who is invited comes in, and only who is in it sees it.
  bool by_invitation = false;
  chat::RoomRules rules;
  RoomMembers members;
  RoomStanding standing;
  RoomPace pace;
  RoomLines lines;

  std::size_t most_members() const { return by_invitation ? chat::kMaxPrivateMembers : chat::kMaxMembers; }
  void append_to(Bytes& snapshot) const;
  /// Error: malformed, or none that a service could have written.
  static Result<RoomBook> read_from(RecordReader& reader);
};

/// A room for everybody; the first who enters under the name `steward` moderates it (empty, or no name: nobody does).
RoomBook public_room(std::string name, const std::string& steward = {});
/// A room for those who are invited, moderated by its founder.
RoomBook private_room(std::string name, const chat::Secret& key, const chat::Secret& founder);

}  // namespace gavel
