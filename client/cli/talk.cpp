// say, who, rooms, room: what is said and done in rooms by a program that does not stay.
#include "client/cli/chat_commands.hpp"
#include "client/cli/chat_rows.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/joined_rooms.hpp"
#include "client/cli/person.hpp"

namespace gavel::cli {
namespace {

chat::Speaker speaker(const Context& context) {
  check_member_name(context.settings.as);
  return {context.settings.as, own_secret()};
}

/// Whoever is not in the room enters it for that, and leaves it again.
Told<chat::RoomReply> do_within(House& house, const RoomPlace& place, const chat::Speaker& who,
                                const chat::Command& command) {
  auto told = do_in_room(house, place, command);
  if (told.value.verdict != chat::Verdict::not_present) return told;
  const auto entered = do_in_room(house, place, chat::Enter{place.room, who}).value;
  if (entered.verdict != chat::Verdict::done) {
    told.value.verdict = entered.verdict;
    told.value.message = entered.message;
    return told;
  }
  told = do_in_room(house, place, command);
  if (entered.number != 0) static_cast<void>(do_in_room(house, place, chat::Leave{place.room, who}));
  return told;
}

void say(Context& context, const std::string& room, const std::vector<std::string>& words) {
  check_room_name(room);
  const std::string text = joined(words, " ");
  if (text.find_first_not_of(' ') == std::string::npos)
    fail_with(Exit::usage, "there is nothing to say: TEXT is empty");
  const auto who = speaker(context);
  const auto place = find_room(context.house(), room, room == chat::kLobby);
  const auto told = do_within(context.house(), place, who, chat::Say{place.room, who, text});
  const auto& reply = told.value;
  if (reply.verdict != chat::Verdict::done) refuse_in_room(reply.verdict, reply.message);
  context.output().record({{"room", place.room},
                           {"number", reply.number},
                           {"who", who.name},
                           {"text", text},
                           {"slot", told.outcome.slot.value},
                           {"session", told.outcome.session.value},
                           {"request", told.outcome.number.value}},
                          "said in " + harmless(place.room) + ", line " + std::to_string(reply.number));
}

void who_is_in(Context& context, const std::string& room) {
  const auto who = speaker(context);
  const auto place = find_room(context.house(), room, false);
  const auto state = look_into_room(context.house(), place, who, 0).value;
  const Names names = context.house().names();
  Output output = context.output();
  if (!output.for_people()) return output.record(row(state, names), "");
  if (state.present > 0) output.list(members_of_room(state));
  output.text(describe(state, names));
}

// ---- which rooms there are ------------------------------------------------------------------------------------------

Row brief_row(const chat::RoomBrief& brief, const std::string& what) {
  return {{"room", brief.room},
          {"what", brief.invited ? what + ", you are invited" : what},
          {"present", brief.present},
          {"invited", brief.invited},
          {"last", brief.last == WallTime{} ? Row() : Row(iso(brief.last))}};
}

void list_rooms(Context& context) {
  House& house = context.house();
  const auto who = speaker(context);
  Section section{"rooms", {{"room", "ROOM"}, {"what", "WHAT"}, {"present", "PRESENT"}, {"last", "LAST LINE"}}, {}, ""};
  if (const auto lobby = house.standing(std::string(chat::kLobby))) {
    for (const auto& room : rooms_in(house, lobby->group, who).value)
      section.rows.push_back(brief_row(room, room.room == chat::kLobby ? "for everybody" : "private"));
  } else {
    section.rows.push_back(brief_row({std::string(chat::kLobby), 0, false, {}}, "for everybody, not open yet"));
  }
  for (const auto& auction : house.auctions(directory::Which::running)) {
    try {
      for (const auto& room : rooms_in(house, auction.group, who).value)
        section.rows.push_back(brief_row(room, "auction of " + auction.terms.title));
    } catch (const Failure& failure) {
      if (failure.code == Exit::interrupted) throw;
      std::cerr << "gavel: of the room of " << harmless(auction.id) << " nothing is known: " << failure.message << '\n';
    }
  }
  context.output().list(section);
}

// ---- room -----------------------------------------------------------------------------------------------------------

void open_room(Context& context, const std::string& room) {
  check_private_room_name(room);
  const auto who = speaker(context);
  const auto place = find_room(context.house(), room, true);
  const auto reply = require_in_room(context.house(), place, chat::OpenRoom{room, who, draw_secret()});
  context.output().record({{"room", room}, {"who", who.name}, {"present", reply.present}},
                          room + " is open, and you moderate it; invite with: gavel room invite " + room +
                              " NAME, enter with: gavel chat " + room);
}

struct RoomOptions {
  std::string room, name, length = "10m", pace, lease;
  std::optional<std::uint32_t> keep, bytes, burst;
  bool off = false;
};

using MakeCommand = chat::Command (*)(const RoomOptions&, const chat::Speaker&);

/// What a moderator does to somebody.
void moderate(Context& context, const RoomOptions& options, MakeCommand make) {
  check_room_name(options.room);
  check_member_name(options.name);
  const auto who = speaker(context);
  const auto command = make(options, who);
  const auto place = find_room(context.house(), options.room, false);
  const auto reply = do_within(context.house(), place, who, command).value;
  if (reply.verdict != chat::Verdict::done) refuse_in_room(reply.verdict, reply.message);
  context.output().record(
      {{"room", place.room}, {"name", options.name}, {"number", reply.number}, {"message", reply.message}},
      harmless(reply.message));
}

Duration duration_of(const std::string& option, const std::string& text) {
  const auto length = parse_duration(text);
  if (!length) fail_with(Exit::usage, option + " " + length.error().message);
  return *length;
}

void rules(Context& context, const RoomOptions& options) {
  const auto who = speaker(context);
  chat::RoomRules changed;
  const bool changes =
      options.keep || options.bytes || options.burst || !options.pace.empty() || !options.lease.empty();
  if (!options.pace.empty()) changed.pace = duration_of("--pace", options.pace);
  if (!options.lease.empty()) changed.lease = duration_of("--lease", options.lease);
  const auto place = find_room(context.house(), options.room, changes && options.room == chat::kLobby);
  auto now = look_into_room(context.house(), place, who, 0).value.rules;
  if (changes) {
    if (options.pace.empty()) changed.pace = now.pace;
    if (options.lease.empty()) changed.lease = now.lease;
    changed.keep = options.keep.value_or(now.keep);
    changed.bytes = options.bytes.value_or(now.bytes);
    changed.burst = options.burst.value_or(now.burst);
    const auto reply = do_within(context.house(), place, who, chat::SetRules{place.room, who, changed}).value;
    if (reply.verdict != chat::Verdict::done) refuse_in_room(reply.verdict, reply.message);
    now = changed;
  }
  context.output().record(row(place.room, now), describe(place.room, now));
}

// ---- how they are typed ---------------------------------------------------------------------------------------------

void add_moderating(CLI::App& room, Context& context, const std::string& name, const std::string& about,
                    const std::string& example, MakeCommand make) {
  auto* command = room.add_subcommand(name, about + "\n\nExamples:\n  gavel room " + example);
  auto options = std::make_shared<RoomOptions>();
  command->add_option("ROOM", options->room, "lobby, an auction's id, or @name")->required();
  command->add_option("NAME", options->name, "Who")->required();
  if (name == "mute") command->add_option("--for", options->length, "For how long")->capture_default_str();
  if (name == "moderator") command->add_flag("--off", options->off, "No longer");
  command->callback(
      [&context, options, make] { context.action = [&context, options, make] { moderate(context, *options, make); }; });
}

void add_rules(CLI::App& room, Context& context) {
  auto* command = room.add_subcommand("rules",
                                      "How a room is kept; without options it shows that\n\n"
                                      "Examples:\n"
                                      "  gavel room rules lobby\n"
                                      "  gavel room rules @friends --keep 500 --pace 200ms");
  auto options = std::make_shared<RoomOptions>();
  command->add_option("ROOM", options->room, "lobby, an auction's id, or @name")->required();
  command->add_option("--keep", options->keep, "Lines that a newcomer can be told, at most 1000");
  command->add_option("--bytes", options->bytes, "Longest text, at most 4096");
  command->add_option("--burst", options->burst, "Texts in a row, at most 1000, and from then on");
  command->add_option("--pace", options->pace, "one in so long, e.g. 500ms; 0s: no limit");
  command->add_option("--lease", options->lease, "Who is silent for so long has gone, e.g. 90s");
  command->callback([&context, options] { context.action = [&context, options] { rules(context, *options); }; });
}

void add_room_commands(CLI::App& app, Context& context) {
  auto* room = app.add_subcommand("room",
                                  "Private rooms, and what moderators do in any\n\n"
                                  "Examples:\n"
                                  "  gavel room open @friends\n"
                                  "  gavel room invite @friends ben\n"
                                  "  gavel room mute lobby eve --for 10m");
  room->require_subcommand(1);
  auto* open = room->add_subcommand("open", "Open a private room\n\nExamples:\n  gavel room open @friends");
  auto name = std::make_shared<std::string>();
  open->add_option("ROOM", *name, "@ and its name")->required();
  open->callback([&context, name] { context.action = [&context, name] { open_room(context, *name); }; });
  add_moderating(*room, context, "invite", "Let somebody into a private room", "invite @friends ben",
                 [](const RoomOptions& o, const chat::Speaker& who) -> chat::Command {
                   return chat::Invite{o.room, who, o.name, true};
                 });
  add_moderating(*room, context, "uninvite", "And no longer; who is in it stays", "uninvite @friends ben",
                 [](const RoomOptions& o, const chat::Speaker& who) -> chat::Command {
                   return chat::Invite{o.room, who, o.name, false};
                 });
  add_moderating(*room, context, "mute", "Somebody in the room says nothing for a while", "mute lobby eve --for 10m",
                 [](const RoomOptions& o, const chat::Speaker& who) -> chat::Command {
                   const auto length = duration_of("--for", o.length);
                   if (length == Duration::zero()) fail_with(Exit::usage, "--for 0 mutes nobody; unmute lets speak");
                   return chat::Mute{o.room, who, o.name, length};
                 });
  add_moderating(*room, context, "unmute", "Somebody may speak again", "unmute lobby eve",
                 [](const RoomOptions& o, const chat::Speaker& who) -> chat::Command {
                   return chat::Mute{o.room, who, o.name, {}};
                 });
  add_moderating(*room, context, "moderator", "Somebody in the room moderates it", "moderator lobby ann",
                 [](const RoomOptions& o, const chat::Speaker& who) -> chat::Command {
                   return chat::Appoint{o.room, who, o.name, !o.off};
                 });
  add_rules(*room, context);
}

}  // namespace

void add_talk_commands(CLI::App& app, Context& context) {
  auto* speak = app.add_subcommand("say",
                                   "Say one thing in a room\n\n"
                                   "Examples:\n"
                                   "  gavel say lobby hello everybody\n"
                                   "  gavel say lot-7 \"is the lamp brass?\" --as ann");
  auto room = std::make_shared<std::string>();
  auto words = std::make_shared<std::vector<std::string>>();
  speak->add_option("ROOM", *room, "lobby, an auction's id, or @name")->required();
  speak->add_option("TEXT", *words, "What to say")->required();
  speak->callback(
      [&context, room, words] { context.action = [&context, room, words] { say(context, *room, *words); }; });

  auto* present = app.add_subcommand("who",
                                     "Who is in a room, and which nodes serve it\n\n"
                                     "Examples:\n"
                                     "  gavel who lobby");
  present->add_option("ROOM", *room, "lobby, an auction's id, or @name")->required();
  present->callback([&context, room] { context.action = [&context, room] { who_is_in(context, *room); }; });

  app.add_subcommand("rooms",
                     "List the rooms: the lobby, those of auctions that run, and private ones you know of\n\n"
                     "Examples:\n"
                     "  gavel rooms")
      ->callback([&context] { context.action = [&context] { list_rooms(context); }; });
  add_room_commands(app, context);
}

}  // namespace gavel::cli
