#include "tools/bench/load/bidding.hpp"

#include <algorithm>

namespace gavel::bench {
namespace {

/// An auction takes a million bids.
constexpr std::uint64_t kNearlyFull = 800'000;

Bytes encoded(auction::Bid bid) { return wire::encode_any(auction::Command(std::move(bid))); }

}  // namespace

auction::Bid bid_of_size(std::size_t size, const std::string& bidder, Money amount) {
  auction::Bid bid{bidder, amount};
  const std::size_t bare = encoded(bid).size();
  const std::size_t missing = size > bare ? size - bare : 0;
  bid.bidder.resize(std::min(auction::kMaxName, bid.bidder.size() + missing), '.');
  return bid;
}

Bidding::Bidding(const BiddingOptions& options, const std::vector<directory::Auction>& auctions, std::size_t clients)
    : options_(options), verdicts_(auction::kVerdicts), random_(1) {
  for (const auto& auction : auctions) lots_.push_back({auction, auction.terms.start_price.minor});
  for (std::size_t i = 0; i < clients; ++i) {
    const std::size_t lot = i % lots_.size();
    const Money start = lots_[lot].auction.terms.start_price;
    const auto bid = bid_of_size(options.size, "bidder-" + std::to_string(i + 1), start);
    bidders_.push_back({bid.bidder, lot, start.minor});
    body_size_ = encoded(bid).size();
  }
}

Work::Request Bidding::next(std::size_t client) {
  Bidder& bidder = bidders_[client];
  Lot& lot = lots_[bidder.lot];
  const auto& terms = lot.auction.terms;
  std::int64_t amount = 0;
  if (options_.amounts == Amounts::rising)
    amount = lot.highest += terms.increment.minor;
  else
    amount = bidder.enough + terms.increment.minor * random_.between(0, 2);
  return {lot.auction.group, encoded({bidder.name, {amount, terms.start_price.currency}})};
}

Judged Bidding::judge(std::size_t client, const client::Outcome& outcome) {
  if (outcome.kind != client::OutcomeKind::ok) return Judged::failed;
  const auto reply = wire::decode_any<auction::Reply>(outcome.body);
  const auto* bid = reply ? std::get_if<auction::BidReply>(&*reply) : nullptr;
  if (bid == nullptr) return Judged::failed;
  ++verdicts_[static_cast<std::size_t>(bid->verdict)];
  Bidder& bidder = bidders_[client];
  if (bid->enough) bidder.enough = bid->enough->minor;
  Lot& lot = lots_[bidder.lot];
  lot.answered = lot.answered || (bid->ordinal > 0 && bid->ordinal < kNearlyFull);
  if (lot.answered && bid->ordinal >= kNearlyFull && !lot.nearly_full) {
    lot.nearly_full = true;
    if (on_nearly_full) on_nearly_full(bidder.lot);
  }
  return bid->verdict == auction::Verdict::accepted ? Judged::accepted : Judged::refused;
}

void Bidding::replace(std::size_t auction, const directory::Auction& with) {
  lots_[auction] = {with, with.terms.start_price.minor};
  for (Bidder& bidder : bidders_)
    if (bidder.lot == auction) bidder.enough = with.terms.start_price.minor;
}

}  // namespace gavel::bench
