#include <algorithm>

#include "common/wire/services/auction_chain.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/house/house_checks.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

void AuctionChecks::holds(Uid node, const std::vector<auction::BidRecord>& bids, std::size_t seen) {
  for (auto i = seen; i < bids.size(); ++i) {
    const auto& bid = bids[i];
    const auto name = "bid " + std::to_string(i + 1);
    if (i < bids_.size()) {
      if (bids_[i].fields() != bid.fields())
        throw Violation(Invariant::total_order, show(node) + " holds another " + name);
      continue;
    }
    if (bid.ordinal != i + 1)
      throw Violation(Invariant::total_order, name + " is numbered " + std::to_string(bid.ordinal));
    if (!bids_.empty() && bid.amount.minor <= bids_.back().amount.minor)
      throw Violation(Invariant::linearizability, name + " does not beat the one before");
    if (!counted_.emplace(bid.session, bid.request).second)
      throw Violation(Invariant::exactly_once, name + " is a request that counted before");
    bids_.push_back(bid);
  }
}

void AuctionChecks::told(std::int64_t begun_at, SessionId session, RequestNumber number, const auction::Bid& bid,
                         const auction::BidReply& reply) {
  if (reply.verdict == auction::Verdict::accepted) {
    known_.command_ends("a bid", begun_at, bid.amount.minor);
    const auto [it, fresh] = told_.try_emplace(reply.ordinal, Told{session, number, bid.amount.minor});
    if (!fresh)
      throw Violation(Invariant::exactly_once, "two bids were told that they are bid " + std::to_string(reply.ordinal));
  } else if (reply.leader) {
    known_.read_ends(begun_at, reply.price.minor, reply.price.minor);
  }
}

void AuctionChecks::read(std::int64_t begun_at, std::int64_t amount) { known_.read_ends(begun_at, amount, amount); }

void AuctionChecks::heard(std::size_t watcher, const auction::BidRecord& bid, bool gap) {
  auto& last = heard_[watcher];
  if (bid.ordinal <= last)
    throw Violation(Invariant::exactly_once, "a watcher hears twice of bid " + std::to_string(bid.ordinal));
  if (!gap && bid.ordinal != last + 1)
    throw Violation(Invariant::total_order,
                    "a watcher hears of bid " + std::to_string(bid.ordinal) + " after bid " + std::to_string(last));
  if (bid.ordinal <= bids_.size() && bids_[bid.ordinal - 1].fields() != bid.fields())
    throw Violation(Invariant::total_order, "a watcher hears of another bid " + std::to_string(bid.ordinal));
  last = bid.ordinal;
}

void AuctionChecks::ended(Uid node, const auction::Outcome& outcome) {
  if (!outcome_) outcome_ = outcome;
  if (outcome_->fields() != outcome.fields())
    throw Violation(Invariant::total_order, show(node) + " holds another outcome");
}

void AuctionChecks::ends_with(Uid node, const auction::Terms& terms, const std::vector<auction::BidRecord>& bids,
                              const std::optional<auction::Outcome>& outcome) const {
  const auto verified = auction::verify_chain(terms, bids, outcome);
  if (!verified) throw Violation(Invariant::total_order, show(node) + ": " + verified.error().message);
  for (const auto& [ordinal, told] : told_) {
    if (ordinal == 0 || ordinal > bids.size())
      throw Violation(Invariant::durability,
                      show(node) + " lacks bid " + std::to_string(ordinal) + ", which was acknowledged");
    const auto& bid = bids[ordinal - 1];
    if (bid.session != told.session || bid.request != told.number || bid.amount.minor != told.amount)
      throw Violation(Invariant::durability,
                      show(node) + " holds another bid " + std::to_string(ordinal) + " than the acknowledged one");
  }
}

}  // namespace gavel::sim
