#include "client/cli/joined_rooms.hpp"

#include <algorithm>

namespace gavel::cli {

JoinedRooms::JoinedRooms(House& house, ChatRoom::Hooks hooks, std::string how_to_enter, bool names_rooms)
    : house_(house), hooks_(std::move(hooks)), how_to_enter_(std::move(how_to_enter)), names_rooms_(names_rooms) {}

JoinedRooms::~JoinedRooms() {
  if (invitations_) house_.connection().unwatch(*invitations_);
}

const chat::Speaker& JoinedRooms::who() {
  if (!who_) who_ = own_speaker(house_.settings());
  return *who_;
}

ChatRoom& JoinedRooms::enter(const std::string& room, std::uint32_t history) {
  check_room_name(room);
  const auto& speaker = who();
  auto place = find_room(house_, room, true);
  if (auto* joined = find(place.room)) return *joined;
  auto entered = std::make_unique<ChatRoom>(house_, place, speaker, hooks_, names_rooms_);
  entered->enter(history);
  invited_to_.erase(place.room);
  return *(rooms_[place.room] = std::move(entered));
}

ChatRoom* JoinedRooms::find(const std::string& room) const {
  const auto at = rooms_.find(room);
  return at == rooms_.end() ? nullptr : at->second.get();
}

bool JoinedRooms::leave(const std::string& room, Duration patience) {
  auto* joined = find(room);
  if (joined == nullptr) return false;
  joined->leave(patience);
  rooms_.erase(room);
  return true;
}

std::vector<std::string> JoinedRooms::names() const {
  std::vector<std::string> all;
  for (const auto& [name, room] : rooms_) all.push_back(name);
  return all;
}

void JoinedRooms::listen_for_invitations() {
  const auto lobby = house_.standing(std::string(chat::kLobby));
  if (!lobby) return;
  const auto told = rooms_in(house_, lobby->group, who());
  invitations_missed_ = false;
  for (const auto& room : told.value)
    if (room.invited) tell({room.room, {}, who().name});
  if (invitations_) return;
  invitations_ = house_.connection().watch(
      lobby->group, told.outcome.slot, client::kWholeSlot, chat::topic_of_invitations(who().name),
      {[this](const client::Event& event) {
         const auto decoded = wire::decode_any<chat::Event>(event.body);
         const auto* invited = decoded ? std::get_if<chat::Invited>(&*decoded) : nullptr;
         if (invited == nullptr) return;
         invited_to_.erase(invited->room);
         tell(*invited);
       },
       [this](const client::Resync& /*resync*/) { invitations_missed_ = true; }});
}

void JoinedRooms::tell(const chat::Invited& invited) {
  if (invited_to_.insert(invited.room).second) hooks_.tell(describe(invited, how_to_enter_));
}

void JoinedRooms::tick() {
  for (auto at = rooms_.begin(); at != rooms_.end();) {
    at->second->tick();
    if (const auto& over = at->second->over()) {
      last_over_ = over;
      hooks_.warn(over->message);
      at = rooms_.erase(at);
    } else {
      ++at;
    }
  }
  if (!invitations_missed_) return;
  try {
    listen_for_invitations();
  } catch (const Failure& failure) {
    if (failure.code == Exit::interrupted) throw;
  }
}

TimePoint JoinedRooms::next_deadline() const {
  TimePoint at = kNever;
  for (const auto& [name, room] : rooms_) at = std::min(at, room->next_deadline());
  return at;
}

}  // namespace gavel::cli
