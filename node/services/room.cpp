#include "node/services/room.hpp"

#include <algorithm>
#include <utility>

#include "node/services/mistakes.hpp"
#include "node/services/room_rules.hpp"

namespace gavel {

using chat::LineKind;
using chat::RoomReply;

// ---- coming and going -------------------------------------------------------------------------------------------

RoomReply Room::on(const Context& context, const chat::Enter& enter, Events& events) {
  const auto& who = enter.who;
  if (auto objection = check(book_, context, enter)) return refuse(who, *std::move(objection));
  if (book_.members.has(who)) {
    renew(context, who);
    return done(who, 0, who.name + " is in " + book_.name + " already");
  }
  if (book_.members.find(who.name)) book_.members.remove(who.name);  // by mistake only: Mistake::names_twice
  book_.members.add({who.name, who.person, context.time, context.time + book_.rules.lease});
  book_.standing.welcome(who);
  const auto number = tell(context, LineKind::entered, who.name, {}, events);
  return done(who, number, who.name + " is in " + book_.name);
}

RoomReply Room::on(const Context& context, const chat::Leave& leave, Events& events) {
  if (auto objection = check(book_, context, leave)) return refuse(leave.who, *std::move(objection));
  book_.members.remove(leave.who.name);
  const auto number = tell(context, LineKind::left, leave.who.name, {}, events);
  return done(leave.who, number, leave.who.name + " has left " + book_.name);
}

RoomReply Room::on(const Context& context, const chat::Stay& stay, Events& /*events*/) {
  if (auto objection = check(book_, context, stay)) return refuse(stay.who, *std::move(objection));
  renew(context, stay.who);
  return done(stay.who, 0, stay.who.name + " stays in " + book_.name);
}

std::size_t Room::sweep(const Context& context, std::size_t most, Events& events) {
  if (house::broken(house::Mistake::lapses_nobody)) return 0;
  std::size_t lapsed = 0;
  for (; lapsed < most; ++lapsed) {
    const auto* first = book_.members.first_to_lapse();
    if (!first || first->lease_end > context.time) break;
    const std::string name = first->name;
    book_.members.remove(name);
    tell(context, LineKind::lapsed, name, {}, events);
  }
  return lapsed;
}

std::optional<WallTime> Room::next_lapse() const {
  const auto* first = book_.members.first_to_lapse();
  return first ? std::optional(first->lease_end) : std::nullopt;
}

void Room::renew(const Context& context, const chat::Speaker& who) {
  book_.members.renew(who.name, context.time + book_.rules.lease);
}

// ---- speaking ---------------------------------------------------------------------------------------------------

RoomReply Room::on(const Context& context, const chat::Say& say, Events& events) {
  if (auto objection = check(book_, context, say)) return refuse(say.who, *std::move(objection));
  book_.pace.spend(say.who.person, book_.rules, context.time, 2 * book_.most_members());
  renew(context, say.who);
  const auto number = tell(context, LineKind::said, say.who.name, say.text, events);
  return done(say.who, number, "said in " + book_.name);
}

void Room::announce(const Context& context, LineKind kind, std::string text, Events& events) {
  tell(context, kind, std::string(chat::kAuctioneer), std::move(text), events);
}

void Room::tell_serving(const Context& context, const Serving& serving, Events& events) {
  tell(context, LineKind::serving, {}, {}, events, serving.leader);
}

std::uint64_t Room::tell(const Context& context, LineKind kind, std::string who, std::string text, Events& events,
                         Uid node) {
  chat::Event event{chat::Said{book_.name, {}}};
  auto& line = std::get<chat::Said>(event).line;
  line.kind = kind;
  line.who = std::move(who);
  line.text = std::move(text);
  line.node = node;
  book_.lines.place(context, line);
  const auto number = line.number;
  events.push_back({wire::encode_any(event), book_.topic});
  book_.lines.keep(std::move(line), book_.rules.keep);
  return number;
}

// ---- moderating -------------------------------------------------------------------------------------------------

RoomReply Room::on(const Context& context, const chat::Invite& invite, Events& events) {
  if (auto objection = check(book_, context, invite)) return refuse(invite.who, *std::move(objection));
  renew(context, invite.who);
  auto& standing = book_.standing;
  const bool is_new = invite.invited ? standing.invite(invite.name) : standing.uninvite(invite.name);
  const std::string state = invite.name + (invite.invited ? " is invited to " : " is not invited to ") + book_.name;
  if (!is_new) return done(invite.who, 0, state + ", as before");
  const auto number =
      note(context, invite.who, (invite.invited ? "invites " : "withdraws the invitation of ") + invite.name, events);
  if (invite.invited)
    events.push_back({wire::encode_any(chat::Event{chat::Invited{book_.name, invite.who.name, invite.name}}),
                      chat::topic_of_invitations(invite.name)});
  return done(invite.who, number, state);
}

RoomReply Room::on(const Context& context, const chat::Mute& mute, Events& events) {
  if (auto objection = check(book_, context, mute)) return refuse(mute.who, *std::move(objection));
  renew(context, mute.who);
  const auto& person = book_.members.find(mute.name)->person;
  if (mute.length > Duration::zero()) {
    book_.standing.mute(person, context.time + mute.length, context.time);
    const std::string what = mute.name + " for " + in_words(mute.length);
    return done(mute.who, note(context, mute.who, "mutes " + what, events), "muted " + what);
  }
  if (!book_.standing.unmute(person, context.time))
    return done(mute.who, 0, mute.name + " may speak in " + book_.name + ", as before");
  return done(mute.who, note(context, mute.who, "lets " + mute.name + " speak again", events),
              mute.name + " may speak in " + book_.name + " again");
}

RoomReply Room::on(const Context& context, const chat::Appoint& appoint, Events& events) {
  if (auto objection = check(book_, context, appoint)) return refuse(appoint.who, *std::move(objection));
  renew(context, appoint.who);
  const auto& person = book_.members.find(appoint.name)->person;
  const bool is_new = appoint.moderator ? book_.standing.appoint(person) : book_.standing.dismiss(person);
  const std::string state = appoint.name + (appoint.moderator ? " moderates " : " does not moderate ") + book_.name;
  if (!is_new) return done(appoint.who, 0, state + ", as before");
  return done(
      appoint.who,
      note(context, appoint.who,
           (appoint.moderator ? "makes " + appoint.name + " a moderator" : "takes moderating from " + appoint.name),
           events),
      state);
}

RoomReply Room::on(const Context& context, const chat::SetRules& set, Events& events) {
  if (auto objection = check(book_, context, set)) return refuse(set.who, *std::move(objection));
  const bool is_new = set.rules != book_.rules;
  if (is_new) {
    book_.rules = set.rules;
    book_.pace.begin_anew();
    book_.lines.keep(book_.rules.keep);
    book_.members.cap(context.time + book_.rules.lease);
  }
  renew(context, set.who);
  const auto number = is_new ? note(context, set.who, "sets the rules: " + in_words(book_.rules), events) : 0;
  return done(set.who, number, "the rules of " + book_.name + ": " + in_words(book_.rules));
}

std::uint64_t Room::note(const Context& context, const chat::Speaker& who, std::string text, Events& events) {
  return tell(context, LineKind::notice, who.name, std::move(text), events);
}

// ---- replies and answers ----------------------------------------------------------------------------------------

RoomReply Room::reply(const chat::Speaker& who) const {
  RoomReply reply;
  reply.room = book_.name;
  const bool inside = book_.members.has(who);
  if (inside) reply.topic = book_.topic;
  if (!inside && book_.by_invitation) return reply;
  reply.present = book_.members.size();
  reply.rules = book_.rules;
  return reply;
}

RoomReply Room::done(const chat::Speaker& who, std::uint64_t number, std::string message) const {
  RoomReply done = reply(who);
  done.number = number;
  done.message = std::move(message);
  return done;
}

RoomReply Room::refuse(const chat::Speaker& who, RoomObjection objection) const {
  RoomReply refused = reply(who);
  refused.verdict = objection.verdict;
  refused.message = std::move(objection.message);
  refused.wait = objection.wait;
  return refused;
}

chat::Answer Room::state(const chat::AskRoom& ask, const Serving& serving) const {
  if (book_.by_invitation && !book_.members.has(ask.who))
    return chat::NoRoom{chat::Verdict::not_present, "only who is in " + book_.name + " can look into it"};
  chat::RoomState state;
  state.room = book_.name;
  state.rules = book_.rules;
  state.present = book_.members.size();
  for (const auto& [name, member] : book_.members.by_name()) {
    if (state.members.size() == chat::kPage) break;
    // A question has no time of its own; the last line's is the latest that the room knows of.
    const auto muted_until = book_.standing.muted_until(member.person, book_.lines.last_time());
    state.members.push_back(
        {name, member.since, book_.standing.moderates(member.person), muted_until.value_or(WallTime{})});
  }
  state.leader = serving.leader;
  state.since = serving.since;
  state.serving = serving.nodes;
  state.last = book_.lines.last();
  state.lines = book_.lines.latest(ask.lines);
  state.topic = book_.topic;
  return state;
}

std::optional<chat::RoomBrief> Room::brief(const chat::Speaker& who) const {
  const bool inside = book_.members.has(who.person);
  const bool invited = !inside && book_.by_invitation && book_.standing.is_invited(who.name);
  if (book_.by_invitation && !inside && !invited) return {};
  return chat::RoomBrief{book_.name, book_.members.size(), invited, book_.lines.last_time()};
}

}  // namespace gavel
