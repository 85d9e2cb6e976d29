// One chat room: what is said to it comes as commands in the total order, and what others should see of it goes out as
// numbered lines, the same for everybody. Whoever speaks is known by a name and the person behind it; names are unique
// in the room, since of two who want one the earlier in the order has it. Every moment is an entry's, so that leases,
// mutes and the pace are the same on every replica. A command that is refused changes nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "common/wire/services/chat.hpp"
#include "node/services/room_book.hpp"
#include "node/services/room_checks.hpp"
#include "node/services/service.hpp"
#include "node/services/serving.hpp"

namespace gavel {

/// As many lapse in one entry at most; the rest in the next ones.
inline constexpr std::size_t kMostLapsesAtOnce = 256;

class Room {
 public:
  explicit Room(RoomBook book) : book_(std::move(book)) {}

  chat::RoomReply on(const Context& context, const chat::Enter& enter, Events& events);
  chat::RoomReply on(const Context& context, const chat::Leave& leave, Events& events);
  chat::RoomReply on(const Context& context, const chat::Say& say, Events& events);
  chat::RoomReply on(const Context& context, const chat::Stay& stay, Events& events);
  /// Also tells those who watch for invitations to that name.
  chat::RoomReply on(const Context& context, const chat::Invite& invite, Events& events);
  chat::RoomReply on(const Context& context, const chat::Mute& mute, Events& events);
  chat::RoomReply on(const Context& context, const chat::Appoint& appoint, Events& events);
  chat::RoomReply on(const Context& context, const chat::SetRules& set, Events& events);

  /// Who was not heard until their lease was over has gone, at most so many of them. Returns how many.
  std::size_t sweep(const Context& context, std::size_t most, Events& events);
  /// When the first one's lease is over.
  std::optional<WallTime> next_lapse() const;

  /// What the auctioneer says.
  void announce(const Context& context, chat::LineKind kind, std::string text, Events& events);
  /// Another node leads, or others serve.
  void tell_serving(const Context& context, const Serving& serving, Events& events);

  /// The room as it is, or why this one may not see it.
  chat::Answer state(const chat::AskRoom& ask, const Serving& serving) const;
  /// Nothing if this one may not know of it.
  std::optional<chat::RoomBrief> brief(const chat::Speaker& who) const;

  const RoomBook& book() const { return book_; }

 private:
  /// Pushes the next line, and returns its number.
  std::uint64_t tell(const Context& context, chat::LineKind kind, std::string who, std::string text, Events& events,
                     Uid node = {});
  std::uint64_t note(const Context& context, const chat::Speaker& who, std::string text, Events& events);
  void renew(const Context& context, const chat::Speaker& who);
  chat::RoomReply reply(const chat::Speaker& who) const;
  chat::RoomReply done(const chat::Speaker& who, std::uint64_t number, std::string message) const;
  chat::RoomReply refuse(const chat::Speaker& who, RoomObjection objection) const;

  RoomBook book_;
};

}  // namespace gavel
