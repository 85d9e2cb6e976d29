// The state of one auction: its terms, the accepted bids with their audit chain, who takes part, how often bids were
// rejected and why, and how it ended. It records what it is told and checks that it fits; whether a bid is good is for
// the rules to say (auction_rules.hpp).
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/wire/services/auction.hpp"
#include "node/services/bid_history.hpp"
#include "node/services/records.hpp"
#include "node/services/service.hpp"

namespace gavel {

/// Participants of one auction at a time.
inline constexpr std::size_t kMaxParticipants = 10'000;
/// Accepted bids of one auction.
inline constexpr std::size_t kMaxBids = 1'000'000;

class AuctionBook {
 public:
  /// The terms are sound: prices from 0 and increments from 1 minor unit up to kMaxAmount, in one currency.
  explicit AuctionBook(auction::Terms terms);

  const auction::Terms& terms() const { return terms_; }
  const BidHistory& bids() const { return bids_; }
  /// The last of the bids, if any.
  const auction::BidRecord* leading() const { return bids_.last(); }
  /// The leading bid, or the start price.
  Money price() const { return bids_.price(); }
  const std::set<std::string>& participants() const { return participants_; }
  const std::optional<auction::Outcome>& outcome() const { return outcome_; }
  Digest chain() const { return outcome_ ? outcome_->chain : bids_.chain(); }
  std::vector<auction::Rejections> rejections() const;

  /// Open on [start, end), until it is closed.
  bool has_started(WallTime now) const { return now >= terms_.start; }
  bool has_ended(WallTime now) const { return outcome_ || now >= terms_.end; }

  /// True if that is news.
  bool add_participant(const std::string& name) { return participants_.insert(name).second; }
  bool remove_participant(const std::string& name) { return participants_.erase(name) > 0; }
  /// The bid leads from now on: it is in the terms' currency, and higher than the one before.
  const auction::BidRecord& record(const Context& context, const auction::Bid& bid);
  void count_rejection(auction::Verdict verdict) { ++rejected_[static_cast<std::size_t>(verdict)]; }
  /// It is not closed yet.
  const auction::Outcome& close(const Context& context);

  void append_to(RopeBuilder& snapshot) const;
  /// Reads what append_to wrote. Error: malformed, of an auction with other terms, or the audit chain does not hold.
  static Result<AuctionBook> read_from(RecordReader& reader, const auction::Terms& terms);

 private:
  auction::Terms terms_;
  BidHistory bids_;
  std::set<std::string> participants_;
  std::array<std::uint64_t, auction::kVerdicts> rejected_{};
  std::optional<auction::Outcome> outcome_;
};

}  // namespace gavel
