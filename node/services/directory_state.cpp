#include "node/services/directory_state.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "common/base/check.hpp"
#include "node/services/mistakes.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

struct StateHeader {
  std::uint64_t nodes = 0;
  std::uint64_t items = 0;
  std::uint64_t auctions = 0;
  std::uint64_t standing = 0;
  std::uint64_t joined = 0;
  std::uint64_t lots = 0;
  std::uint64_t groups = 0;
  GAVEL_FIELDS(nodes, items, auctions, standing, joined, lots, groups);
};

template <class Key, class T>
void append_all(Bytes& snapshot, const std::map<Key, T>& records) {
  for (const auto& [key, record] : records) append_record(snapshot, wire::encode(record));
}

/// Reads `count` records into a map by the given member; nothing but ascending keys is taken.
template <class Key, class T>
Result<void> read_all(RecordReader& reader, std::uint64_t count, Key T::*key, std::map<Key, T>& into) {
  for (std::uint64_t i = 0; i < count; ++i) {
    auto record = reader.next_as<T>();
    if (!record) return tl::unexpected<Error>(record.error());
    if (!into.empty() && !(into.rbegin()->first < (*record).*key))
      return fail("the snapshot's records are out of order");
    Key at = (*record).*key;
    into.emplace_hint(into.end(), std::move(at), *std::move(record));
  }
  return {};
}

/// Ascending, none twice.
bool is_ordered(const std::vector<Uid>& uids) {
  return std::adjacent_find(uids.begin(), uids.end(), [](Uid a, Uid b) { return !(a < b); }) == uids.end();
}

/// Founders sit in the auction or have been replaced; only founders have been.
bool has_sound_seats(const directory::Auction& auction) {
  const auto in = [](const std::vector<Uid>& uids, Uid uid) {
    return std::binary_search(uids.begin(), uids.end(), uid);
  };
  for (const auto* seats : {&auction.genesis, &auction.members})
    if (seats->empty() || seats->size() > directory::kMaxMembers || !is_ordered(*seats)) return false;
  return is_ordered(auction.replaced) &&
         std::all_of(auction.replaced.begin(), auction.replaced.end(),
                     [&](Uid uid) { return in(auction.genesis, uid); }) &&
         std::all_of(auction.genesis.begin(), auction.genesis.end(),
                     [&](Uid uid) { return in(auction.members, uid) || in(auction.replaced, uid); });
}

/// Its id is one that the directory gives, and so is good as a file's name.
bool is_run_of(const directory::Auction& auction, const directory::Item& item) {
  if (!is_item_id(item.id) || auction.terms.auction != auction.id || item.runs == 0) return false;
  std::uint32_t run = 1;
  if (auction.id.size() > item.id.size()) {
    const char* end = auction.id.data() + auction.id.size();
    std::from_chars(auction.id.data() + item.id.size() + 1, end, run);
  }
  return run <= item.runs && auction_id(item.id, run) == auction.id;
}

/// Each auction is a run of an item that is there, in a group of its own that was given out; and an item runs exactly
/// while one of its auctions does.
bool are_sound(const DirectoryState& state) {
  std::map<std::string, int> running;
  for (const auto& [id, auction] : state.auctions) {
    const auto item = state.items.find(auction.terms.item);
    if (item == state.items.end() || !is_run_of(auction, item->second) || !has_sound_seats(auction)) return false;
    if (auction.group <= kDirectoryGroup || auction.group.value > state.groups) return false;
    running[item->first] += auction.outcome ? 0 : 1;
  }
  return state.by_group.size() == state.auctions.size() &&
         std::all_of(state.items.begin(), state.items.end(), [&](const auto& entry) {
           return running[entry.first] == (entry.second.state == directory::ItemState::running ? 1 : 0);
         });
}

/// Each is the service of its name, in a group of its own.
bool are_sound(const DirectoryState& state, const std::map<std::string, directory::StandingGroup>& standing) {
  std::set<GroupId> groups;
  return std::all_of(standing.begin(), standing.end(), [&](const auto& entry) {
    const auto& one = entry.second;
    return standing_service(one.name) == one.service && one.group > kDirectoryGroup &&
           one.group.value <= state.groups && !state.by_group.contains(one.group) && groups.insert(one.group).second &&
           !one.genesis.empty() && one.genesis.size() <= directory::kMaxVoters && is_ordered(one.genesis);
  });
}

/// What the service relies on, and a snapshot from outside may not keep to.
bool is_consistent(const DirectoryState& state) {
  std::set<std::uint64_t> joined;
  for (const auto& [uid, node] : state.nodes)
    if (node.joined == 0 || node.joined > state.joined || !joined.insert(node.joined).second ||
        node.used != auctions_served_by(state, uid))
      return false;
  return are_sound(state) && are_sound(state, state.standing);
}

}  // namespace

void DirectoryState::append_to(Bytes& snapshot) const {
  append_record(snapshot, wire::encode(StateHeader{nodes.size(), items.size(), auctions.size(), standing.size(), joined,
                                                   lots, groups}));
  append_all(snapshot, nodes);
  append_all(snapshot, items);
  append_all(snapshot, auctions);
  append_all(snapshot, standing);
}

Result<DirectoryState> DirectoryState::read_from(RecordReader& reader) {
  const auto header = reader.next_as<StateHeader>();
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->nodes > directory::kMaxNodes || header->items > directory::kMaxItems ||
      header->auctions > directory::kMaxAuctions || header->standing > kStandingServices.size())
    return fail("the directory is over its limits");
  Result<DirectoryState> state{DirectoryState{}};
  state->joined = header->joined;
  state->lots = header->lots;
  state->groups = header->groups;
  auto read = read_all(reader, header->nodes, &directory::NodeRecord::uid, state->nodes);
  if (read) read = read_all(reader, header->items, &directory::Item::id, state->items);
  if (read) read = read_all(reader, header->auctions, &directory::Auction::id, state->auctions);
  if (read) read = read_all(reader, header->standing, &directory::StandingGroup::name, state->standing);
  if (!read) return tl::unexpected<Error>(read.error());
  for (const auto& [id, auction] : state->auctions) {
    state->by_group.emplace(auction.group, id);
    if (auction.outcome)
      state->ended.emplace(auction.outcome->closed_at, id);
    else
      state->running.insert(id);
  }
  if (!is_consistent(*state)) return fail("the directory's nodes, items and auctions do not fit together");
  return state;
}

void DirectoryState::open(const directory::Auction& auction) {
  for (const Uid uid : auction.members) ++nodes.at(uid).used;
  running.insert(auction.id);
  by_group.emplace(auction.group, auction.id);
  auctions.emplace(auction.id, auction);
}

void DirectoryState::close(directory::Auction& auction, const auction::Outcome& outcome) {
  for (const Uid uid : auction.members) {
    const auto node = nodes.find(uid);
    if (node == nodes.end() || house::broken(house::Mistake::keeps_slots)) continue;
    GAVEL_CHECK(node->second.used > 0, "a member of a running auction uses a slot");
    --node->second.used;
  }
  auction.outcome = outcome;
  running.erase(auction.id);
  ended.emplace(outcome.closed_at, auction.id);
}

bool DirectoryState::is_recent(const directory::Auction& auction) const {
  if (!auction.outcome) return false;
  std::size_t later = 0;
  for (auto at = ended.rbegin(); at != ended.rend() && later < directory::kRecentlyEnded; ++at, ++later)
    if (at->second == auction.id) return true;
  return false;
}

bool DirectoryState::forget_first_sold() {
  const auto sold = std::find_if(ended.begin(), ended.end(), [&](const auto& entry) {
    return items.at(auctions.at(entry.second).terms.item).state == directory::ItemState::sold;
  });
  if (sold == ended.end()) return false;
  const std::string item = auctions.at(sold->second).terms.item;
  for (auto at = auctions.begin(); at != auctions.end();) {
    const auto& auction = (at++)->second;
    if (auction.terms.item == item) forget(auction);
  }
  items.erase(item);
  return true;
}

bool DirectoryState::forget_first_ended() {
  if (ended.empty()) return false;
  const auto& first = auctions.at(ended.begin()->second);
  if (items.at(first.terms.item).state == directory::ItemState::sold) return forget_first_sold();
  forget(first);
  return true;
}

void DirectoryState::forget(const directory::Auction& auction) {
  ended.erase({auction.outcome->closed_at, auction.id});
  by_group.erase(auction.group);
  auctions.erase(std::string(auction.id));
}

std::vector<Uid> voters_wanted(const DirectoryState& state) {
  std::vector<std::tuple<bool, std::uint64_t, Uid>> in_turn;
  for (const auto& [uid, node] : state.nodes)
    in_turn.emplace_back(node.life == directory::Life::lost || node.is_leaving(), node.joined, uid);
  std::sort(in_turn.begin(), in_turn.end());
  in_turn.resize(std::min(in_turn.size(), directory::kMaxVoters));
  std::vector<Uid> voters;
  for (const auto& [unreliable, joined, uid] : in_turn) voters.push_back(uid);
  std::sort(voters.begin(), voters.end());
  return voters;
}

std::uint32_t auctions_served_by(const DirectoryState& state, Uid uid) {
  return static_cast<std::uint32_t>(std::count_if(state.running.begin(), state.running.end(), [&](const auto& id) {
    const auto& members = state.auctions.at(id).members;
    return std::binary_search(members.begin(), members.end(), uid);
  }));
}

const directory::Auction* auction_of(const DirectoryState& state, GroupId group) {
  const auto id = state.by_group.find(group);
  return id == state.by_group.end() ? nullptr : &state.auctions.at(id->second);
}

const directory::StandingGroup* standing_of(const DirectoryState& state, GroupId group) {
  for (const auto& [name, standing] : state.standing)
    if (standing.group == group) return &standing;
  return nullptr;
}

const directory::Auction* find_auction(const DirectoryState& state, const std::string& id) {
  std::string wanted = id;
  if (const auto item = state.items.find(id); item != state.items.end()) {
    wanted = auction_id(id, std::max(item->second.runs, 1U));
  } else if (id.ends_with(".1")) {
    wanted.resize(wanted.size() - 2);
  }
  const auto at = state.auctions.find(wanted);
  return at == state.auctions.end() ? nullptr : &at->second;
}

std::string auction_id(const std::string& item, std::uint32_t run) {
  return run <= 1 ? item : item + "." + std::to_string(run);
}

std::vector<std::string> client_endpoints(const DirectoryState& state, const directory::Auction& auction) {
  std::vector<std::string> endpoints;
  for (const Uid uid : auction.members) {
    const auto node = state.nodes.find(uid);
    endpoints.push_back(node == state.nodes.end() ? std::string() : node->second.endpoints.client);
  }
  return endpoints;
}

}  // namespace gavel
