// say, who, rooms: what is said and looked up in rooms by a program that does not stay.
#include "client/cli/chat_rows.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/room_calls.hpp"

namespace gavel::cli {
namespace {

void say(Context& context, const std::string& room, const std::vector<std::string>& words) {
  check_room_name(room);
  const std::string text = joined(words, " ");
  if (text.find_first_not_of(' ') == std::string::npos)
    fail_with(Exit::usage, "there is nothing to say: TEXT is empty");
  const auto who = own_speaker(context.settings);
  const auto place = find_room(context.house(), room, room == chat::kLobby);
  const auto told = do_within_room(context.house(), place, who, chat::Say{place.room, who, text});
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
  const auto who = own_speaker(context.settings);
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
  const auto who = own_speaker(context.settings);
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
}

}  // namespace gavel::cli
