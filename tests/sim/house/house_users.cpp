#include "tests/sim/house/house_users.hpp"

namespace gavel::sim {

HouseUsers::HouseUsers(HouseWorld& world, HouseOperator& wishes, Random random)
    : world_(world),
      calls_(world),
      watches_(world),
      standing_(world, calls_),
      trade_(world, calls_, watches_, random.fork()),
      talk_(world, calls_, watches_, standing_, random.fork()),
      likes_(world, calls_, watches_, standing_, random.fork()) {
  world_.on_client_effect = [this, &wishes](HouseClient& client, const client::Effect& effect) {
    if (client.index + 1 == kHouseClients) return wishes.on_effect(effect);
    on_effect(client, effect);
  };
  trade_.on_auction = [this](const directory::Auction& auction) { talk_.on_auction(auction); };
  standing_.on_opened = [this](const directory::StandingGroup& standing) {
    standing.service == ServiceKind::lobby ? talk_.on_lobby(standing.group) : likes_.on_opened(standing.group);
  };
}

void HouseUsers::begin() {
  trade_.begin();
  talk_.begin();
  likes_.begin();
}

void HouseUsers::heal() {
  trade_.heal();
  talk_.heal();
  likes_.heal();
}

void HouseUsers::on_effect(HouseClient& client, const client::Effect& effect) {
  if (const auto* completed = std::get_if<client::Completed>(&effect))
    calls_.on_completed(client, *completed);
  else if (const auto* event = std::get_if<client::Event>(&effect))
    on_event(client, *event);
  else if (const auto* resync = std::get_if<client::Resync>(&effect))
    watches_.on_resync(client, *resync);
  else if (const auto* note = std::get_if<client::Note>(&effect); note != nullptr && world_.narrator)
    world_.narrator.say("client " + std::to_string(client.index) + " " + std::string(client::print(note->kind)) + " " +
                        note->text);
}

/// An auction's own events have no topic; those of a room and of likes have one.
void HouseUsers::on_event(HouseClient& client, const client::Event& event) {
  if (event.topic.empty()) return trade_.on_event(client, event);
  if (likes_.is_group(event.group)) return likes_.on_event(client, event);
  talk_.on_event(client, event);
}

std::string HouseUsers::missing() const {
  for (const auto& what : {trade_.missing(), talk_.missing(), likes_.missing(), calls_.missing()})
    if (!what.empty()) return what;
  return {};
}

}  // namespace gavel::sim
