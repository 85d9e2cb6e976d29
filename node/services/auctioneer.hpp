// What the auctioneer says in an auction's room, in which words and at which moment: each new highest bid, going once
// and going twice before the end, and how it ended. Pure leaves: they look at the auction's book.
#pragma once

#include <cstdint>
#include <string>

#include "common/wire/services/auction.hpp"
#include "node/services/auction_book.hpp"

namespace gavel {

/// Going once, and going twice.
inline constexpr std::uint32_t kCalls = 2;
/// So long before the end the first call is made, if the auction is four times as long or longer.
inline constexpr Duration kFirstCallBefore = std::chrono::seconds(10);

/// When the first or second call is due: a quarter of the auction's length before its end, kFirstCallBefore at most,
/// and at half of that.
WallTime call_due(const auction::Terms& terms, std::uint32_t call);

/// "25.00 EUR by ann (bid 3)"
std::string words_for_bid(const auction::BidRecord& bid);
/// "going twice at 25.00 EUR", "going once, no bid yet"
std::string words_for_call(const AuctionBook& book, std::uint32_t call);
/// "sold to ann for 130.00 EUR after 12 bids", "closed without a bid"
std::string words_for_close(const auction::Outcome& outcome);

}  // namespace gavel
