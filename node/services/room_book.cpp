#include "node/services/room_book.hpp"

#include <utility>

#include "node/services/room_rules.hpp"

namespace gavel {
namespace {

struct RoomRecord {
  std::string name;
  Bytes topic;
  bool by_invitation = false;
  chat::RoomRules rules;
  GAVEL_FIELDS(name, topic, by_invitation, rules);
};

/// Its topic is the one that its name or a key gives, and its rules are within their bounds.
bool is_sound(const RoomRecord& record) {
  if (!are_within_bounds(record.rules)) return false;
  if (!record.by_invitation) return record.topic == topic_of_public_room(record.name);
  return is_private_room(record.name) && record.topic.starts_with(topic_of_public_room("")) &&
         record.topic.size() == topic_of_private_room({Bytes(chat::kSecretBytes, '\0')}).size();
}

}  // namespace

void RoomBook::append_to(Bytes& snapshot) const {
  append_record(snapshot, wire::encode(RoomRecord{name, topic, by_invitation, rules}));
  members.append_to(snapshot);
  standing.append_to(snapshot);
  pace.append_to(snapshot);
  lines.append_to(snapshot);
}

Result<RoomBook> RoomBook::read_from(RecordReader& reader) {
  auto record = reader.next_as<RoomRecord>();
  if (!record) return tl::unexpected<Error>(record.error());
  if (!is_sound(*record)) return fail("a room that is none");
  auto members = RoomMembers::read_from(reader);
  if (!members) return tl::unexpected<Error>(members.error());
  auto standing = RoomStanding::read_from(reader);
  if (!standing) return tl::unexpected<Error>(standing.error());
  auto pace = RoomPace::read_from(reader);
  if (!pace) return tl::unexpected<Error>(pace.error());
  auto lines = RoomLines::read_from(reader, record->rules.keep);
  if (!lines) return tl::unexpected<Error>(lines.error());
  return RoomBook{std::move(record->name), std::move(record->topic), record->by_invitation, record->rules,
                  *std::move(members),     *std::move(standing),     *std::move(pace),      *std::move(lines)};
}

RoomBook public_room(std::string name, const std::string& steward) {
  RoomBook room;
  room.topic = topic_of_public_room(name);
  room.name = std::move(name);
  if (is_member_name(steward)) room.standing = RoomStanding(steward);
  return room;
}

RoomBook private_room(std::string name, const chat::Secret& key, const chat::Secret& founder) {
  RoomBook room;
  room.topic = topic_of_private_room(key);
  room.name = std::move(name);
  room.by_invitation = true;
  room.standing.appoint(founder);
  return room;
}

}  // namespace gavel
