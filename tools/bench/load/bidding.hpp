// Bids, as work for a load: every client bids for one of the auctions under a name of its own. `race`: what the last
// answer said would be enough, and a bit more at random, so that whoever comes late is refused, as in a real sale;
// `rising`: more than anybody bade before, so that nearly all are accepted if they come through one gateway.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/money.hpp"
#include "common/base/random.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/directory.hpp"
#include "tools/bench/load/work.hpp"

namespace gavel::bench {

enum class Amounts : std::uint8_t { race, rising };

struct BiddingOptions {
  Amounts amounts = Amounts::race;
  /// Bytes of a bid's command body; as far as its fields can be made longer.
  std::size_t size = 128;
};

/// A bid of that size, or as near to it as its fields allow.
auction::Bid bid_of_size(std::size_t size, const std::string& bidder, Money amount);

class Bidding final : public Work {
 public:
  Bidding(const BiddingOptions& options, const std::vector<directory::Auction>& auctions, std::size_t clients);

  Request next(std::size_t client) override;
  Judged judge(std::size_t client, const client::Outcome& outcome) override;

  /// An auction has taken nearly as many bids as it can hold: whoever bids for it goes on with another. Called once for
  /// each auction that fills up; answered by replace(), now or later.
  std::function<void(std::size_t auction)> on_nearly_full;
  void replace(std::size_t auction, const directory::Auction& with);

  /// Answers by what the auction said, from `accepted` on.
  const std::vector<std::uint64_t>& verdicts() const { return verdicts_; }
  std::size_t body_size() const { return body_size_; }

 private:
  struct Lot {
    directory::Auction auction;
    std::int64_t highest = 0;
    /// Of an auction that was replaced late answers come, with ordinals that are not this one's.
    bool answered = false;
    bool nearly_full = false;
  };
  struct Bidder {
    std::string name;
    std::size_t lot = 0;
    std::int64_t enough = 0;
  };

  BiddingOptions options_;
  std::vector<Lot> lots_;
  std::vector<Bidder> bidders_;
  std::vector<std::uint64_t> verdicts_;
  Random random_;
  std::size_t body_size_ = 0;
};

}  // namespace gavel::bench
