// room: private rooms, and what moderators do in any.
#include "client/cli/chat_rows.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/person.hpp"
#include "client/cli/room_calls.hpp"

namespace gavel::cli {
namespace {

void open_room(Context& context, const std::string& room) {
  check_private_room_name(room);
  const auto who = own_speaker(context.settings);
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
  const auto who = own_speaker(context.settings);
  const auto command = make(options, who);
  const auto place = find_room(context.house(), options.room, false);
  const auto reply = do_within_room(context.house(), place, who, command).value;
  if (reply.verdict != chat::Verdict::done) refuse_in_room(reply.verdict, reply.message);
  context.output().record(
      {{"room", place.room}, {"name", options.name}, {"number", reply.number}, {"message", reply.message}},
      harmless(reply.message));
}

void rules(Context& context, const RoomOptions& options) {
  const auto who = own_speaker(context.settings);
  chat::RoomRules changed;
  const bool changes =
      options.keep || options.bytes || options.burst || !options.pace.empty() || !options.lease.empty();
  if (!options.pace.empty()) changed.pace = duration_option("--pace", options.pace);
  if (!options.lease.empty()) changed.lease = duration_option("--lease", options.lease);
  const auto place = find_room(context.house(), options.room, changes && options.room == chat::kLobby);
  auto now = look_into_room(context.house(), place, who, 0).value.rules;
  if (changes) {
    if (options.pace.empty()) changed.pace = now.pace;
    if (options.lease.empty()) changed.lease = now.lease;
    changed.keep = options.keep.value_or(now.keep);
    changed.bytes = options.bytes.value_or(now.bytes);
    changed.burst = options.burst.value_or(now.burst);
    const auto reply = do_within_room(context.house(), place, who, chat::SetRules{place.room, who, changed}).value;
    if (reply.verdict != chat::Verdict::done) refuse_in_room(reply.verdict, reply.message);
    now = changed;
  }
  context.output().record(row(place.room, now), describe(place.room, now));
}

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

}  // namespace

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
                   const auto length = duration_option("--for", o.length);
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

}  // namespace gavel::cli
