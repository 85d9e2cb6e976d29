// The rooms that the user of this program is in, and the invitations that come for them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "client/cli/chat_room.hpp"

namespace gavel::cli {

class JoinedRooms {
 public:
  /// `how_to_enter`: what one types before a room's name.
  JoinedRooms(House& house, ChatRoom::Hooks hooks, std::string how_to_enter, bool names_rooms);
  ~JoinedRooms();
  JoinedRooms(const JoinedRooms&) = delete;
  JoinedRooms& operator=(const JoinedRooms&) = delete;

  /// Waits until one is in. The room, also if one was in it before. Throws Failure.
  ChatRoom& enter(const std::string& room, std::uint32_t history);
  /// Null if one is not in it.
  ChatRoom* find(const std::string& room) const;
  /// False if one was not in it. Waits for the room's word at most so long.
  bool leave(const std::string& room, Duration patience);
  std::vector<std::string> names() const;

  /// Who the user is to the chat.
  const chat::Speaker& who();

  /// Tells the invitations that there are and those that come, once the lobby is open.
  void listen_for_invitations();

  /// As ChatRoom's. That one is in a room no longer is told, and the room forgotten.
  void tick();
  /// Why that was, the last time.
  const std::optional<Failure>& last_over() const { return last_over_; }
  TimePoint next_deadline() const;

 private:
  void tell(const chat::Invited& invited);

  House& house_;
  ChatRoom::Hooks hooks_;
  std::string how_to_enter_;
  bool names_rooms_;
  std::optional<chat::Speaker> who_;
  std::map<std::string, std::unique_ptr<ChatRoom>> rooms_;
  std::optional<Failure> last_over_;
  std::optional<std::uint64_t> invitations_;
  bool invitations_missed_ = false;
  std::set<std::string> invited_to_;
};

}  // namespace gavel::cli
