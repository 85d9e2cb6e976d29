#include "tests/sim/house/house_talk.hpp"

#include <algorithm>
#include <array>

#include "node/services/room_rules.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
/// Fewer than there are talkers. The last one is the seller's, who moderates at auctions.
constexpr std::array<const char*, 3> kNames{"ann", "bob", "sid"};
constexpr std::uint32_t kLinesAsked = 20;
constexpr int kMostRooms = 4;

bool talks(std::size_t client) { return client >= 1 && client + 1 < kHouseClients; }

/// What a client that keeps to the rules may be told.
bool is_expected(chat::Verdict verdict) {
  switch (verdict) {
    case chat::Verdict::done:
    case chat::Verdict::name_taken:
    case chat::Verdict::not_present:
    case chat::Verdict::too_fast:
    case chat::Verdict::muted:
    case chat::Verdict::not_invited:
    case chat::Verdict::not_moderator:
      return true;
    default:
      return false;
  }
}
}  // namespace

HouseTalk::HouseTalk(HouseWorld& world, HouseCalls& calls, HouseWatches& watches, HouseStanding& standing,
                     Random random)
    : world_(world), calls_(calls), watches_(watches), standing_(standing), random_(random), talkers_(kHouseClients) {
  for (std::size_t i = 0; i < kHouseClients; ++i) {
    talkers_[i].person = draw_secret();
    talkers_[i].left = talks(i) ? world.house.words : 0;
  }
}

void HouseTalk::begin() {
  for (auto& client : world_.clients)
    if (talkers_[client.index].left > 0)
      world_.timeline.after(random_.between(Duration(1ms), Duration(100ms)), [this, &client] { tick(client); });
}

void HouseTalk::heal() {
  for (auto& talker : talkers_) talker.left = std::min(talker.left, 3);
}

void HouseTalk::tick(HouseClient& client) {
  auto& left = talkers_[client.index].left;
  if (left == 0) return;
  world_.timeline.after(random_.between(Duration(5ms), Duration(100ms)), [this, &client] { tick(client); });
  if (world_.healed()) --left;  // whatever becomes of it: a group may be lost for good
  if (client.core->open_calls() >= 6) return;
  const auto place = choose(client);
  if (!place) return;
  const auto& seat = talkers_[client.index].seats[*place];
  if (seat.busy) return;
  if (!world_.healed()) --left;
  seat.inside ? act(client, *place) : enter(client, *place);
}

/// The lobby most of the time; nothing while the client does not know its group.
std::optional<HouseTalk::Place> HouseTalk::choose(HouseClient& client) {
  const auto lobby = standing_.group_for(client, "lobby");
  const auto& invited = talkers_[client.index].invited;
  const auto one_of = [this](const auto& places) {
    return std::next(places.begin(), random_.between(0, static_cast<std::int64_t>(places.size()) - 1));
  };
  if (!invited.empty() && chance(0.3)) return one_of(invited)->first;
  if (!auctions_.empty() && (!lobby || chance(0.4))) return *one_of(auctions_);
  return lobby ? std::optional(Place(*lobby, chat::kLobby)) : std::nullopt;
}

// ---- coming and going

void HouseTalk::enter(HouseClient& client, const Place& place) {
  auto& talker = talkers_[client.index];
  const auto invited = talker.invited.find(place);
  const chat::Speaker who{invited == talker.invited.end() ? some_name() : invited->second, talker.person};
  command(client, place, chat::Enter{place.second, who}, [this, &client, place, who](const chat::RoomReply& reply) {
    talkers_[client.index].seats[place] = {true, false, who};
    watch(place, reply.topic);
    watches_.watch(client, place.first, reply.topic);
  });
}

void HouseTalk::found(HouseClient& client, GroupId lobby) {
  auto& talker = talkers_[client.index];
  const Place place{lobby, "@room-" + std::to_string(++rooms_)};
  const chat::Speaker who{some_name(), talker.person};
  talker.invited.emplace(place, who.name);
  command(client, place, chat::OpenRoom{place.second, who, draw_secret()},
          [this, &client, place, who](const chat::RoomReply& reply) {
            ++world_.statistics.rooms;
            world_.narrator.say(who.name + " opens " + place.second);
            talkers_[client.index].seats[place] = {true, false, who};
            watch(place, reply.topic);
            watches_.watch(client, place.first, reply.topic);
          });
}

// ---- doing something in a room

void HouseTalk::act(HouseClient& client, const Place& place) {
  const auto who = talkers_[client.index].seats[place].who;
  const auto drawn = random_.between(1, 100);
  if (drawn <= 60) return say(client, place);
  if (drawn <= 68) return command(client, place, chat::Stay{place.second, who}, {});
  if (drawn <= 76) return ask(client, place);
  if (drawn <= 84)
    return command(client, place, chat::Leave{place.second, who}, [this, &client, place](const chat::RoomReply&) {
      talkers_[client.index].seats[place].inside = false;
    });
  if (drawn <= 88 && rooms_ < kMostRooms && place.second == chat::kLobby) return found(client, place.first);
  command(client, place, moderate(place, who), {});
}

chat::Command HouseTalk::moderate(const Place& place, const chat::Speaker& who) {
  const auto& room = place.second;
  if (room.front() == chat::kPrivateMark && chance(0.5)) return chat::Invite{room, who, some_name(), chance(0.9)};
  if (chance(0.3)) return chat::Mute{room, who, some_name(), random_.between(Duration(0), Duration(1s))};
  if (chance(0.3)) return chat::Appoint{room, who, some_name(), chance(0.7)};
  chat::RoomRules rules;
  rules.burst = 1000;
  rules.pace = Duration(0);
  rules.lease = random_.between(Duration(1s), Duration(5s));
  return chat::SetRules{room, who, rules};
}

void HouseTalk::say(HouseClient& client, const Place& place) {
  auto& talker = talkers_[client.index];
  const Text text{client.index, ++talker.texts};
  const auto begun_at = world_.checks.room(place.first, place.second).begins(text);
  command(client, place, chat::Say{place.second, talker.seats[place].who, text.words()},
          [this, place, text, begun_at](const chat::RoomReply& reply) {
            ++world_.statistics.texts;
            world_.checks.room(place.first, place.second).told(begun_at, text, reply.number);
          });
}

void HouseTalk::ask(HouseClient& client, const Place& place) {
  const auto& who = talkers_[client.index].seats[place].who;
  const auto begun_at = world_.checks.room(place.first, place.second).begin();
  const chat::Question question = chat::AskRoom{place.second, who, kLinesAsked};
  calls_.query(client, place.first, wire::encode_any(question), [this, place, begun_at](const auto& outcome) {
    if (outcome.kind != client::OutcomeKind::ok) return;
    const auto answer = reply_in<chat::Answer>(outcome);
    if (const auto* state = std::get_if<chat::RoomState>(&answer))
      world_.checks.room(place.first, place.second).read(begun_at, *state);
  });
}

// ---- commands

void HouseTalk::command(HouseClient& client, const Place& place, const chat::Command& command, const Then& then) {
  talkers_[client.index].seats[place].busy = true;
  calls_.command(client, place.first, wire::encode_any(command), [this, &client, place, then](const auto& outcome) {
    auto& seat = talkers_[client.index].seats[place];
    seat.busy = false;
    if (outcome.kind != client::OutcomeKind::ok) return;
    const auto reply = reply_in<chat::Reply>(outcome);
    const auto* of_room = std::get_if<chat::RoomReply>(&reply);
    if (of_room == nullptr) throw Violation(Invariant::contract, "a room does not understand what is said to it");
    on_reply(client, place, *of_room, then);
  });
}

void HouseTalk::on_reply(HouseClient& client, const Place& place, const chat::RoomReply& reply, const Then& then) {
  auto& seat = talkers_[client.index].seats[place];
  if (!is_expected(reply.verdict)) throw Violation(Invariant::contract, "a room refuses: " + reply.message);
  if (reply.verdict == chat::Verdict::name_taken || reply.verdict == chat::Verdict::not_present) seat.inside = false;
  if (reply.verdict == chat::Verdict::done && then) then(reply);
}

// ---- watching

void HouseTalk::on_lobby(GroupId group) {
  const Place lobby{group, chat::kLobby};
  const auto topic = topic_of_public_room(chat::kLobby);
  watch(lobby, topic);
  watches_.watch_all(group, topic);
  for (const auto* name : kNames) watches_.watch_all(group, chat::topic_of_invitations(name));
}

void HouseTalk::on_auction(const directory::Auction& auction) {
  if (world_.house.words == 0) return;
  const Place place{auction.group, auction.id};
  if (std::count(auctions_.begin(), auctions_.end(), place) > 0) return;
  auctions_.push_back(place);
  const auto topic = topic_of_public_room(auction.id);
  watch(place, topic);
  watches_.watch_all(auction.group, topic);
}

void HouseTalk::watch(const Place& place, const Bytes& topic) {
  const auto [it, first] = topics_.try_emplace({place.first, topic}, place.second);
  if (topic.empty() || it->second != place.second)
    throw Violation(Invariant::contract, "the topic of " + place.second + " is none, or another room's");
}

void HouseTalk::on_event(HouseClient& client, const client::Event& event) {
  const bool gap = watches_.take_gap(client, event);
  const auto decoded = wire::decode_any<chat::Event>(event.body);
  if (!decoded) throw Violation(Invariant::contract, "a line cannot be read: " + decoded.error().message);
  if (const auto* invited = std::get_if<chat::Invited>(&*decoded)) {
    if (talks(client.index)) talkers_[client.index].invited.try_emplace({event.group, invited->room}, invited->name);
    return;
  }
  const auto& said = std::get<chat::Said>(*decoded);
  const auto room = topics_.find({event.group, event.topic});
  if (room == topics_.end() || room->second != said.room)
    throw Violation(Invariant::contract, "a line of " + said.room + " is pushed to another topic");
  world_.checks.room(event.group, said.room).heard(client.index, said.line, gap);
}

std::string HouseTalk::missing() const {
  for (const auto& talker : talkers_)
    if (talker.left > 0) return "clients have not said all that they want";
  for (const auto& [key, watch] : watches_.all()) {
    const auto& [client, group, topic] = key;
    const auto room = topics_.find({group, topic});
    if (room == topics_.end() || watch.gap || !world_.is_served(group)) continue;
    const auto& check = world_.checks.room(group, room->second);
    if (check.heard_up_to(client) < check.last())
      return "client " + std::to_string(client) + " watches " + room->second + " and has heard of " +
             std::to_string(check.heard_up_to(client)) + " of " + std::to_string(check.last()) + " lines";
  }
  return {};
}

std::string HouseTalk::some_name() {
  return kNames[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(kNames.size()) - 1))];
}

chat::Secret HouseTalk::draw_secret() {
  Bytes bytes;
  for (std::size_t i = 0; i < chat::kSecretBytes; ++i) bytes += static_cast<char>(random_.between(0, 255));
  return {bytes};
}

}  // namespace gavel::sim
