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

bool asked_for(const directory::Auction& auction, Which which) {
  return which == Which::all || auction.outcome.has_value() == (which == Which::ended);
}

Answer on(const DirectoryState& state, const directory::AskAuctions& ask) {
  directory::Auctions page;
  for (auto at = state.auctions.lower_bound(ask.from); at != state.auctions.end(); ++at) {
    if (!asked_for(at->second, ask.which)) continue;
    if (page.auctions.size() == directory::kPage) {
      page.next = at->first;
      break;
    }
    page.auctions.push_back(at->second);
  }
  return page;
}

Answer on(const DirectoryState& state, const directory::AskAuction& ask) {
  if (const auto* auction = find_auction(state, ask.auction))
    return directory::AuctionAnswer{*auction, client_endpoints(state, *auction)};
  if (state.items.contains(ask.auction))
    return Refused{Refusal::unknown_auction, "item " + ask.auction + " is on offer, its auction has not been started"};
  return Refused{Refusal::unknown_auction, "there is no auction " + quoted(ask.auction)};
}

}  // namespace

Answer answer(const DirectoryState& state, BytesView question) {
  const auto asked = wire::decode_any<directory::Question>(question);
  if (!asked) return Refused{Refusal::malformed, "not a question to the directory: " + asked.error().message};
  return std::visit([&](const auto& one) { return on(state, one); }, *asked);
}

}  // namespace gavel
