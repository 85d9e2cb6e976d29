#include "client/cli/room_calls.hpp"

#include "client/cli/person.hpp"
#include "node/services/room_rules.hpp"
#include "node/services/text.hpp"

namespace gavel::cli {
namespace {

const char* const kWhatRoomsThereAre =
    "a room is lobby, an auction's id like lot-7, or a private room's name like @friends";

std::string shown_name(const std::string& text) { return "'" + harmless(text.substr(0, directory::kMaxText)) + "'"; }

}  // namespace

std::string without_first_run(const std::string& id) {
  constexpr std::string_view kFirst = ".1";
  return id.size() > kFirst.size() && id.ends_with(kFirst) ? id.substr(0, id.size() - kFirst.size()) : id;
}

void check_room_name(const std::string& room) {
  if (room.starts_with(chat::kPrivateMark)) return check_private_room_name(room);
  const auto point = room.find('.');
  if (!is_item_id(room.substr(0, point)))
    fail_with(Exit::usage, shown_name(room) + " is no room: " + kWhatRoomsThereAre);
}

void check_private_room_name(const std::string& room) {
  if (!is_private_room(room))
    fail_with(Exit::usage, shown_name(room) +
                               " is no private room: its name is '@', then lower-case letters, digits and single "
                               "dashes, at most " +
                               std::to_string(directory::kMaxItemId) + ", like @friends");
}

void check_member_name(const std::string& name) {
  if (!is_member_name(name))
    fail_with(Exit::usage, shown_name(name) + " is no name in a room: 1 to " + std::to_string(chat::kMaxName) +
                               " bytes of UTF-8 without a space at either end, and not " +
                               std::string(chat::kAuctioneer));
}

chat::Speaker own_speaker(const Settings& settings) {
  check_member_name(settings.as);
  return {settings.as, own_secret()};
}

RoomPlace find_room(House& house, const std::string& room, bool opens) {
  check_room_name(room);
  if (room != chat::kLobby && !room.starts_with(chat::kPrivateMark)) {
    try {
      auto auction = house.running(without_first_run(room));
      const auto group = auction.group;
      return {auction.id, group, std::move(auction)};
    } catch (const Failure& failure) {
      if (failure.code != Exit::not_found) throw;
      fail_with(Exit::not_found, failure.message + ", and so no room; `gavel rooms` lists the rooms");
    }
  }
  if (opens) return {room, house.open_standing(std::string(chat::kLobby)).group, {}};
  const auto open = house.standing(std::string(chat::kLobby));
  if (!open)
    fail_with(Exit::not_found, room +
                                   (room == chat::kLobby ? " is not open yet: nobody has entered it"
                                                         : " is not there: no private room has been opened yet") +
                                   "; gavel " + (room == chat::kLobby ? "chat " : "room open ") + room + " opens it");
  return {room, open->group, {}};
}

Exit exit_for(chat::Verdict verdict) {
  switch (verdict) {
    case chat::Verdict::done:
      return Exit::ok;
    case chat::Verdict::unknown_room:
      return Exit::not_found;
    case chat::Verdict::not_invited:
    case chat::Verdict::not_moderator:
      return Exit::not_authorised;
    default:
      return Exit::rejected;
  }
}

void refuse_in_room(chat::Verdict verdict, const std::string& message) {
  const std::string words(chat::words_for(verdict));
  // Some messages begin with the verdict's words as it is.
  fail_with(exit_for(verdict), message.starts_with(words) ? harmless(message) : words + ": " + harmless(message));
}

chat::Command to_room(chat::Command command, const std::string& room) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.room; }) one.room = room;
      },
      command);
  return command;
}

Told<chat::RoomReply> do_in_room(House& house, const RoomPlace& place, const chat::Command& command) {
  const auto call = [&] {
    return house.connection().command(place.group, wire::encode_any(to_room(command, place.room)));
  };
  auto outcome = call();
  const std::string finds_out = "gavel chat " + place.room + " --history 20 < /dev/null";
  const auto answer = [&] { return expect<chat::RoomReply, chat::Reply>(outcome, finds_out); };
  auto reply = place.auction ? house.reachable(*place.auction, answer) : answer();
  return {std::move(reply), std::move(outcome)};
}

Told<chat::RoomReply> do_within_room(House& house, const RoomPlace& place, const chat::Speaker& who,
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
  // Whoever was in it already (then it was somebody else who is not) stays.
  if (entered.number != 0) static_cast<void>(do_in_room(house, place, chat::Leave{place.room, who}));
  return told;
}

chat::RoomReply require_in_room(House& house, const RoomPlace& place, const chat::Command& command) {
  auto reply = do_in_room(house, place, command).value;
  const bool could_be_opened =
      reply.verdict == chat::Verdict::unknown_room && place.room.starts_with(chat::kPrivateMark);
  if (reply.verdict != chat::Verdict::done)
    refuse_in_room(reply.verdict,
                   reply.message + (could_be_opened ? "; gavel room open " + place.room + " opens it" : ""));
  return reply;
}

Told<chat::RoomState> look_into_room(House& house, const RoomPlace& place, const chat::Speaker& who,
                                     std::uint32_t lines) {
  auto outcome =
      house.connection().query(place.group, wire::encode_any(chat::Question(chat::AskRoom{place.room, who, lines})));
  const auto read = [&] { return expect_any<chat::Answer>(outcome, ""); };
  auto answer = place.auction ? house.reachable(*place.auction, read) : read();
  if (const auto* none = std::get_if<chat::NoRoom>(&answer)) {
    if (none->verdict == chat::Verdict::not_present) fail_with(Exit::not_authorised, harmless(none->message));
    refuse_in_room(none->verdict, none->message);
  }
  if (auto* state = std::get_if<chat::RoomState>(&answer)) return {std::move(*state), std::move(outcome)};
  fail_with(Exit::internal, "an answer of another kind came from " + outcome.gateway_name);
}

Told<std::vector<chat::RoomBrief>> rooms_in(House& house, GroupId group, const chat::Speaker& who) {
  Told<std::vector<chat::RoomBrief>> all;
  chat::AskRooms ask{who, ""};
  for (;;) {
    all.outcome = house.connection().query(group, wire::encode_any(chat::Question(ask)));
    auto page = expect<chat::Rooms, chat::Answer>(all.outcome, "");
    for (auto& room : page.rooms) all.value.push_back(std::move(room));
    if (!page.next) return all;
    ask.from = *page.next;
  }
}

}  // namespace gavel::cli
