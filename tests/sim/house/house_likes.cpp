#include "tests/sim/house/house_likes.hpp"

#include <algorithm>

#include "common/wire/services/likes.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

HouseLikes::HouseLikes(HouseWorld& world, HouseCalls& calls, HouseWatches& watches, HouseStanding& standing,
                       Random random)
    : world_(world), calls_(calls), watches_(watches), standing_(standing), random_(random) {
  for (int i = 1; i <= world.house.items; ++i) things_.push_back("lot-" + std::to_string(i));
  for (std::size_t i = 0; i < kHouseClients; ++i) left_.push_back(i + 1 < kHouseClients ? world.house.likes : 0);
}

void HouseLikes::begin() {
  for (auto& client : world_.clients)
    if (left_[client.index] > 0)
      world_.timeline.after(random_.between(Duration(1ms), Duration(100ms)), [this, &client] { tick(client); });
}

void HouseLikes::heal() {
  for (auto& left : left_) left = std::min(left, 3);
}

void HouseLikes::tick(HouseClient& client) {
  auto& left = left_[client.index];
  if (left == 0) return;
  world_.timeline.after(random_.between(Duration(10ms), Duration(200ms)), [this, &client] { tick(client); });
  if (world_.healed()) --left;  // whatever becomes of it: the group may be lost for good
  const auto group = standing_.group_for(client, "likes");
  if (!group || client.core->open_calls() >= 6) return;
  if (!world_.healed()) --left;
  const auto& thing =
      things_[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(things_.size()) - 1))];
  random_.chance(0.15) ? ask(client, *group, thing) : like(client, *group, thing);
}

void HouseLikes::like(HouseClient& client, GroupId group, const std::string& thing) {
  const auto count = static_cast<std::uint32_t>(random_.chance(0.5) ? 1 : random_.between(1, 1000));
  const auto begun_at = world_.checks.likes(thing).begins(count);
  const likes::Command command = likes::Like{thing, count};
  calls_.command(client, group, wire::encode_any(command), [this, thing, count, begun_at](const auto& outcome) {
    auto& check = world_.checks.likes(thing);
    if (outcome.kind == client::OutcomeKind::unknown) return;
    if (outcome.kind != client::OutcomeKind::ok) return check.not_done(count);
    const auto reply = reply_in<likes::Reply>(outcome);
    const auto* liked = std::get_if<likes::Liked>(&reply);
    if (liked == nullptr || liked->verdict != likes::Verdict::counted)
      throw Violation(Invariant::contract, "a like is not counted");
    check.told(begun_at, count, liked->total);
    world_.statistics.likes += count;
  });
}

void HouseLikes::ask(HouseClient& client, GroupId group, const std::string& thing) {
  const auto begun_at = world_.checks.likes(thing).begin();
  const likes::Question question = likes::AskCount{thing};
  calls_.query(client, group, wire::encode_any(question), [this, thing, begun_at](const auto& outcome) {
    if (outcome.kind != client::OutcomeKind::ok) return;
    const auto answer = reply_in<likes::Answer>(outcome);
    const auto* counts = std::get_if<likes::Counts>(&answer);
    if (counts == nullptr || counts->counts.size() != 1)
      throw Violation(Invariant::contract, "a question for a count is not answered with one");
    world_.checks.likes(thing).read(begun_at, counts->counts.front().total);
  });
}

void HouseLikes::on_opened(GroupId group) {
  group_ = group;
  for (const auto& thing : things_) watches_.watch_all(group, likes::topic_of(thing));
}

void HouseLikes::on_event(HouseClient& client, const client::Event& event) {
  watches_.take_gap(client, event);
  const auto decoded = wire::decode_any<likes::Event>(event.body);
  if (!decoded) throw Violation(Invariant::contract, "a count cannot be read: " + decoded.error().message);
  const auto& counted = std::get<likes::Counted>(*decoded);
  if (likes::topic_of(counted.thing) != event.topic)
    throw Violation(Invariant::contract, "who watches " + event.topic + " hears of " + counted.thing);
  world_.checks.likes(counted.thing).heard(client.index, counted.total);
}

std::string HouseLikes::missing() const {
  for (const auto left : left_)
    if (left > 0) return "clients do not like things as often as they want to";
  if (!group_ || world_.is_orphan(*group_)) return {};
  for (const auto& [key, watch] : watches_.all()) {
    const auto& [client, group, topic] = key;
    if (group != *group_ || watch.gap) continue;
    const auto& check = world_.checks.likes(topic);
    if (check.heard_last(client) != check.total())
      return "client " + std::to_string(client) + " watches the likes of " + topic + " and has heard of " +
             std::to_string(check.heard_last(client)) + " of " + std::to_string(check.total());
  }
  return {};
}

}  // namespace gavel::sim
