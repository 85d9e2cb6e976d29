#include "node/services/room_standing.hpp"

#include <algorithm>

#include "node/services/room_rules.hpp"

namespace gavel {
namespace {

struct Silence {
  chat::Secret person;
  WallTime until;
  GAVEL_FIELDS(person, until);
};

struct StandingRecord {
  std::string steward;
  std::vector<chat::Secret> moderators;
  std::vector<std::string> invited;
  std::vector<Silence> muted;
  GAVEL_FIELDS(steward, moderators, invited, muted);
};

/// At most kMaxListed, ascending, none twice, and each of them sound.
template <class T, class Key, class Sound>
bool is_list(const std::vector<T>& list, Key&& key, Sound&& sound) {
  const auto misplaced = [&key](const T& a, const T& b) { return !(key(a) < key(b)); };
  return list.size() <= chat::kMaxListed && std::all_of(list.begin(), list.end(), sound) &&
         std::adjacent_find(list.begin(), list.end(), misplaced) == list.end();
}

bool is_sound(const StandingRecord& record) {
  const auto itself = [](const auto& value) -> const auto& { return value; };
  const auto person = [](const Silence& silence) -> const chat::Secret& { return silence.person; };
  const auto is_silence = [](const Silence& s) { return is_secret(s.person) && is_entry_time(s.until); };
  return (record.steward.empty() || is_member_name(record.steward)) && is_list(record.moderators, itself, is_secret) &&
         is_list(record.invited, itself, is_member_name) && is_list(record.muted, person, is_silence);
}

}  // namespace

void RoomStanding::welcome(const chat::Speaker& who) {
  if (steward_.empty() || who.name != steward_) return;
  appoint(who.person);
  steward_.clear();
}

std::optional<WallTime> RoomStanding::muted_until(const chat::Secret& person, WallTime now) const {
  const auto at = muted_.find(person);
  return at != muted_.end() && at->second > now ? std::optional(at->second) : std::nullopt;
}

std::size_t RoomStanding::muted(WallTime now) const {
  return static_cast<std::size_t>(
      std::count_if(muted_.begin(), muted_.end(), [now](const auto& entry) { return entry.second > now; }));
}

void RoomStanding::mute(const chat::Secret& person, WallTime until, WallTime now) {
  forget_past(now);
  muted_[person] = until;
}

bool RoomStanding::unmute(const chat::Secret& person, WallTime now) {
  forget_past(now);
  return muted_.erase(person) > 0;
}

void RoomStanding::forget_past(WallTime now) {
  std::erase_if(muted_, [now](const auto& entry) { return entry.second <= now; });
}

void RoomStanding::append_to(Bytes& snapshot) const {
  StandingRecord record{steward_, {moderators_.begin(), moderators_.end()}, {invited_.begin(), invited_.end()}, {}};
  for (const auto& [person, until] : muted_) record.muted.push_back({person, until});
  append_record(snapshot, wire::encode(record));
}

Result<RoomStanding> RoomStanding::read_from(RecordReader& reader) {
  const auto record = reader.next_as<StandingRecord>();
  if (!record) return tl::unexpected<Error>(record.error());
  if (!is_sound(*record)) return fail("the room's moderators, invited and muted ones are none, or out of order");
  RoomStanding standing(record->steward);
  standing.moderators_ = {record->moderators.begin(), record->moderators.end()};
  standing.invited_ = {record->invited.begin(), record->invited.end()};
  for (const auto& silence : record->muted) standing.muted_.emplace(silence.person, silence.until);
  return standing;
}

}  // namespace gavel
