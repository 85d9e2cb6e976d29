#include "client/cli/follower.hpp"

#include <algorithm>
#include <vector>

namespace gavel::cli {
namespace {

/// A gateway takes 64 watches of one client; the directory is one of them.
constexpr std::ptrdiff_t kMostFollowed = 60;

}  // namespace

Follower::Follower(House& house, std::function<void(const Telling&)> tell) : house_(house), tell_(std::move(tell)) {
  house_.connection().on_event = [this](const client::Event& event) { on_event(event); };
  house_.connection().on_resync = [this](const client::Resync& resync) {
    const auto at = followed_.find(resync.group);
    if (at == followed_.end()) return;
    (resync.slot == wire::kNoMoreEvents ? at->second.given_up : at->second.missed) = true;
  };
}

Follower::~Follower() {
  house_.connection().on_event = nullptr;
  house_.connection().on_resync = nullptr;
  for (const auto& [group, followed] : followed_) house_.connection().unwatch(group);
}

void Follower::follow(const directory::Auction& auction, bool with_past) {
  if (followed_.count(auction.group) != 0) return;
  const auto open =
      std::count_if(followed_.begin(), followed_.end(), [](const auto& entry) { return !entry.second.closed; });
  if (open >= kMostFollowed)
    fail_with(Exit::rejected, std::to_string(open) + " auctions are followed already; `unwatch AUCTION` makes room");
  // The state is read at some slot; the events from the next slot on are all that it does not hold.
  const auto summary = house_.show(auction);
  Followed& followed = followed_[auction.group];
  followed.auction = auction;
  if (with_past)
    read_past(followed, true);
  else
    followed.last_bid = summary.value.bids;
  if (summary.value.outcome)
    on_closed(followed, {auction.id, *summary.value.outcome});
  else
    house_.connection().watch(auction.group, summary.outcome.slot, client::kWholeSlot);
}

void Follower::follow_directory(bool needs_gateway) {
  try {
    // The state is read at some slot; the events from the next slot on are all that it does not hold.
    const auto told = house_.nodes_told();
    names_ = Names(told.value);
    house_.connection().watch(kDirectoryGroup, told.outcome.slot, client::kWholeSlot);
  } catch (const Failure& failure) {
    if (failure.code == Exit::interrupted) throw;
    if (needs_gateway && house_.connection().client().gateway_name().empty()) throw;
    house_.connection().watch(kDirectoryGroup, {}, 0);
  }
}

void Follower::unfollow(const std::string& auction) {
  for (auto at = followed_.begin(); at != followed_.end(); ++at) {
    if (at->second.auction.id != auction) continue;
    house_.connection().unwatch(at->first);
    followed_.erase(at);
    return;
  }
}

void Follower::read_past(Followed& followed, bool tell_it) {
  for (const auto& bid : house_.history(followed.auction, followed.last_bid + 1).value) {
    if (bid.ordinal <= followed.last_bid) continue;
    followed.last_bid = bid.ordinal;
    if (tell_it) tell_(describe(auction::Event(auction::NewHighest{followed.auction.id, bid})));
  }
}

void Follower::move_on(GroupId from) {
  const auto now = house_.auction(followed_.at(from).auction.id);
  if (now.group == from) return;
  const auto summary = house_.show(now);
  auto entry = followed_.extract(from);
  house_.connection().unwatch(from);
  Followed& followed = entry.mapped();
  followed.auction = now;
  followed.given_up = false;
  followed.last_bid = summary.value.bids;
  entry.key() = now.group;
  const auto at = followed_.insert(std::move(entry)).position;
  tell_({{{"event", "restored"}, {"auction", now.id}, {"bids", summary.value.bids}},
         harmless(now.id) + " goes on from a backup, with its first " + std::to_string(summary.value.bids) +
             " bids; later ones are gone"});
  if (summary.value.outcome) return on_closed(at->second, {now.id, *summary.value.outcome});
  house_.connection().watch(now.group, summary.outcome.slot, client::kWholeSlot);
}

void Follower::catch_up() {
  std::vector<GroupId> given_up;
  for (const auto& [group, followed] : followed_)
    if (followed.given_up && !followed.closed) given_up.push_back(group);
  for (const GroupId group : given_up) move_on(group);
  std::vector<GroupId> behind;
  for (const auto& [group, followed] : followed_)
    if (followed.missed) behind.push_back(group);
  for (const GroupId group : behind) {
    Followed& followed = followed_.at(group);
    followed.missed = false;
    try {
      read_past(followed, true);
      const auto summary = house_.show(followed.auction).value;
      if (summary.outcome) on_closed(followed, {followed.auction.id, *summary.outcome});
    } catch (const Failure& failure) {
      if (failure.code != Exit::not_found || !go_on_elsewhere(group)) throw;
    }
  }
}

/// The group is no more: if its auction goes on in another one (from a backup), that is followed instead.
bool Follower::go_on_elsewhere(GroupId group) {
  const auto auction = house_.auction(followed_.at(group).auction.id);
  if (auction.group == group) return false;
  house_.connection().unwatch(group);
  followed_.erase(group);
  tell_({{{"event", "restored"}, {"auction", auction.id}}, harmless(auction.id) + " goes on from a backup"});
  follow(auction, false);
  return true;
}

bool Follower::is_open(const std::string& auction) const {
  return std::any_of(followed_.begin(), followed_.end(),
                     [&](const auto& entry) { return entry.second.auction.id == auction && !entry.second.closed; });
}

bool Follower::is_followed(const std::string& auction) const {
  return std::any_of(followed_.begin(), followed_.end(),
                     [&](const auto& entry) { return entry.second.auction.id == auction; });
}

void Follower::on_event(const client::Event& event) {
  if (event.group == kDirectoryGroup) {
    const auto decoded = wire::decode_any<directory::Event>(event.body);
    if (!decoded) return;
    if (const auto* node = std::get_if<directory::NodeChanged>(&*decoded))
      names_.learn(node->node.uid, node->node.name);
    tell_(describe(*decoded, names_));
    return;
  }
  const auto at = followed_.find(event.group);
  if (at == followed_.end()) return;
  if (const auto decoded = wire::decode_any<auction::Event>(event.body)) on_auction_event(at->second, *decoded);
}

void Follower::on_auction_event(Followed& followed, const auction::Event& event) {
  if (const auto* bid = std::get_if<auction::NewHighest>(&event)) {
    if (bid->bid.ordinal <= followed.last_bid) return;
    followed.last_bid = bid->bid.ordinal;
  }
  if (const auto* closed = std::get_if<auction::Closed>(&event)) return on_closed(followed, *closed);
  tell_(describe(event));
}

void Follower::on_closed(Followed& followed, const auction::Closed& closed) {
  if (followed.closed) return;
  followed.closed = true;
  house_.connection().unwatch(followed.auction.group);
  tell_(describe(auction::Event(closed)));
}

}  // namespace gavel::cli
