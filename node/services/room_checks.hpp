// What a room takes from those who speak to it, and in which words it refuses the rest. Pure leaves: they look, and
// change nothing. To a stranger they tell of a private room only that one has to be invited.
#pragma once

#include <optional>
#include <string>

#include "common/wire/services/chat.hpp"
#include "node/services/room_book.hpp"
#include "node/services/service.hpp"

namespace gavel {

struct RoomObjection {
  chat::Verdict verdict = chat::Verdict::done;
  /// What was wrong and what would be right.
  std::string message;
  /// Until the same might be taken; zero if waiting does not help.
  Duration wait{};
};
/// Nothing if all is well.
using MaybeRefused = std::optional<RoomObjection>;

MaybeRefused check(const RoomBook& room, const Context& context, const chat::Enter& enter);
MaybeRefused check(const RoomBook& room, const Context& context, const chat::Leave& leave);
MaybeRefused check(const RoomBook& room, const Context& context, const chat::Say& say);
MaybeRefused check(const RoomBook& room, const Context& context, const chat::Stay& stay);
MaybeRefused check(const RoomBook& room, const Context& context, const chat::Invite& invite);
MaybeRefused check(const RoomBook& room, const Context& context, const chat::Mute& mute);
MaybeRefused check(const RoomBook& room, const Context& context, const chat::Appoint& appoint);
MaybeRefused check(const RoomBook& room, const Context& context, const chat::SetRules& set);

/// That this could be somebody's name and secret.
MaybeRefused check_speaker(const chat::Speaker& who);

}  // namespace gavel
