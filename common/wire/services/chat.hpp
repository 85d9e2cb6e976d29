// The chat's messages: rooms, who is in them, and what is said there, in one order for everybody. The lobby's group has
// the lobby and the private rooms; each auction's group has the auction's own room. Kinds 200 to 259; a number on the
// wire is never reused. Every time is entry time (PROTOCOL.md §3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/wire/codec.hpp"

namespace gavel::chat {

/// The room that every house has.
inline constexpr std::string_view kLobby = "lobby";
/// A private room's name begins with it; the rest has an item id's form.
inline constexpr char kPrivateMark = '@';
/// Longest name of somebody in a room, in bytes.
inline constexpr std::size_t kMaxName = 32;
/// Nobody in a room can be called this: it is who says what the auction does.
inline constexpr std::string_view kAuctioneer = "auctioneer";
/// In one room at a time; in a private one.
inline constexpr std::size_t kMaxMembers = 10'000;
inline constexpr std::size_t kMaxPrivateMembers = 256;
/// Private rooms of one house; above it the one goes that has been empty longest. Together with the bounds of each room
/// they keep the lobby's state below 100 MiB, whatever anybody does.
inline constexpr std::size_t kMaxRooms = 512;
/// Invitations, moderators, and muted ones of one room, each.
inline constexpr std::size_t kMaxListed = 1024;
/// Longest time for which somebody is muted.
inline constexpr Duration kMaxMute = std::chrono::hours(24 * 365);
/// Members, or rooms, in one answer.
inline constexpr std::size_t kPage = 256;
/// A secret has so many random bytes.
inline constexpr std::size_t kSecretBytes = 16;

/// What a client program drew at random, and what only those may know to whom the service gives it. It stands in no
/// event, and nothing prints it.
struct Secret {
  Bytes bytes;
  auto operator<=>(const Secret&) const = default;
  GAVEL_FIELDS(bytes);
};
inline std::string shown(const Secret& /*secret*/) { return "(secret)"; }

/// Somebody: the name under which they speak, and what tells them from all others who take the same name. A program
/// draws the secret once for its user and keeps it, so that whoever comes back, from another terminal too, is known.
struct Speaker {
  std::string name;
  Secret person;
  GAVEL_FIELDS(name, person);
};

/// How a room is kept.
struct RoomRules {
  /// Lines that a newcomer can be told, the latest: 0 to kMostKept, and at most kMostKeptText bytes of text in all.
  std::uint32_t keep = 200;
  /// Longest text, in bytes: 1 to kMostBytes.
  std::uint32_t bytes = 500;
  /// So many texts in a row of one person, and from then on one in each `pace`: 1 to 1000, and 0 to 1 h.
  std::uint32_t burst = 5;
  Duration pace = std::chrono::seconds(1);
  /// Who is not heard of for so long has gone: 1 s to 1 day. Programs say that they stay three times in it.
  Duration lease = std::chrono::seconds(90);
  auto operator<=>(const RoomRules&) const = default;
  GAVEL_FIELDS(keep, bytes, burst, pace, lease);
};
inline constexpr std::uint32_t kMostKept = 1000;
inline constexpr std::uint32_t kMostBytes = 4096;
/// In one room.
inline constexpr std::size_t kMostKeptText = std::size_t{64} << 10U;

/// What became of a command.
enum class Verdict : std::uint8_t {
  done = 0,
  unknown_room = 1,
  bad_room = 2,     ///< no name for a room
  room_taken = 3,   ///< there is one of that name already
  bad_name = 4,     ///< no name for somebody
  name_taken = 5,   ///< somebody else in the room has it
  not_present = 6,  ///< neither who speaks, nor who is spoken of, is in the room
  bad_text = 7,     ///< empty, not UTF-8, or with control characters
  too_long = 8,
  too_fast = 9,
  muted = 10,
  not_invited = 11,
  not_moderator = 12,
  room_full = 13,
  limit_exceeded = 14,
  bad_rules = 15,
  bad_secret = 16,
};
inline constexpr std::size_t kVerdicts = 17;
constexpr bool is_known(Verdict verdict) { return static_cast<std::size_t>(verdict) < kVerdicts; }
/// For a person to read.
constexpr std::string_view words_for(Verdict verdict) {
  constexpr std::array<std::string_view, kVerdicts> kWords{
      "done",          "unknown room", "bad room",       "room taken", "bad name",  "name taken",
      "not present",   "bad text",     "too long",       "too fast",   "muted",     "not invited",
      "not moderator", "room full",    "limit exceeded", "bad rules",  "bad secret"};
  return kWords[static_cast<std::size_t>(verdict)];
}

enum class LineKind : std::uint8_t {
  said = 0,
  entered = 1,
  left = 2,
  lapsed = 3,   ///< left without a word, `lease` ago
  notice = 4,   ///< a moderator's doing, in words
  bid = 5,      ///< the auctioneer: a new highest bid
  going = 6,    ///< the auctioneer: going once, going twice
  closed = 7,   ///< the auctioneer: sold, or not
  serving = 8,  ///< another node leads the room's group (`node`), or others serve it
};
constexpr bool is_known(LineKind kind) { return kind <= LineKind::serving; }

/// One line of a room. The order of a room's lines is the same for everybody.
struct Line {
  /// Its place in the room: 1, 2, 3, …
  std::uint64_t number = 0;
  Slot slot;
  WallTime time;
  LineKind kind = LineKind::said;
  /// Who said it or did it; kAuctioneer for bid, going and closed; empty for serving.
  std::string who;
  std::string text;
  /// serving only: who leads.
  Uid node;
  GAVEL_FIELDS(number, slot, time, kind, who, text, node);
};

// Commands. `room` is "lobby", "@name", or the auction's id; in an auction's group it may be empty.

/// Be in the room from now on. Who is there already under that name (and is the same person) stays.
struct Enter {
  static constexpr std::uint64_t kKind = 200;
  std::string room;
  Speaker who;
  GAVEL_FIELDS(room, who);
};
struct Leave {
  static constexpr std::uint64_t kKind = 201;
  std::string room;
  Speaker who;
  GAVEL_FIELDS(room, who);
};
struct Say {
  static constexpr std::uint64_t kKind = 202;
  std::string room;
  Speaker who;
  std::string text;
  GAVEL_FIELDS(room, who, text);
};
/// I am still here (RoomRules::lease).
struct Stay {
  static constexpr std::uint64_t kKind = 203;
  std::string room;
  Speaker who;
  GAVEL_FIELDS(room, who);
};
/// A new private room, which its founder moderates and is in from now on. `key` becomes its topic's secret part.
struct OpenRoom {
  static constexpr std::uint64_t kKind = 204;
  std::string room;
  Speaker who;
  Secret key;
  GAVEL_FIELDS(room, who, key);
};
/// Whoever is called that may enter the private room, or no longer; a moderator says so.
struct Invite {
  static constexpr std::uint64_t kKind = 205;
  std::string room;
  Speaker who;
  std::string name;
  bool invited = true;
  GAVEL_FIELDS(room, who, name, invited);
};
/// Who is there under that name says nothing for so long, at most kMaxMute, whatever they are called later; 0: may
/// speak again. A moderator says so.
struct Mute {
  static constexpr std::uint64_t kKind = 206;
  std::string room;
  Speaker who;
  std::string name;
  Duration length{};
  GAVEL_FIELDS(room, who, name, length);
};
/// Who is there under that name moderates, whatever they are called later and when they come back, or no longer. A
/// moderator says so; of a public room that has none, present or not, anybody who is in it.
struct Appoint {
  static constexpr std::uint64_t kKind = 207;
  std::string room;
  Speaker who;
  std::string name;
  bool moderator = true;
  GAVEL_FIELDS(room, who, name, moderator);
};
/// Said by whoever may appoint.
struct SetRules {
  static constexpr std::uint64_t kKind = 208;
  std::string room;
  Speaker who;
  RoomRules rules;
  GAVEL_FIELDS(room, who, rules);
};
/// Proposed by the leader when somebody's lease is over; without effect in an entry that is earlier.
struct Sweep {
  static constexpr std::uint64_t kKind = 209;
  GAVEL_FIELDS();
};
/// Proposed by the leader of an auction's group when the auctioneer is to call; without effect in an entry that is
/// earlier.
struct Call {
  static constexpr std::uint64_t kKind = 210;
  GAVEL_FIELDS();
};
using Command = std::variant<Enter, Leave, Say, Stay, OpenRoom, Invite, Mute, Appoint, SetRules, Sweep, Call>;

// Replies to commands.

/// Not understood at all: malformed bytes. What a client may do wrong has a verdict instead.
struct Refused {
  static constexpr std::uint64_t kKind = 220;
  std::string message;
  GAVEL_FIELDS(message);
};
struct RoomReply {
  static constexpr std::uint64_t kKind = 221;
  Verdict verdict = Verdict::done;
  std::string room;
  /// The line that came of it; 0 if none did.
  std::uint64_t number = 0;
  /// What to watch to hear of what comes; of whoever is in the room only, otherwise empty.
  Bytes topic;
  /// How long to wait before the same is done: too_fast, muted, and at most so long name_taken.
  Duration wait{};
  /// In the room.
  std::uint64_t present = 0;
  RoomRules rules;
  /// The verdict in words, with what was wrong and what would be right.
  std::string message;
  GAVEL_FIELDS(verdict, room, number, topic, wait, present, rules, message);
};
using Reply = std::variant<Refused, RoomReply>;

// Events, pushed to those who watch, in the order in which they came about.

/// To the room's topic.
struct Said {
  static constexpr std::uint64_t kKind = 230;
  std::string room;
  Line line;
  GAVEL_FIELDS(room, line);
};
/// To the topic of the name that is invited.
struct Invited {
  static constexpr std::uint64_t kKind = 231;
  std::string room;
  std::string by;
  std::string name;
  GAVEL_FIELDS(room, by, name);
};
using Event = std::variant<Said, Invited>;

/// The topic of the invitations to that name, in the lobby's group.
inline Bytes topic_of_invitations(std::string_view name) { return "invited:" + Bytes(name); }

// Questions.

/// The room as it is, with its last lines, at most `lines`. Of a private room only to who is in it.
struct AskRoom {
  static constexpr std::uint64_t kKind = 240;
  std::string room;
  Speaker who;
  std::uint32_t lines = 0;
  GAVEL_FIELDS(room, who, lines);
};
/// The rooms that this person may know of, from the name `from` on (empty: from the first), at most kPage.
struct AskRooms {
  static constexpr std::uint64_t kKind = 241;
  Speaker who;
  std::string from;
  GAVEL_FIELDS(who, from);
};
using Question = std::variant<AskRoom, AskRooms>;

// Answers; a question that was not understood is answered with Refused.

struct RoomMember {
  std::string name;
  WallTime since;
  bool moderator = false;
  /// When they may speak again, if that is later than the last line; otherwise zero.
  WallTime muted_until;
  GAVEL_FIELDS(name, since, moderator, muted_until);
};
struct RoomState {
  static constexpr std::uint64_t kKind = 250;
  std::string room;
  RoomRules rules;
  std::uint64_t present = 0;
  /// The first of them by name, at most kPage.
  std::vector<RoomMember> members;
  /// The group view: who leads, since which slot, and who serves.
  Uid leader;
  Slot since;
  std::vector<Uid> serving;
  /// The last number that was given to a line.
  std::uint64_t last = 0;
  /// Ascending; what is no longer kept, and comings and goings, are not among them.
  std::vector<Line> lines;
  Bytes topic;
  GAVEL_FIELDS(room, rules, present, members, leader, since, serving, last, lines, topic);
};
/// Why there is no RoomState.
struct NoRoom {
  static constexpr std::uint64_t kKind = 251;
  Verdict verdict = Verdict::unknown_room;
  std::string message;
  GAVEL_FIELDS(verdict, message);
};
struct RoomBrief {
  std::string room;
  std::uint64_t present = 0;
  /// Invited, and not in it.
  bool invited = false;
  /// The time of the last line; zero if there is none.
  WallTime last;
  GAVEL_FIELDS(room, present, invited, last);
};
struct Rooms {
  static constexpr std::uint64_t kKind = 252;
  std::vector<RoomBrief> rooms;
  /// Where to go on asking, when there is more.
  std::optional<std::string> next;
  GAVEL_FIELDS(rooms, next);
};
using Answer = std::variant<Refused, RoomState, NoRoom, Rooms>;

}  // namespace gavel::chat
