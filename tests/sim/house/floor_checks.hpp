// What must hold of what the auctioneer says in an auction's room: bids in their order, each one once; going once and
// going twice at most once each, in that order and before the end; the end exactly once, and as the auction has it (7).
#pragma once

#include <optional>
#include <vector>

#include "common/wire/services/auction.hpp"
#include "node/services/room_book.hpp"
#include "tests/sim/house/room_checks.hpp"

namespace gavel::sim {

/// In the end, of an auction with these bids. Throws a Violation.
void check_floor(const RoomChecks& room, const std::vector<auction::BidRecord>& bids,
                 const std::optional<auction::Outcome>& outcome);

/// A replica holds the room of an auction with these bids: the last ones that it keeps are the last ones of all.
void check_kept_bids(Uid node, const RoomBook& room, const std::vector<auction::BidRecord>& bids);

}  // namespace gavel::sim
