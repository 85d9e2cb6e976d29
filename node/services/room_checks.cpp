#include "node/services/room_checks.hpp"

#include <algorithm>

#include "node/services/mistakes.hpp"
#include "node/services/room_rules.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

RoomObjection bad_name(const std::string& name) {
  const std::string why = is_auctioneer(name)
                              ? "the auctioneer is nobody in a room"
                              : "a name has 1 to " + std::to_string(chat::kMaxName) +
                                    " bytes of UTF-8, no control or unseen characters, no space at either end";
  return {chat::Verdict::bad_name, quoted(name) + " is no name here: " + why};
}

RoomObjection name_taken(const RoomBook& room, const Context& context, const Member& holder) {
  const Duration left = std::max(holder.lease_end - context.time, Duration::zero());
  return {chat::Verdict::name_taken,
          holder.name + " is somebody else in " + room.name +
              "; take another name, or this one when they have gone, in " + in_words(left) + " if they stay silent",
          left};
}

/// That who speaks is in the room, under that name. Who is not learns nothing of a private room's members.
MaybeRefused check_present(const RoomBook& room, const Context& context, const chat::Speaker& who) {
  if (room.members.has(who)) return {};
  const auto* other = room.members.find(who.name);
  if (other && !room.by_invitation) return name_taken(room, context, *other);
  return RoomObjection{chat::Verdict::not_present, quoted(who.name) + " is not in " + room.name + "; enter it first"};
}

MaybeRefused check_target(const RoomBook& room, const std::string& name) {
  if (room.members.find(name)) return {};
  return RoomObjection{chat::Verdict::not_present, "nobody in " + room.name + " is called " + quoted(name)};
}

MaybeRefused check_moderator(const RoomBook& room, const Context& context, const chat::Speaker& who) {
  if (auto objection = check_present(room, context, who)) return objection;
  if (room.standing.moderates(who.person)) return {};
  return RoomObjection{chat::Verdict::not_moderator, who.name + " does not moderate " + room.name};
}

/// A public room that nobody moderates is everybody's who is in it.
MaybeRefused check_may_appoint(const RoomBook& room, const Context& context, const chat::Speaker& who) {
  if (!room.by_invitation && room.standing.has_no_moderator()) return check_present(room, context, who);
  return check_moderator(room, context, who);
}

RoomObjection limit_exceeded(const RoomBook& room, const std::string& whom) {
  return {chat::Verdict::limit_exceeded,
          room.name + " has " + std::to_string(chat::kMaxListed) + " " + whom + " already, more it does not take"};
}

/// Whether this person could come in again under a free name, or one that is theirs.
bool may_come_in(const RoomBook& room, const chat::Speaker& who) {
  return !room.by_invitation || room.standing.is_invited(who.name) || room.standing.moderates(who.person) ||
         room.members.has(who.person);
}

MaybeRefused check_text(const RoomBook& room, const std::string& text) {
  if (text.size() > room.rules.bytes)
    return RoomObjection{chat::Verdict::too_long, "a text of " + std::to_string(text.size()) + " bytes, at most " +
                                                      std::to_string(room.rules.bytes) + " are allowed in " +
                                                      room.name};
  if (is_sayable(text, room.rules.bytes)) return {};
  return RoomObjection{chat::Verdict::bad_text,
                       "a text is UTF-8, without control characters, and has something besides spaces"};
}

}  // namespace

MaybeRefused check_speaker(const chat::Speaker& who) {
  if (!is_member_name(who.name)) return bad_name(who.name);
  if (!is_secret(who.person))
    return RoomObjection{chat::Verdict::bad_secret, "a person's secret has " + std::to_string(chat::kSecretBytes) +
                                                        " bytes, this one has " +
                                                        std::to_string(who.person.bytes.size())};
  return {};
}

MaybeRefused check(const RoomBook& room, const Context& context, const chat::Enter& enter) {
  const auto& who = enter.who;
  if (auto objection = check_speaker(who)) return objection;
  if (!may_come_in(room, who))
    return RoomObjection{chat::Verdict::not_invited,
                         who.name + " is not invited to " + room.name + "; whoever moderates it can do so"};
  const auto* holder = room.members.find(who.name);
  if (holder && holder->person == who.person) return {};
  if (holder && !house::broken(house::Mistake::names_twice)) return name_taken(room, context, *holder);
  if (room.members.size() >= room.most_members())
    return RoomObjection{chat::Verdict::room_full,
                         room.name + " is full: " + std::to_string(room.most_members()) + " are in it"};
  return {};
}

MaybeRefused check(const RoomBook& room, const Context& context, const chat::Leave& leave) {
  return check_present(room, context, leave.who);
}

MaybeRefused check(const RoomBook& room, const Context& context, const chat::Say& say) {
  if (auto objection = check_present(room, context, say.who)) return objection;
  if (auto objection = check_text(room, say.text)) return objection;
  if (const auto until = room.standing.muted_until(say.who.person, context.time)) {
    const Duration left = *until - context.time;
    return RoomObjection{chat::Verdict::muted,
                         say.who.name + " is muted in " + room.name + " for another " + in_words(left), left};
  }
  if (const Duration wait = room.pace.wait(say.who.person, room.rules, context.time); wait > Duration::zero())
    return RoomObjection{chat::Verdict::too_fast,
                         "too fast: in " + room.name + " one may say " + std::to_string(room.rules.burst) +
                             " texts in a row and then one in " + in_words(room.rules.pace) + "; wait " +
                             in_words(wait),
                         wait};
  return {};
}

MaybeRefused check(const RoomBook& room, const Context& context, const chat::Stay& stay) {
  return check_present(room, context, stay.who);
}

MaybeRefused check(const RoomBook& room, const Context& context, const chat::Invite& invite) {
  if (!room.by_invitation)
    return RoomObjection{chat::Verdict::bad_room, "everybody may enter " + room.name + ", nobody needs an invitation"};
  if (auto objection = check_moderator(room, context, invite.who)) return objection;
  if (!is_member_name(invite.name)) return bad_name(invite.name);
  if (invite.invited && !room.standing.is_invited(invite.name) && room.standing.invited() >= chat::kMaxListed)
    return limit_exceeded(room, "invitations");
  return {};
}

MaybeRefused check(const RoomBook& room, const Context& context, const chat::Mute& mute) {
  if (auto objection = check_moderator(room, context, mute.who)) return objection;
  if (auto objection = check_target(room, mute.name)) return objection;
  if (mute.length < Duration::zero() || mute.length > chat::kMaxMute)
    return RoomObjection{chat::Verdict::limit_exceeded,
                         "one is muted for at most " + in_words(chat::kMaxMute) + "; 0 lets them speak again"};
  const bool is_new = !room.standing.muted_until(room.members.find(mute.name)->person, context.time);
  if (is_new && mute.length > Duration::zero() && room.standing.muted(context.time) >= chat::kMaxListed)
    return limit_exceeded(room, "muted ones");
  return {};
}

MaybeRefused check(const RoomBook& room, const Context& context, const chat::Appoint& appoint) {
  if (auto objection = check_may_appoint(room, context, appoint.who)) return objection;
  if (auto objection = check_target(room, appoint.name)) return objection;
  const bool is_new = !room.standing.moderates(room.members.find(appoint.name)->person);
  if (is_new && appoint.moderator && room.standing.moderators() >= chat::kMaxListed)
    return limit_exceeded(room, "moderators");
  return {};
}

MaybeRefused check(const RoomBook& room, const Context& context, const chat::SetRules& set) {
  if (auto objection = check_may_appoint(room, context, set.who)) return objection;
  if (are_within_bounds(set.rules)) return {};
  return RoomObjection{chat::Verdict::bad_rules,
                       "a room keeps 0 to " + std::to_string(chat::kMostKept) + " lines, of 1 to " +
                           std::to_string(chat::kMostBytes) +
                           " bytes each; one may say 1 to 1000 texts in a row, then one in 0 s to 1 h, and has left "
                           "after a silence of 1 s to 24 h"};
}

}  // namespace gavel
