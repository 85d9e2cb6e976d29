// The house's chat as a replicated service: the lobby, which is always there, and the private rooms that people open.
// What happens in a room is the room's own (room.hpp); here is which rooms there are, who may know of them, and which
// goes when there are too many: the one that has been empty longest, never one with people in it. Who lapses next, of
// all rooms, is always at hand. A change of leader is told in the lobby alone.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#include "common/base/digest.hpp"
#include "common/wire/services/chat.hpp"
#include "node/services/room.hpp"
#include "node/services/service.hpp"
#include "node/services/serving.hpp"

namespace gavel {

class RoomsService {
 public:
  RoomsService();

  Bytes apply(const Context& context, BytesView command, Events& events);
  void on_view(const Context& context, const GroupView& view, Events& events);
  Bytes query(BytesView question) const;

  /// The first lapse in any room.
  std::optional<WallTime> next_deadline() const;
  Bytes deadline_command() const;

  Bytes snapshot() const;
  /// Error: malformed, over the limits, or without a lobby; the state is as before.
  Result<void> restore(BytesView snapshot);
  Digest digest() const { return digest_; }

  const std::map<std::string, Room>& rooms() const { return rooms_; }
  const Serving& serving() const { return serving_; }

 private:
  /// Rooms by a time, the earliest first.
  using Index = std::set<std::pair<WallTime, std::string>>;

  chat::Reply execute(const Context& context, BytesView bytes, Events& events);
  template <class Command>
  chat::RoomReply on(const Context& context, const Command& command, Events& events);
  chat::RoomReply on(const Context& context, const chat::OpenRoom& open, Events& events);
  chat::RoomReply on(const Context& context, const chat::Sweep& sweep, Events& events);
  chat::RoomReply on(const Context& context, const chat::Call& call, Events& events);
  MaybeRefused check_opening(const chat::OpenRoom& open) const;
  bool has_topic(BytesView topic) const;
  void make_space();
  /// Does something to a room, and keeps the indices in step.
  template <class Change>
  std::invoke_result_t<Change, Room&> change(Room& room, Change&& change);
  void file(const Room& room);
  void unfile(const Room& room);

  chat::Answer answer(const chat::AskRoom& ask) const;
  chat::Answer answer(const chat::AskRooms& ask) const;

  std::map<std::string, Room> rooms_;
  Serving serving_;
  Digest digest_ = digest_of("rooms");

  // Kept in step with the rooms: those with people in them by their first lapse, and the private ones with nobody in
  // them by when that began.
  Index lapses_;
  Index empty_;
};

static_assert(ViewedService<RoomsService>);

}  // namespace gavel
