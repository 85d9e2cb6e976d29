// The rules by which bids are judged, one implementation for each kind of auction. Rules keep no state of their own:
// they look at the book and say what a bid is worth. English: ascending open bids, each higher than the last by the
// increment.
#pragma once

#include "common/wire/services/auction.hpp"
#include "node/services/auction_book.hpp"

namespace gavel {

class AuctionRules {
 public:
  AuctionRules() = default;
  AuctionRules(const AuctionRules&) = delete;
  AuctionRules& operator=(const AuctionRules&) = delete;
  virtual ~AuctionRules() = default;

  /// The least amount that would be accepted next, while the auction is open.
  virtual Money enough(const AuctionBook& book) const = 0;
  /// What becomes of an amount in the right currency, while the auction is open.
  virtual auction::Verdict judge(const AuctionBook& book, Money amount) const = 0;
};

/// They live as long as the program.
const AuctionRules& rules_for(auction::Kind kind);

/// What becomes of a bid in this entry: what holds for every kind of auction (names, limits, times, currency), then the
/// rules of its kind.
auction::Verdict judge_bid(const AuctionBook& book, const Context& context, const auction::Bid& bid);

/// The verdict in words: what was wrong, and what would have been right; empty if the reply says it without
/// (auction::in_words).
std::string explain(auction::Verdict verdict, const AuctionBook& book, const auction::Bid& bid);

}  // namespace gavel
