#include "node/services/directory_questions.hpp"

#include "node/services/text.hpp"

namespace gavel {
namespace {

using directory::Answer;
using directory::Refusal;
using directory::Refused;
using directory::Which;

Answer on(const DirectoryState& state, const directory::AskNodes& /*ask*/) {
  directory::Nodes nodes;
  for (const auto& [uid, node] : state.nodes) nodes.nodes.push_back(node);
  return nodes;
}

Answer on(const DirectoryState& state, const directory::AskItems& ask) {
  directory::Items page;
  for (auto at = state.items.lower_bound(ask.from); at != state.items.end(); ++at) {
    if (page.items.size() == directory::kPage) {
      page.next = at->first;
      break;
    }
    page.items.push_back(at->second);
  }
  return page;
}

/// The next auctions of a kind, from an id on, in either of the state's sorted containers.
template <class At, class End, class Get>
directory::Auctions page_of(At at, End end, Get&& get) {
  directory::Auctions page;
  for (; at != end; ++at) {
    const directory::Auction* auction = get(*at);
    if (!auction) continue;
    if (page.auctions.size() == directory::kPage) {
      page.next = auction->id;
      break;
    }
    page.auctions.push_back(*auction);
  }
  return page;
}

Answer on(const DirectoryState& state, const directory::AskAuctions& ask) {
  if (ask.which == Which::running)
    return page_of(state.running.lower_bound(ask.from), state.running.end(),
                   [&](const std::string& id) { return &state.auctions.at(id); });
  return page_of(state.auctions.lower_bound(ask.from), state.auctions.end(),
                 [&](const auto& entry) -> const directory::Auction* {
                   return ask.which == Which::all || entry.second.outcome ? &entry.second : nullptr;
                 });
}

Answer on(const DirectoryState& state, const directory::AskAuction& ask) {
  if (const auto* auction = find_auction(state, ask.auction))
    return directory::AuctionAnswer{*auction, client_endpoints(state, *auction)};
  if (state.items.contains(ask.auction))
    return Refused{Refusal::unknown_auction, "item " + ask.auction + " is on offer, its auction has not been started"};
  return Refused{Refusal::unknown_auction, "there is no auction " + quoted(ask.auction)};
}

Answer on(const DirectoryState& state, const directory::AskStanding& /*ask*/) {
  directory::Standing standing;
  for (const auto& [name, group] : state.standing) standing.groups.push_back(group);
  return standing;
}

}  // namespace

Answer answer(const DirectoryState& state, BytesView question) {
  const auto asked = wire::decode_any<directory::Question>(question);
  if (!asked) return Refused{Refusal::malformed, "not a question to the directory: " + asked.error().message};
  return std::visit([&](const auto& one) { return on(state, one); }, *asked);
}

}  // namespace gavel
