#include "node/services/directory_state.hpp"

#include <algorithm>
#include <utility>

namespace gavel {
namespace {

struct StateHeader {
  std::uint64_t nodes = 0;
  std::uint64_t items = 0;
  std::uint64_t auctions = 0;
  std::uint64_t joined = 0;
  std::uint64_t lots = 0;
  std::uint64_t groups = 0;
  GAVEL_FIELDS(nodes, items, auctions, joined, lots, groups);
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

/// What the service relies on, and a snapshot from outside may not keep to.
bool is_consistent(const DirectoryState& state) {
  for (const auto& [id, auction] : state.auctions)
    if (!state.items.contains(auction.terms.item) || auction.members.empty() ||
        !std::is_sorted(auction.members.begin(), auction.members.end()))
      return false;
  return std::all_of(state.nodes.begin(), state.nodes.end(),
                     [&](const auto& entry) { return entry.second.used == auctions_served_by(state, entry.first); });
}

}  // namespace

void DirectoryState::append_to(Bytes& snapshot) const {
  append_record(snapshot, wire::encode(StateHeader{nodes.size(), items.size(), auctions.size(), joined, lots, groups}));
  append_all(snapshot, nodes);
  append_all(snapshot, items);
  append_all(snapshot, auctions);
}

Result<DirectoryState> DirectoryState::read_from(RecordReader& reader) {
  const auto header = reader.next_as<StateHeader>();
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->nodes > directory::kMaxNodes || header->items > directory::kMaxItems ||
      header->auctions > directory::kMaxAuctions)
    return fail("the directory is over its limits");
  Result<DirectoryState> state{DirectoryState{}};
  state->joined = header->joined;
  state->lots = header->lots;
  state->groups = header->groups;
  auto read = read_all(reader, header->nodes, &directory::NodeRecord::uid, state->nodes);
  if (read) read = read_all(reader, header->items, &directory::Item::id, state->items);
  if (read) read = read_all(reader, header->auctions, &directory::Auction::id, state->auctions);
  if (!read) return tl::unexpected<Error>(read.error());
  if (!is_consistent(*state)) return fail("the directory's nodes, items and auctions do not fit together");
  return state;
}

std::vector<Uid> voters_wanted(const DirectoryState& state) {
  std::vector<std::pair<std::uint64_t, Uid>> by_age;
  for (const auto& [uid, node] : state.nodes) by_age.emplace_back(node.joined, uid);
  std::sort(by_age.begin(), by_age.end());
  by_age.resize(std::min(by_age.size(), directory::kMaxVoters));
  std::vector<Uid> voters;
  for (const auto& [joined, uid] : by_age) voters.push_back(uid);
  std::sort(voters.begin(), voters.end());
  return voters;
}

std::uint32_t auctions_served_by(const DirectoryState& state, Uid uid) {
  return static_cast<std::uint32_t>(std::count_if(state.auctions.begin(), state.auctions.end(), [&](const auto& entry) {
    const auto& members = entry.second.members;
    return !entry.second.outcome && std::binary_search(members.begin(), members.end(), uid);
  }));
}

std::vector<Uid> pick_members(const DirectoryState& state) {
  std::vector<const directory::NodeRecord*> free;
  for (const auto& [uid, node] : state.nodes)
    if (node.is_fit() && node.used < node.slots) free.push_back(&node);
  std::sort(free.begin(), free.end(),
            [](const auto* a, const auto* b) { return a->used != b->used ? a->used < b->used : a->uid > b->uid; });
  free.resize(std::min(free.size(), directory::kMaxMembers));
  std::vector<Uid> members;
  for (const auto* node : free) members.push_back(node->uid);
  std::sort(members.begin(), members.end());
  return members;
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
