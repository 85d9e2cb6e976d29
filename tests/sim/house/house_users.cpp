#include "tests/sim/house/house_users.hpp"

#include <algorithm>
#include <utility>

#include "common/wire/codec.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
constexpr std::size_t kSellers = 2;
/// Longer than the faults and the liveness bound: whatever is asked must be answered in the end.
constexpr Duration kTimeout = 120s;
/// Longer than any run.
constexpr Duration kEndless = 1h;
}  // namespace

HouseUsers::HouseUsers(HouseWorld& world, HouseOperator& wishes, Random random)
    : world_(world), operator_(wishes), random_(random) {
  for (std::size_t i = 0; i < kHouseClients; ++i)
    left_.push_back(i < kSellers ? world.house.sales : i + 1 < kHouseClients ? world.house.bids : 0);
  world_.on_client_effect = [this](HouseClient& client, const client::Effect& effect) {
    if (client.index + 1 == kHouseClients) return operator_.on_effect(effect);
    on_effect(client, effect);
  };
}

void HouseUsers::begin() {
  for (auto& client : world_.clients)
    world_.timeline.after(random_.between(Duration(1ms), Duration(40ms)), [this, &client] { tick(client); });
}

void HouseUsers::heal() {
  for (auto& left : left_) left = std::min(left, 3);
}

void HouseUsers::tick(HouseClient& client) {
  auto& left = left_[client.index];
  if (left == 0) return;
  const bool sells = client.index < kSellers;
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

void HouseUsers::command(HouseClient& client, GroupId group, const Bytes& body, Pending pending) {
  ++world_.statistics.submitted;
  world_.use(client, [&](client::Client& core) {
    pending_.emplace(std::pair(client.index, core.command(world_.timeline.now(), group, body, kTimeout)),
                     std::move(pending));
  });
}

void HouseUsers::sell(HouseClient& client) {
  if (items_.empty() || (next_item_ < world_.house.items && random_.chance(0.3))) {
    const auto item = "lot-" + std::to_string(next_item_++ % world_.house.items + 1);
    const directory::Command add = directory::AddItem{item, "A lamp", "sid", Money{1000, {}}, Money{100, {}}};
    return command(client, kDirectoryGroup, wire::encode_any(add), {Kind::add, {}, item, 0, {}});
  }
  auto it = items_.begin();
  std::advance(it, random_.between(0, static_cast<std::int64_t>(items_.size()) - 1));
  const auto length =
      random_.chance(world_.house.endless) ? kEndless : random_.between(world_.house.shortest, world_.house.longest);
  const directory::Command start = directory::StartAuction{*it, length, {}, "sid"};
  command(client, kDirectoryGroup, wire::encode_any(start), {Kind::start, {}, *it, 0, {}});
}

void HouseUsers::bid(HouseClient& client) {
  auto it = world_.checks.started().begin();
  std::advance(it, random_.between(0, static_cast<std::int64_t>(world_.checks.started().size()) - 1));
  const auto group = it->second.group;
  auto& checks = world_.checks.auction(group);
  if (random_.chance(0.15)) {
    ++world_.statistics.submitted;
    return world_.use(client, [&](client::Client& core) {
      const auto call =
          core.query(world_.timeline.now(), group, wire::encode_any(auction::Question{auction::AskShow{}}), kTimeout);
      pending_.emplace(std::pair(client.index, call), Pending{Kind::show, group, {}, checks.begin(), {}});
    });
  }
  const auto price = price_.contains(group) ? price_[group] : 900;
  const auto amount = price + 100 * random_.between(random_.chance(0.1) ? 0 : 1, 3);
  const auction::Bid bid{"bidder " + std::to_string(client.index), Money{amount, {}}};
  command(client, group, wire::encode_any(auction::Command{bid}), {Kind::bid, group, {}, checks.begin(), bid});
}

void HouseUsers::on_effect(HouseClient& client, const client::Effect& effect) {
  if (const auto* completed = std::get_if<client::Completed>(&effect))
    on_completed(client, *completed);
  else if (const auto* event = std::get_if<client::Event>(&effect))
    on_event(client, *event);
  else if (const auto* resync = std::get_if<client::Resync>(&effect)) {
    auto& watch = watches_[{client.index, resync->group}];
    watch.gap = watch.ever_gap = true;
  } else if (const auto* note = std::get_if<client::Note>(&effect); note != nullptr && world_.narrator) {
    world_.narrator.say("client " + std::to_string(client.index) + " " + std::string(client::print(note->kind)) + " " +
                        note->text);
  }
}

void HouseUsers::on_completed(HouseClient& client, const client::Completed& completed) {
  // (A call that is completed while it is made has no entry yet: it was refused, and nothing was done.)
  const auto it = pending_.find({client.index, completed.call});
  if (it == pending_.end()) return;
  const auto pending = it->second;
  pending_.erase(it);
  const auto& outcome = completed.outcome;
  if (outcome.kind == client::OutcomeKind::malformed)
    throw Violation(Invariant::contract, "a client is told that it is not understood: " + outcome.message);
  if (world_.house.nothing_refused && outcome.kind != client::OutcomeKind::ok)
    throw Violation(Invariant::liveness,
                    "a call ends with \"" + std::string(client::print(outcome.kind)) + "\": " + outcome.message);
  if (outcome.kind != client::OutcomeKind::ok) return;
  ++world_.statistics.acknowledged;
  if (pending.kind == Kind::add || pending.kind == Kind::start) return on_directory(pending, outcome.body);
  auto& checks = world_.checks.auction(pending.group);
  if (pending.kind == Kind::show) {
    const auto answer = wire::decode_any<auction::Answer>(outcome.body);
    const auto* summary = answer ? std::get_if<auction::Summary>(&*answer) : nullptr;
    if (summary != nullptr && summary->leading) checks.read(pending.begun_at, summary->leading->amount.minor);
    return;
  }
  const auto reply = wire::decode_any<auction::Reply>(outcome.body);
  const auto* verdict = reply ? std::get_if<auction::BidReply>(&*reply) : nullptr;
  if (verdict == nullptr) throw Violation(Invariant::contract, "a bid is not answered with a verdict");
  checks.told(pending.begun_at, outcome.session, outcome.number, pending.bid, *verdict);
  price_[pending.group] = std::max(price_[pending.group], verdict->leader ? verdict->price.minor : 900);
}

void HouseUsers::on_directory(const Pending& pending, const Bytes& body) {
  const auto reply = wire::decode_any<directory::Reply>(body);
  if (!reply) throw Violation(Invariant::contract, "the directory's reply cannot be read: " + reply.error().message);
  if (std::holds_alternative<directory::ItemAdded>(*reply)) {
    world_.checks.item_added(pending.item);
    items_.insert(pending.item);
  } else if (const auto* started = std::get_if<directory::AuctionStarted>(&*reply)) {
    world_.checks.auction_started(started->auction);
    world_.narrator.say("the auction " + started->auction.id + " is started, in group " +
                        print(started->auction.group));
    watch(started->auction.group);
  }
}

void HouseUsers::watch(GroupId group) {
  for (auto& client : world_.clients) {
    if (client.index < kSellers || client.index + 1 == kHouseClients || watches_.contains({client.index, group}))
      continue;
    watches_[{client.index, group}] = {};
    world_.timeline.after(Duration(1us), [this, &client, group] {
      world_.use(client, [&](client::Client& core) { core.watch(world_.timeline.now(), group, Slot{1}, 0); });
    });
  }
}

void HouseUsers::on_event(HouseClient& client, const client::Event& event) {
  const auto decoded = wire::decode_any<auction::Event>(event.body);
  if (!decoded) throw Violation(Invariant::contract, "an event cannot be read: " + decoded.error().message);
  const auto* highest = std::get_if<auction::NewHighest>(&*decoded);
  if (highest == nullptr) return;
  auto& watch = watches_[{client.index, event.group}];
  world_.checks.auction(event.group).heard(client.index, highest->bid, std::exchange(watch.gap, false));
  price_[event.group] = std::max(price_[event.group], highest->bid.amount.minor);
}

std::string HouseUsers::missing() const {
  for (const auto left : left_)
    if (left > 0) return "clients have not asked for all that they want";
  for (const auto& [key, pending] : pending_) {
    const auto* auction = auction_of(world_.checks.directory.newest(), pending.group);
    if (auction != nullptr && world_.is_orphan(*auction)) continue;
    return "client " + std::to_string(key.first) + " has " + std::to_string(pending_.size()) + " calls unanswered";
  }
  for (const auto& [key, watch] : watches_) {
    const auto* auction = auction_of(world_.checks.directory.newest(), key.second);
    if (auction != nullptr && ((auction->outcome && world_.house.short_lived()) || world_.is_orphan(*auction)))
      continue;
    auto& checks = world_.checks.auction(key.second);
    if (!watch.ever_gap && checks.heard_up_to(key.first) < checks.count())
      return "client " + std::to_string(key.first) + " watches group " + print(key.second) + " and has heard of " +
             std::to_string(checks.heard_up_to(key.first)) + " of " + std::to_string(checks.count()) + " bids";
  }
  return {};
}

}  // namespace gavel::sim
