#include "node/services/auctioneer.hpp"

#include <algorithm>

namespace gavel {
namespace {

/// Terms may come from outside with any times; nothing here overflows.
Duration length_of(const auction::Terms& terms) {
  if (terms.end <= terms.start) return Duration::zero();
  const std::uint64_t micros =
      static_cast<std::uint64_t>(terms.end.micros) - static_cast<std::uint64_t>(terms.start.micros);
  constexpr std::uint64_t kMost = 4 * static_cast<std::uint64_t>(kFirstCallBefore.count());
  return Duration(static_cast<std::int64_t>(std::min(micros, kMost)));
}

}  // namespace

WallTime call_due(const auction::Terms& terms, std::uint32_t call) {
  const Duration before = std::min(length_of(terms) / 4, kFirstCallBefore);
  return terms.end + -(call <= 1 ? before : before / 2);
}

std::string words_for_bid(const auction::BidRecord& bid) {
  constexpr std::size_t kRest = 32;
  std::string words = format(bid.amount);
  words.reserve(words.size() + bid.bidder.size() + kRest);
  words.append(" by ").append(bid.bidder).append(" (bid ").append(std::to_string(bid.ordinal)).append(")");
  return words;
}

std::string words_for_call(const AuctionBook& book, std::uint32_t call) {
  const std::string going = call <= 1 ? "going once" : "going twice";
  const auto* leading = book.leading();
  return leading ? going + " at " + format(leading->amount) : going + ", no bid yet";
}

std::string words_for_close(const auction::Outcome& outcome) {
  if (!outcome.winner) return "closed without a bid";
  return "sold to " + *outcome.winner + " for " + format(outcome.price) + " after " + std::to_string(outcome.bids) +
         (outcome.bids == 1 ? " bid" : " bids");
}

}  // namespace gavel
