// How the lines of a room look, as rows and for people.
#pragma once

#include <string>

#include "client/cli/rows.hpp"
#include "common/wire/services/chat.hpp"
#include "common/wire/services/likes.hpp"

namespace gavel::cli {

/// Besides the line itself, what its words depend on.
struct LineAbout {
  const Names* names = nullptr;
  /// Who led before, for the line that another one does.
  Uid former;
  /// For people: say in which room it is, where lines of several stand among each other.
  bool names_room = false;
};
/// "16:20:00 ann: hello", "— ben entered", "— n4 serves the room now, after n5", "** auctioneer: going once at 25.00
/// EUR".
Telling describe(const std::string& room, const chat::Line& line, const LineAbout& about);
Telling describe(const chat::Invited& invited, const std::string& how_to_enter);
Telling describe(const likes::Count& count);

Row row(const std::string& room, const chat::RoomRules& rules);
Row row(const chat::RoomState& state, const Names& names);
/// "lobby: ann and 2 others are here; n5 serves it, with n1 and n2".
std::string describe(const chat::RoomState& state, const Names& names);
Section members_of_room(const chat::RoomState& state);
/// "burst 5, …": as `gavel room rules` shows them.
std::string describe(const std::string& room, const chat::RoomRules& rules);

std::string word_for(chat::LineKind kind);

}  // namespace gavel::cli
