#include "node/services/rooms.hpp"

#include <algorithm>
#include <utility>

#include "node/services/room_rules.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

struct RoomsHeader {
  std::uint64_t rooms = 0;
  Serving serving;
  GAVEL_FIELDS(rooms, serving);
};

RoomObjection unknown_room(const std::string& name) {
  return {chat::Verdict::unknown_room, "there is no room " + quoted(name) + " here; there is " +
                                           std::string(chat::kLobby) + ", and private rooms begin with " +
                                           chat::kPrivateMark};
}

/// Of no room in particular.
chat::RoomReply reply_of(RoomObjection objection) {
  chat::RoomReply reply;
  reply.verdict = objection.verdict;
  reply.message = std::move(objection.message);
  reply.wait = objection.wait;
  return reply;
}

}  // namespace

RoomsService::RoomsService() { rooms_.emplace(chat::kLobby, Room(public_room(std::string(chat::kLobby)))); }

// ---- commands ---------------------------------------------------------------------------------------------------

Bytes RoomsService::apply(const Context& context, BytesView command, Events& events) {
  Bytes reply = wire::encode_any(execute(context, command, events));
  digest_ = fold(digest_, context, command, reply);
  return reply;
}

chat::Reply RoomsService::execute(const Context& context, BytesView bytes, Events& events) {
  const auto command = wire::decode_any<chat::Command>(bytes);
  if (!command) return chat::Refused{"not a command of the chat: " + command.error().message};
  return std::visit([&](const auto& one) { return on(context, one, events); }, *command);
}

template <class Command>
chat::RoomReply RoomsService::on(const Context& context, const Command& command, Events& events) {
  const auto at = rooms_.find(command.room);
  if (at == rooms_.end()) return reply_of(unknown_room(command.room));
  return change(at->second, [&](Room& room) { return room.on(context, command, events); });
}

chat::RoomReply RoomsService::on(const Context& context, const chat::OpenRoom& open, Events& events) {
  if (auto objection = check_opening(open)) return reply_of(*std::move(objection));
  make_space();
  const auto at = rooms_.emplace(open.room, Room(private_room(open.room, open.key, open.who.person))).first;
  return change(at->second, [&](Room& room) { return room.on(context, chat::Enter{open.room, open.who}, events); });
}

MaybeRefused RoomsService::check_opening(const chat::OpenRoom& open) const {
  if (!is_private_room(open.room))
    return RoomObjection{chat::Verdict::bad_room, quoted(open.room) +
                                                      " is no name for a private room: '@', then lower-case letters, "
                                                      "digits and single dashes, like @friends"};
  if (auto objection = check_speaker(open.who)) return objection;
  if (!is_secret(open.key))
    return RoomObjection{chat::Verdict::bad_secret, "a room's key has " + std::to_string(chat::kSecretBytes) +
                                                        " bytes, this one has " +
                                                        std::to_string(open.key.bytes.size())};
  if (rooms_.contains(open.room))
    return RoomObjection{chat::Verdict::room_taken, "there is a room " + open.room + " already; take another name"};
  if (has_topic(topic_of_private_room(open.key)))
    return RoomObjection{chat::Verdict::bad_secret, "another room has this key; draw one at random"};
  if (rooms_.size() > chat::kMaxRooms && empty_.empty())
    return RoomObjection{chat::Verdict::limit_exceeded, "there are " + std::to_string(chat::kMaxRooms) +
                                                            " private rooms with people in them, more there cannot be"};
  return {};
}

bool RoomsService::has_topic(BytesView topic) const {
  return std::any_of(rooms_.begin(), rooms_.end(),
                     [topic](const auto& entry) { return entry.second.book().topic == topic; });
}

void RoomsService::make_space() {
  if (rooms_.size() <= chat::kMaxRooms) return;  // the lobby does not count
  const auto longest = rooms_.find(empty_.begin()->second);
  unfile(longest->second);
  rooms_.erase(longest);
}

chat::RoomReply RoomsService::on(const Context& context, const chat::Sweep& /*sweep*/, Events& events) {
  std::size_t lapsed = 0;
  while (lapsed < kMostLapsesAtOnce && next_deadline() && *next_deadline() <= context.time) {
    const auto more = change(rooms_.at(lapses_.begin()->second),
                             [&](Room& room) { return room.sweep(context, kMostLapsesAtOnce - lapsed, events); });
    if (more == 0) break;
    lapsed += more;
  }
  return reply_of({chat::Verdict::done, std::to_string(lapsed) + " have gone without a word"});
}

chat::RoomReply RoomsService::on(const Context& /*context*/, const chat::Call& /*call*/, Events& /*events*/) {
  return reply_of({chat::Verdict::done, "there is no auctioneer here who could call"});
}

void RoomsService::on_view(const Context& context, const GroupView& view, Events& events) {
  digest_ = fold(digest_, context, view);
  if (serving_.change(context, view)) rooms_.at(std::string(chat::kLobby)).tell_serving(context, serving_, events);
}

// ---- who lapses next, and what is empty -------------------------------------------------------------------------

template <class Change>
std::invoke_result_t<Change, Room&> RoomsService::change(Room& room, Change&& change) {
  unfile(room);
  auto result = change(room);
  file(room);
  return result;
}

void RoomsService::file(const Room& room) {
  const auto& book = room.book();
  if (const auto lapse = room.next_lapse())
    lapses_.emplace(*lapse, book.name);
  else if (book.by_invitation)
    empty_.emplace(book.lines.last_time(), book.name);
}

void RoomsService::unfile(const Room& room) {
  const auto& book = room.book();
  if (const auto lapse = room.next_lapse())
    lapses_.erase({*lapse, book.name});
  else if (book.by_invitation)
    empty_.erase({book.lines.last_time(), book.name});
}

std::optional<WallTime> RoomsService::next_deadline() const {
  if (lapses_.empty()) return {};
  return std::max(lapses_.begin()->first, serving_.patience);
}

Bytes RoomsService::deadline_command() const { return wire::encode_any(chat::Command{chat::Sweep{}}); }

// ---- questions --------------------------------------------------------------------------------------------------

Bytes RoomsService::query(BytesView question) const {
  const auto asked = wire::decode_any<chat::Question>(question);
  if (!asked)
    return wire::encode_any(chat::Answer{chat::Refused{"not a question to the chat: " + asked.error().message}});
  return wire::encode_any(std::visit([this](const auto& ask) { return answer(ask); }, *asked));
}

chat::Answer RoomsService::answer(const chat::AskRoom& ask) const {
  const auto at = rooms_.find(ask.room);
  if (at != rooms_.end()) return at->second.state(ask, serving_);
  const auto objection = unknown_room(ask.room);
  return chat::NoRoom{objection.verdict, objection.message};
}

chat::Answer RoomsService::answer(const chat::AskRooms& ask) const {
  chat::Rooms page;
  for (auto at = rooms_.lower_bound(ask.from); at != rooms_.end(); ++at) {
    auto brief = at->second.brief(ask.who);
    if (!brief) continue;
    if (page.rooms.size() == chat::kPage) {
      page.next = at->first;
      break;
    }
    page.rooms.push_back(*std::move(brief));
  }
  return page;
}

// ---- snapshots --------------------------------------------------------------------------------------------------

Bytes RoomsService::snapshot() const {
  Bytes snapshot;
  append_record(snapshot, wire::encode(SnapshotHead{digest_}));
  append_record(snapshot, wire::encode(RoomsHeader{rooms_.size(), serving_}));
  for (const auto& [name, room] : rooms_) room.book().append_to(snapshot);
  return snapshot;
}

Result<void> RoomsService::restore(BytesView snapshot) {
  RecordReader reader(snapshot);
  const auto head = reader.next_as<SnapshotHead>();
  if (!head) return tl::unexpected<Error>(head.error());
  auto header = reader.next_as<RoomsHeader>();
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->rooms > chat::kMaxRooms + 1) return fail("there are too many rooms");
  if (!header->serving.is_sound()) return fail("the rooms' group is served by nobody that could be");
  RoomsService restored;
  restored.rooms_.clear();
  restored.serving_ = std::move(header->serving);
  restored.digest_ = head->digest;
  std::set<Bytes> topics;
  for (std::uint64_t i = 0; i < header->rooms; ++i) {
    auto book = RoomBook::read_from(reader);
    if (!book) return tl::unexpected<Error>(book.error());
    const bool in_order = restored.rooms_.empty() || restored.rooms_.rbegin()->first < book->name;
    if (!in_order || !topics.insert(book->topic).second || book->by_invitation == (book->name == chat::kLobby))
      return fail("the rooms are out of order, or none that could be here");
    restored.rooms_.emplace(book->name, Room(*book));
  }
  if (!restored.rooms_.contains(std::string(chat::kLobby))) return fail("the house has no lobby");
  if (!reader.done()) return fail("the snapshot goes on after its end");
  for (const auto& [name, room] : restored.rooms_) restored.file(room);
  *this = std::move(restored);
  return {};
}

}  // namespace gavel
