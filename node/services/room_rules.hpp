// What may stand in a room: names, texts, secrets, rules, and how a room may be called. Pure leaves, without a room at
// hand; what depends on who is in it is in room_checks.hpp.
#pragma once

#include <string>
#include <string_view>

#include "common/base/time.hpp"
#include "common/wire/services/chat.hpp"

namespace gavel {

/// In whatever case: nobody is to be taken for them.
bool is_auctioneer(std::string_view name);
/// Plain text of 1 to kMaxName bytes, and not the auctioneer's.
bool is_member_name(std::string_view name);
/// kSecretBytes long.
bool is_secret(const chat::Secret& secret);
/// '@', and then what could be an item's id.
bool is_private_room(std::string_view name);
/// Each rule is within its bounds.
bool are_within_bounds(const chat::RoomRules& rules);
/// Something besides spaces, in UTF-8 and without control characters, of at most `most` bytes.
bool is_sayable(std::string_view text, std::size_t most);

/// A time that an entry could have, and with which one can reckon without an overflow; what comes from outside may be
/// any number.
bool is_entry_time(WallTime time);

/// Everything about a public room is pushed to this topic.
Bytes topic_of_public_room(std::string_view name);
/// Nobody can guess it who was not told the key.
Bytes topic_of_private_room(const chat::Secret& key);

/// For people: "2 h", "90 s", "1500 ms"; rounded up.
std::string in_words(Duration duration);
/// "texts of at most 500 bytes, 5 in a row and then one in 1 s; 200 lines are kept; who is silent for 90 s has left"
std::string in_words(const chat::RoomRules& rules);

}  // namespace gavel
