#include "node/services/directory.hpp"

#include <algorithm>
#include <utility>

#include "common/base/check.hpp"
#include "node/services/directory_checks.hpp"
#include "node/services/directory_questions.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

using directory::Done;
using directory::ItemState;
using directory::Refusal;
using directory::Refused;
using directory::Reply;

/// What a snapshot begins with.
struct SnapshotHead {
  Digest digest;
  GAVEL_FIELDS(digest);
};

void push(Events& events, const directory::Event& event) { events.push_back(wire::encode_any(event)); }

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
                   "only nodes tell the directory this: clients may add items and start auctions"};
  return std::visit([&](const auto& one) { return on(context, one, events); }, *command);
}

Bytes DirectoryService::query(BytesView question) const { return wire::encode_any(answer(state_, question)); }

// ---- nodes ------------------------------------------------------------------------------------------------------

Reply DirectoryService::on(const Context& /*context*/, const directory::RegisterNode& node, Events& events) {
  if (auto objection = check_node(state_, node)) return *objection;
  const auto known = state_.nodes.find(node.uid);
  if (known != state_.nodes.end() && node.incarnation < known->second.incarnation) return Done{false};
  const auto joined = known == state_.nodes.end() ? ++state_.joined : known->second.joined;
  const directory::NodeRecord record{node.uid,
                                     node.incarnation,
                                     node.name,
                                     node.endpoints,
                                     node.slots,
                                     auctions_served_by(state_, node.uid),
                                     node.version,
                                     node.room,
                                     directory::Life::up,
                                     known != state_.nodes.end() && known->second.draining,
                                     joined};
  if (known != state_.nodes.end() && same(known->second, record)) return Done{false};
  state_.nodes[node.uid] = record;
  push(events, directory::NodeChanged{record, true});
  return Done{true};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::NodeState& seen, Events& events) {
  const auto known = state_.nodes.find(seen.uid);
  if (known == state_.nodes.end()) return Refused{Refusal::unknown_node, "there is no such node"};
  auto& node = known->second;
  if (node.incarnation != seen.incarnation || node.life == seen.life) return Done{false};
  node.life = seen.life;
  push(events, directory::NodeChanged{node, true});
  return Done{true};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::LeaveNode& leave, Events& events) {
  const auto known = state_.nodes.find(leave.uid);
  if (known == state_.nodes.end()) return Done{false};
  auto node = std::move(known->second);
  node.life = directory::Life::lost;
  state_.nodes.erase(known);
  push(events, directory::NodeChanged{std::move(node), false});
  return Done{true};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::DrainNode& /*drain*/, Events& /*events*/) {
  return Refused{Refusal::malformed, "not yet"};
}

Reply DirectoryService::on(const Context& /*context*/, const directory::RemoveNode& /*remove*/, Events& /*events*/) {
  return Refused{Refusal::malformed, "not yet"};
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
  for (const Uid uid : members) ++state_.nodes.at(uid).used;
  state_.auctions.emplace(id, auction);
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
  if (auction.outcome) {
    if (same(*auction.outcome, closed.outcome)) return Done{false};
    return Refused{Refusal::conflict, "auction " + auction.id + " ended otherwise, and that is final"};
  }
  release_slots(auction);
  auction.outcome = closed.outcome;
  auto& item = state_.items.at(auction.terms.item);
  item.state = closed.outcome.winner ? ItemState::sold : ItemState::unsold;
  push(events, directory::ItemChanged{item});
  push(events, directory::AuctionChanged{auction});
  return Done{true};
}

void DirectoryService::release_slots(const directory::Auction& auction) {
  for (const Uid uid : auction.members) {
    const auto node = state_.nodes.find(uid);
    if (node == state_.nodes.end()) continue;
    GAVEL_CHECK(node->second.used > 0, "a member of a running auction uses a slot");
    --node->second.used;
  }
}

Reply DirectoryService::on(const Context& /*context*/, const directory::AuctionLed& led, Events& events) {
  const auto known = state_.auctions.find(led.auction);
  if (known == state_.auctions.end())
    return Refused{Refusal::unknown_auction, "there is no auction " + quoted(led.auction)};
  auto& auction = known->second;
  if (!std::binary_search(auction.members.begin(), auction.members.end(), led.active))
    return Refused{Refusal::unknown_node, "that node is no member of auction " + auction.id};
  if (auction.outcome || led.since <= auction.active_since) return Done{false};
  auction.active = led.active;
  auction.active_since = led.since;
  push(events, directory::AuctionChanged{auction});
  return Done{true};
}

const directory::Auction* DirectoryService::auction_of(GroupId group) const {
  for (const auto& [id, auction] : state_.auctions)
    if (auction.group == group) return &auction;
  return nullptr;
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
