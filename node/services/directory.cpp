#include "node/services/directory.hpp"

#include <algorithm>
#include <utility>

#include "common/base/check.hpp"
#include "node/services/directory_checks.hpp"
#include "node/services/directory_questions.hpp"
#include "node/services/directory_staff.hpp"
#include "node/services/mistakes.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

using directory::Done;
using directory::ItemState;
using directory::Refusal;
using directory::Refused;
using directory::Reply;
using house::broken;
using house::Mistake;

void push(Events& events, const directory::Event& event) { events.push_back({wire::encode_any(event)}); }

template <wire::Fielded T>
bool same(const T& a, const T& b) {
  return wire::encode(a) == wire::encode(b);
}

}  // namespace

Bytes DirectoryService::apply(const Context& context, BytesView command, Events& events) {
  Bytes reply = wire::encode_any(execute(context, command, events));
  digest_ = fold(digest_, context, command, reply);
  return reply;
}

Reply DirectoryService::execute(const Context& context, BytesView bytes, Events& events) {
  const auto command = wire::decode_any<directory::Command>(bytes);
  if (!command) return Refused{Refusal::malformed, "not a command to the directory: " + command.error().message};
  // What has a session comes from a client; nodes propose without one.
  if (context.session && !clients_may(*command))
    return Refused{Refusal::not_for_clients,
                   "only nodes tell the directory this: clients may add items, start auctions and open services"};
  return std::visit([&](const auto& one) { return on(context, one, events); }, *command);
}

Bytes DirectoryService::query(BytesView question) const { return wire::encode_any(answer(state_, question)); }

// ---- nodes ------------------------------------------------------------------------------------------------------

Reply DirectoryService::on(const Context& /*context*/, const directory::RegisterNode& node, Events& events) {
  if (auto objection = check_node(state_, node)) return *objection;
  const auto at = state_.nodes.find(node.uid);
  const auto* known = at == state_.nodes.end() ? nullptr : &at->second;
  if (known && node.incarnation < known->incarnation) return Done{false};
  // Others have taken the seats of one that was lost: it begins anew, behind them.
  const bool anew = !known || known->life == directory::Life::lost;
  const directory::NodeRecord record{node.uid,
                                     node.incarnation,
                                     node.name,
                                     node.endpoints,
                                     node.slots,
                                     auctions_served_by(state_, node.uid),
                                     node.version,
                                     node.room,
                                     directory::Life::up,
                                     {},
                                     known && known->draining && !broken(Mistake::forgets_drain),
                                     anew ? state_.joined + 1 : known->joined};
  if (known && same(*known, record)) return Done{false};
  state_.joined = std::max(state_.joined, record.joined);
  state_.nodes[node.uid] = record;
  push(events, directory::NodeChanged{record, true});
  staff(events);
  return Done{true};
}

Reply DirectoryService::on(const Context& context, const directory::NodeState& seen, Events& events) {
  const auto known = state_.nodes.find(seen.uid);
  if (known == state_.nodes.end()) return Refused{Refusal::unknown_node, "there is no such node"};
  auto& node = known->second;
  if (node.incarnation != seen.incarnation || node.life == seen.life) return Done{false};
  if (node.life == directory::Life::lost) {
    if (seen.life == directory::Life::down) return Done{false};  // it is that already, and more
    node.joined = ++state_.joined;
  }
  node.life = seen.life;
  if (seen.life == directory::Life::up)
    node.down_since = {};
  else if (!node.down_since.micros)
    node.down_since = context.time;
  push(events, directory::NodeChanged{node, true});
  staff(events);
  return Done{true};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::LeaveNode& leave, Events& events) {
  if (!state_.nodes.contains(leave.uid)) return Done{false};
  forget(leave.uid, events);
  staff(events);
  return Done{true};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::DrainNode& drain, Events& events) {
  const auto known = state_.nodes.find(drain.uid);
  if (known == state_.nodes.end()) return Refused{Refusal::unknown_node, "there is no such node"};
  auto& node = known->second;
  if (node.draining == drain.draining) return Done{false};
  node.draining = drain.draining;
  push(events, directory::NodeChanged{node, true});
  staff(events);
  return Done{true};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::RemoveNode& remove, Events& events) {
  if (auto objection = check_removal(state_, remove)) return *objection;
  forget(remove.uid, events);
  staff(events);
  for (const auto& id : shrink(state_, remove.uid)) push(events, directory::AuctionChanged{state_.auctions.at(id)});
  return Done{true};
}

void DirectoryService::forget(Uid uid, Events& events) {
  auto gone = state_.nodes.extract(uid);
  gone.mapped().life = directory::Life::lost;
  push(events, directory::NodeChanged{std::move(gone.mapped()), false});
}

void DirectoryService::staff(Events& events) {
  for (const auto& id : gavel::staff(state_)) push(events, directory::AuctionChanged{state_.auctions.at(id)});
}

// ---- items ------------------------------------------------------------------------------------------------------

std::string DirectoryService::next_lot() {
  std::string id;
  do {
    id = "lot-" + std::to_string(++state_.lots);
  } while (state_.items.contains(id));
  return id;
}

Reply DirectoryService::on(const Context& /*context*/, const directory::AddItem& add, Events& events) {
  if (auto objection = check_item(state_, add)) return *objection;
  if (state_.items.size() >= directory::kMaxItems && !state_.forget_first_sold())
    return Refused{Refusal::limit_exceeded, "the catalogue has " + std::to_string(directory::kMaxItems) +
                                                " items that are not sold, more it does not take"};
  const std::string id = add.id.empty() ? next_lot() : add.id;
  const directory::Item item{id, add.title, add.seller, add.start_price, add.increment, ItemState::on_offer, 0};
  state_.items.emplace(id, item);
  push(events, directory::ItemChanged{item});
  return directory::ItemAdded{id};
}

// ---- auctions ---------------------------------------------------------------------------------------------------

Reply DirectoryService::on(const Context& context, const directory::StartAuction& start, Events& events) {
  if (auto objection = check_start(state_, start)) return *objection;
  const auto end = check_end(context, start);
  if (end.objection) return *end.objection;
  const auto members = pick_members(state_);
  if (members.empty())
    return Refused{Refusal::no_free_node,
                   "no living node has a free slot for an auction; wait until one ends, or add a node"};

  if (state_.auctions.size() >= directory::kMaxAuctions && !state_.forget_first_ended())
    return Refused{Refusal::limit_exceeded, "the directory keeps " + std::to_string(directory::kMaxAuctions) +
                                                " auctions, more it does not take"};

  auto& item = state_.items.at(start.item);
  item.state = ItemState::running;
  const std::string id = auction_id(item.id, ++item.runs);
  directory::Auction auction;
  auction.id = id;
  auction.group = GroupId{++state_.groups};
  auction.terms = {
      id,           item.id, item.title, item.seller, auction::Kind::english, item.start_price, item.increment,
      context.time, end.at};
  auction.genesis = members;
  auction.members = members;
  auction.active = members.back();
  auction.starter = start.starter;
  state_.open(auction);
  push(events, directory::ItemChanged{item});
  push(events, directory::AuctionChanged{auction});
  return directory::AuctionStarted{auction, client_endpoints(state_, auction), failures_survived(members.size()),
                                   safety_of(members.size())};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::AuctionClosed& closed, Events& events) {
  const auto known = state_.auctions.find(closed.auction);
  if (known == state_.auctions.end())
    return Refused{Refusal::unknown_auction, "there is no auction " + quoted(closed.auction)};
  auto& auction = known->second;
  if (closed.group && closed.group != auction.group) return Done{false};
  if (auction.outcome) {
    if (same(*auction.outcome, closed.outcome)) return Done{false};
    return Refused{Refusal::conflict, "auction " + auction.id + " ended otherwise, and that is final"};
  }
  state_.close(auction, closed.outcome);
  auto& item = state_.items.at(auction.terms.item);
  item.state = closed.outcome.winner && !broken(Mistake::forgets_sold) ? ItemState::sold : ItemState::unsold;
  push(events, directory::ItemChanged{item});
  push(events, directory::AuctionChanged{auction});
  staff(events);
  return Done{true};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::AuctionLed& led, Events& events) {
  const auto known = state_.auctions.find(led.auction);
  if (known == state_.auctions.end())
    return Refused{Refusal::unknown_auction, "there is no auction " + quoted(led.auction)};
  auto& auction = known->second;
  if (led.group && led.group != auction.group) return Done{false};
  // Its group's configuration follows behind: who has no seat any more may still lead it for a while.
  const auto served = [&](const std::vector<Uid>& uids) {
    return std::binary_search(uids.begin(), uids.end(), led.active);
  };
  if (!state_.nodes.contains(led.active) && !served(auction.members) && !served(auction.genesis))
    return Refused{Refusal::unknown_node, "that node never served auction " + auction.id};
  if (auction.outcome || led.since <= auction.active_since) return Done{false};
  auction.active = led.active;
  auction.active_since = led.since;
  push(events, directory::AuctionChanged{auction});
  return Done{true};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::RestoreAuction& restore, Events& events) {
  if (auto objection = check_restoration(state_, restore)) return *objection;
  reseat(state_, restore.auction, restore.uid);
  push(events, directory::AuctionChanged{state_.auctions.at(restore.auction)});
  staff(events);
  return Done{true};
}

// ---- standing services ------------------------------------------------------------------------------------------

Reply DirectoryService::on(const Context& /*context*/, const directory::OpenStanding& open, Events& events) {
  const auto service = standing_service(open.name);
  if (!service) return Refused{Refusal::unknown_service, "there is no standing service " + quoted(open.name)};
  if (const auto known = state_.standing.find(open.name); known != state_.standing.end())
    return directory::StandingOpened{known->second};
  auto founders = voters_wanted();
  std::erase_if(founders, [this](Uid uid) { return !state_.nodes.at(uid).is_fit(); });
  if (founders.empty())
    return Refused{Refusal::no_free_node, "no node is up and not drained that could serve " + open.name};
  const directory::StandingGroup standing{open.name, *service, GroupId{++state_.groups}, std::move(founders), false};
  state_.standing.emplace(standing.name, standing);
  push(events, directory::StandingChanged{standing});
  return directory::StandingOpened{standing};
}

// ---- backups ----------------------------------------------------------------------------------------------------

std::vector<std::string> DirectoryService::found_anew(Uid self, const std::set<GroupId>& groups) {
  std::vector<std::string> put_back;
  state_.nodes.clear();
  const auto running = state_.running;
  for (const auto& id : running) {
    auto& auction = state_.auctions.at(id);
    if (groups.contains(auction.group)) {
      auction.genesis = auction.members = {self};
      auction.replaced.clear();
      auction.active = self;
      auction.active_since = {};
      auction.restored = true;
      continue;
    }
    auto& item = state_.items.at(auction.terms.item);
    item.state = ItemState::on_offer;
    put_back.push_back(item.id);
    state_.running.erase(id);
    state_.by_group.erase(auction.group);
    state_.auctions.erase(id);
  }
  std::erase_if(state_.standing, [&](const auto& entry) { return !groups.contains(entry.second.group); });
  for (auto& [name, standing] : state_.standing) {
    standing.genesis = {self};
    standing.restored = true;
  }
  digest_ = digest_of(digest_, "founded anew");
  return put_back;
}

// ---- snapshots --------------------------------------------------------------------------------------------------

Bytes DirectoryService::snapshot() const {
  Bytes snapshot;
  append_record(snapshot, wire::encode(SnapshotHead{digest_}));
  state_.append_to(snapshot);
  return snapshot;
}

Result<void> DirectoryService::restore(BytesView snapshot) {
  RecordReader reader(snapshot);
  const auto head = reader.next_as<SnapshotHead>();
  if (!head) return tl::unexpected<Error>(head.error());
  auto state = DirectoryState::read_from(reader);
  if (!state) return tl::unexpected<Error>(state.error());
  if (!reader.done()) return fail("the snapshot goes on after its end");
  state_ = *std::move(state);
  digest_ = head->digest;
  return {};
}

}  // namespace gavel
