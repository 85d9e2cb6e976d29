// Rooms as the program's commands see them: in which group a room is, what is wrong with a name before anybody is
// asked, and calls that wait. Whatever goes wrong is thrown as a Failure.
#pragma once

#include <optional>
#include <string>

#include "client/cli/house.hpp"
#include "common/wire/services/chat.hpp"

namespace gavel::cli {

/// Where a room is.
struct RoomPlace {
  /// "lobby", "@friends", or the auction's id.
  std::string room;
  GroupId group;
  /// Whose room it is.
  std::optional<directory::Auction> auction;
};

/// "lot-7.1" means "lot-7": an item's first auction has the item's own id.
std::string without_first_run(const std::string& id);

/// Throws Failure{usage} if no room can be called so.
void check_room_name(const std::string& room);
/// Throws Failure{usage} unless it is "@" and a name.
void check_private_room_name(const std::string& room);
/// Throws Failure{usage} if nobody can be called so.
void check_member_name(const std::string& name);

/// `opens`: the lobby's group is opened if it is not open yet; otherwise there is then no such room. Throws Failure.
RoomPlace find_room(House& house, const std::string& room, bool opens);

/// 3; 4 for what is not there, and 7 for what is not allowed to this person.
Exit exit_for(chat::Verdict verdict);
[[noreturn]] void refuse_in_room(chat::Verdict verdict, const std::string& message);

/// The user of this program. Throws Failure{usage} if nobody in a room can be called so.
chat::Speaker own_speaker(const Settings& settings);

/// Which room a command is to.
chat::Command to_room(chat::Command command, const std::string& room);

/// Waits for the reply, whatever it says.
Told<chat::RoomReply> do_in_room(House& house, const RoomPlace& place, const chat::Command& command);
/// The same of one who is not there and does not stay: enters the room for that if need be, and leaves it again.
Told<chat::RoomReply> do_within_room(House& house, const RoomPlace& place, const chat::Speaker& who,
                                     const chat::Command& command);
/// As do_in_room(); throws unless it was done.
chat::RoomReply require_in_room(House& house, const RoomPlace& place, const chat::Command& command);
Told<chat::RoomState> look_into_room(House& house, const RoomPlace& place, const chat::Speaker& who,
                                     std::uint32_t lines);
/// All that this person may know of in the group, and as of which slot.
Told<std::vector<chat::RoomBrief>> rooms_in(House& house, GroupId group, const chat::Speaker& who);

}  // namespace gavel::cli
