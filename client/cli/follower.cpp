#include "client/cli/follower.hpp"

#include <algorithm>
#include <vector>

namespace gavel::cli {
namespace {

/// A gateway takes 64 topics of one client; the directory, rooms that one is in and invitations are among them.
constexpr std::size_t kMostTopics = 56;
/// So many of them at most may be taken by what goes on around auctions: the auctions themselves come first.
constexpr std::size_t kMostWithGalleries = 32;

}  // namespace

Follower::Follower(House& house, std::function<void(const Telling&)> tell, bool with_gallery)
    : house_(house), tell_(std::move(tell)), with_gallery_(with_gallery) {}

Follower::~Follower() {
  for (auto& [group, followed] : followed_) drop(followed);
  if (directory_watch_) house_.connection().unwatch(*directory_watch_);
}

void Follower::follow(const directory::Auction& auction, bool with_past, bool with_gallery) {
  if (followed_.count(auction.group) != 0) return;
  if (house_.connection().watched() >= kMostTopics) {
    const auto open =
        std::count_if(followed_.begin(), followed_.end(), [](const auto& entry) { return !entry.second.closed; });
    fail_with(Exit::rejected, std::to_string(open) + " auctions are followed already; `unwatch AUCTION` makes room");
  }
  // The state is read at some slot; the events from the next slot on are all that it does not hold.
  const auto summary = house_.show(auction);
  Followed& followed = followed_[auction.group];
  followed.auction = auction;
  followed.with_gallery = with_gallery_ && with_gallery;
  if (with_past)
    read_past(followed, true);
  else
    followed.last_bid = summary.value.bids;
  if (summary.value.outcome) return on_closed(followed, {auction.id, *summary.value.outcome});
  watch(followed, summary.outcome.slot);
  open_gallery(followed);
}

void Follower::watch(Followed& followed, Slot slot) {
  const GroupId group = followed.auction.group;
  followed.watch = house_.connection().watch(
      group, slot, client::kWholeSlot, {},
      {[this, group](const client::Event& event) {
         const auto at = followed_.find(group);
         const auto decoded = wire::decode_any<auction::Event>(event.body);
         if (at != followed_.end() && decoded) on_auction_event(at->second, *decoded);
       },
       [this, group](const client::Resync& resync) {
         const auto at = followed_.find(group);
         if (at == followed_.end()) return;
         (resync.slot == wire::kNoMoreEvents ? at->second.given_up : at->second.missed) = true;
       }});
}

void Follower::open_gallery(Followed& followed) {
  if (!followed.with_gallery || house_.connection().watched() + Gallery::kTopics > kMostWithGalleries) return;
  followed.gallery.reset();
  followed.gallery = std::make_unique<Gallery>(house_, followed.auction, tell_);
  try {
    followed.gallery->open();
  } catch (const Failure& failure) {
    if (failure.code == Exit::interrupted) throw;
    followed.gallery.reset();  // what goes on beside an auction is not worth failing for
  }
}

void Follower::drop(Followed& followed) {
  if (const auto watch = std::exchange(followed.watch, std::nullopt)) house_.connection().unwatch(*watch);
  followed.gallery.reset();
}

void Follower::follow_directory(bool needs_gateway) {
  try {
    // The state is read at some slot; the events from the next slot on are all that it does not hold.
    const auto told = house_.nodes_told();
    names_ = Names(told.value);
    watch_directory(told.outcome.slot, client::kWholeSlot);
  } catch (const Failure& failure) {
    if (failure.code == Exit::interrupted) throw;
    if (needs_gateway && house_.connection().client().gateway_name().empty()) throw;
    watch_directory({}, 0);
  }
}

void Follower::follow_directory_silently() {
  tells_directory_ = false;
  follow_directory();
}

void Follower::watch_directory(Slot slot, std::uint32_t index) {
  directory_watch_ = house_.connection().watch(kDirectoryGroup, slot, index, {},
                                               {[this](const client::Event& event) { on_directory_event(event); },
                                                [this](const client::Resync& /*resync*/) { likes_opened_ = true; }});
}

void Follower::unfollow(const std::string& auction) {
  for (auto at = followed_.begin(); at != followed_.end(); ++at) {
    if (at->second.auction.id != auction) continue;
    drop(at->second);
    followed_.erase(at);
    return;
  }
}

void Follower::listen_again(const std::string& auction) {
  for (auto& [group, followed] : followed_)
    if (followed.auction.id == auction && !followed.closed) open_gallery(followed);
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
  Followed& followed = entry.mapped();
  drop(followed);
  followed.auction = now;
  followed.given_up = false;
  followed.last_bid = summary.value.bids;
  entry.key() = now.group;
  const auto at = followed_.insert(std::move(entry)).position;
  tell_({{{"event", "restored"}, {"auction", now.id}, {"bids", summary.value.bids}},
         harmless(now.id) + " goes on from a backup, with its first " + std::to_string(summary.value.bids) +
             " bids; later ones are gone"});
  if (summary.value.outcome) return on_closed(at->second, {now.id, *summary.value.outcome});
  watch(at->second, summary.outcome.slot);
  open_gallery(at->second);
}

void Follower::catch_up() {
  catch_up_galleries();
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

void Follower::catch_up_galleries() {
  const bool opened = std::exchange(likes_opened_, false);
  for (auto& [group, followed] : followed_) {
    if (!followed.gallery || followed.closed) continue;
    try {
      if (opened) followed.gallery->open_likes();
      followed.gallery->catch_up();
    } catch (const Failure& failure) {
      if (failure.code == Exit::interrupted) throw;
      likes_opened_ = likes_opened_ || opened;  // tried again
    }
  }
}

/// The group is no more: if its auction goes on in another one (from a backup), that is followed instead.
bool Follower::go_on_elsewhere(GroupId group) {
  const auto auction = house_.auction(followed_.at(group).auction.id);
  if (auction.group == group) return false;
  const bool with_gallery = followed_.at(group).with_gallery;
  drop(followed_.at(group));
  followed_.erase(group);
  tell_({{{"event", "restored"}, {"auction", auction.id}}, harmless(auction.id) + " goes on from a backup"});
  follow(auction, false, with_gallery);
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

void Follower::on_directory_event(const client::Event& event) {
  const auto decoded = wire::decode_any<directory::Event>(event.body);
  if (!decoded) return;
  if (const auto* node = std::get_if<directory::NodeChanged>(&*decoded)) names_.learn(node->node.uid, node->node.name);
  if (std::holds_alternative<directory::StandingChanged>(*decoded)) likes_opened_ = true;
  if (tells_directory_) tell_(describe(*decoded, names_));
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
  drop(followed);
  tell_(describe(auction::Event(closed)));
}

}  // namespace gavel::cli
