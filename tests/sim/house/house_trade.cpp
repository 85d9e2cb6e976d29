#include "tests/sim/house/house_trade.hpp"

#include <algorithm>
#include <utility>

#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
/// Longer than any run.
constexpr Duration kEndless = 1h;
}  // namespace

HouseTrade::HouseTrade(HouseWorld& world, HouseCalls& calls, HouseWatches& watches, Random random)
    : world_(world), calls_(calls), watches_(watches), random_(random) {
  for (std::size_t i = 0; i < kHouseClients; ++i)
    left_.push_back(i < kHouseSellers ? world.house.sales : i + 1 < kHouseClients ? world.house.bids : 0);
}

void HouseTrade::begin() {
  for (auto& client : world_.clients)
    world_.timeline.after(random_.between(Duration(1ms), Duration(40ms)), [this, &client] { tick(client); });
}

void HouseTrade::heal() {
  for (auto& left : left_) left = std::min(left, 3);
}

void HouseTrade::tick(HouseClient& client) {
  auto& left = left_[client.index];
  if (left == 0) return;
  const bool sells = client.index < kHouseSellers;
  world_.timeline.after(random_.between(Duration(10ms), sells ? Duration(300ms) : Duration(120ms)),
                        [this, &client] { tick(client); });
  if (client.core->open_calls() >= 3) {
    if (world_.healed()) left = 0;  // an auction that is lost for good answers nobody
    return;
  }
  if (sells) {
    --left;
    sell(client);
  } else if (!world_.checks.started().empty()) {
    --left;
    bid(client);
  } else if (world_.healed()) {
    left = 0;
  }
}

// ---- selling

void HouseTrade::sell(HouseClient& client) {
  if (items_.empty() || (next_item_ < world_.house.items && random_.chance(0.3)))
    add_item(client);
  else
    start_auction(client);
}

void HouseTrade::add_item(HouseClient& client) {
  const auto item = "lot-" + std::to_string(next_item_++ % world_.house.items + 1);
  const directory::Command add = directory::AddItem{item, "A lamp", "sid", Money{1000, {}}, Money{100, {}}};
  calls_.command(client, kDirectoryGroup, wire::encode_any(add), [this, item](const client::Outcome& outcome) {
    if (outcome.kind != client::OutcomeKind::ok) return;
    const auto reply = reply_in<directory::Reply>(outcome);
    if (!std::holds_alternative<directory::ItemAdded>(reply)) return;
    world_.checks.item_added(item);
    items_.insert(item);
  });
}

void HouseTrade::start_auction(HouseClient& client) {
  auto it = items_.begin();
  std::advance(it, random_.between(0, static_cast<std::int64_t>(items_.size()) - 1));
  const auto length =
      random_.chance(world_.house.endless) ? kEndless : random_.between(world_.house.shortest, world_.house.longest);
  const directory::Command start = directory::StartAuction{*it, length, {}, "sid"};
  calls_.command(client, kDirectoryGroup, wire::encode_any(start), [this](const client::Outcome& outcome) {
    if (outcome.kind != client::OutcomeKind::ok) return;
    const auto reply = reply_in<directory::Reply>(outcome);
    if (const auto* started = std::get_if<directory::AuctionStarted>(&reply)) on_started(started->auction);
  });
}

void HouseTrade::on_started(const directory::Auction& auction) {
  world_.checks.auction_started(auction);
  world_.narrator.say("the auction " + auction.id + " is started, in group " + print(auction.group));
  watches_.watch_all(auction.group, {});
  if (on_auction) on_auction(auction);
}

// ---- bidding

void HouseTrade::bid(HouseClient& client) {
  auto it = world_.checks.started().begin();
  std::advance(it, random_.between(0, static_cast<std::int64_t>(world_.checks.started().size()) - 1));
  if (random_.chance(0.15))
    ask(client, it->second.group);
  else
    place_bid(client, it->second.group);
}

void HouseTrade::place_bid(HouseClient& client, GroupId group) {
  const auto price = price_.contains(group) ? price_[group] : 900;
  const auto amount = price + 100 * random_.between(random_.chance(0.1) ? 0 : 1, 3);
  const auction::Bid bid{"bidder " + std::to_string(client.index), Money{amount, {}}};
  const auto begun_at = world_.checks.auction(group).begin();
  calls_.command(client, group, wire::encode_any(auction::Command{bid}),
                 [this, group, bid, begun_at](const client::Outcome& outcome) {
                   if (outcome.kind != client::OutcomeKind::ok) return;
                   const auto reply = reply_in<auction::Reply>(outcome);
                   const auto* verdict = std::get_if<auction::BidReply>(&reply);
                   if (verdict == nullptr) throw Violation(Invariant::contract, "a bid is not answered with a verdict");
                   world_.checks.auction(group).told(begun_at, outcome.session, outcome.number, bid, *verdict);
                   price_[group] = std::max(price_[group], verdict->leader ? verdict->price.minor : 900);
                 });
}

void HouseTrade::ask(HouseClient& client, GroupId group) {
  const auto begun_at = world_.checks.auction(group).begin();
  calls_.query(client, group, wire::encode_any(auction::Question{auction::AskShow{}}),
               [this, group, begun_at](const client::Outcome& outcome) {
                 if (outcome.kind != client::OutcomeKind::ok) return;
                 const auto answer = wire::decode_any<auction::Answer>(outcome.body);
                 const auto* summary = answer ? std::get_if<auction::Summary>(&*answer) : nullptr;
                 if (summary != nullptr && summary->leading)
                   world_.checks.auction(group).read(begun_at, summary->leading->amount.minor);
               });
}

// ---- watching

void HouseTrade::on_event(HouseClient& client, const client::Event& event) {
  const auto decoded = wire::decode_any<auction::Event>(event.body);
  if (!decoded) throw Violation(Invariant::contract, "an event cannot be read: " + decoded.error().message);
  const auto* highest = std::get_if<auction::NewHighest>(&*decoded);
  if (highest == nullptr) return;
  world_.checks.auction(event.group).heard(client.index, highest->bid, watches_.take_gap(client, event));
  price_[event.group] = std::max(price_[event.group], highest->bid.amount.minor);
}

std::string HouseTrade::missing() const {
  for (const auto left : left_)
    if (left > 0) return "clients have not asked for all that they want";
  for (const auto& [key, watch] : watches_.all()) {
    const auto& [client, group, topic] = key;
    if (!topic.empty() || watch.ever_gap || !world_.is_served(group)) continue;
    auto& checks = world_.checks.auction(group);
    if (checks.heard_up_to(client) < checks.count())
      return "client " + std::to_string(client) + " watches group " + print(group) + " and has heard of " +
             std::to_string(checks.heard_up_to(client)) + " of " + std::to_string(checks.count()) + " bids";
  }
  return {};
}

}  // namespace gavel::sim
