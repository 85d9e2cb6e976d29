// The audit chain of an auction: a digest over its terms, then over each accepted bid in order, then over the close.
// Who holds the terms, the history and the outcome, from whatever replica, can recompute it and see that nothing was
// left out, added, changed or swapped. It detects accidents; against forgers it is as good as the one who keeps its
// last link.
#pragma once

#include <span>

#include "common/base/digest.hpp"
#include "common/wire/services/auction.hpp"

namespace gavel::auction {

inline Digest chain_start(const Terms& terms) { return digest_of(wire::encode(terms)); }

/// The link for `bid` after `before`; what stands in `bid.chain` does not count.
inline Digest chain_next(Digest before, const BidRecord& bid) {
  if (!bid.chain) return digest_of(before, wire::encode(bid));
  BidRecord unchained = bid;
  unchained.chain = {};
  return digest_of(before, wire::encode(unchained));
}

/// The last link; what stands in `outcome.chain` does not count.
inline Digest chain_close(Digest before, Outcome outcome) {
  outcome.chain = {};
  return digest_of(before, wire::encode(outcome));
}

/// Whether the outcome is what `bids` bids lead to, of which `last` is the last (null: there are none) and `chain` the
/// audit chain. Error: names the auction.
inline Result<void> verify_outcome(const Terms& terms, std::uint64_t bids, const BidRecord* last, Digest chain,
                                   const Outcome& outcome) {
  const bool fits = outcome.bids == bids && outcome.winner.has_value() == (last != nullptr) &&
                    (last == nullptr || (outcome.winner == last->bidder && outcome.price == last->amount));
  if (fits && outcome.chain == chain_close(chain, outcome)) return {};
  return fail("the outcome of " + terms.auction + " does not fit its " + std::to_string(bids) + " bids");
}

/// Recomputes the whole chain, and checks that the outcome is what the bids lead to. Error: names the first bid that
/// does not fit.
inline Result<void> verify_chain(const Terms& terms, std::span<const BidRecord> bids,
                                 const std::optional<Outcome>& outcome) {
  Digest chain = chain_start(terms);
  std::uint64_t ordinal = 0;
  for (const BidRecord& bid : bids) {
    chain = chain_next(chain, bid);
    if (bid.ordinal != ++ordinal || bid.chain != chain)
      return fail("the audit chain breaks at bid " + std::to_string(ordinal) + " of " + terms.auction);
  }
  if (!outcome) return {};
  return verify_outcome(terms, ordinal, bids.empty() ? nullptr : &bids.back(), chain, *outcome);
}

}  // namespace gavel::auction
