#include "node/services/auction_book.hpp"

#include <utility>

#include "common/base/check.hpp"
#include "common/wire/services/auction_chain.hpp"
#include "node/services/records.hpp"

namespace gavel {
namespace {

/// What a snapshot holds besides the terms, the bids and the participants, which follow it.
struct BookHeader {
  std::uint64_t bids = 0;
  std::uint64_t participants = 0;
  std::vector<auction::Rejections> rejections;
  std::optional<auction::Outcome> outcome;
  GAVEL_FIELDS(bids, participants, rejections, outcome);
};

struct Participant {
  std::string name;
  GAVEL_FIELDS(name);
};

}  // namespace

AuctionBook::AuctionBook(auction::Terms terms) : terms_(std::move(terms)), chain_(auction::chain_start(terms_)) {
  const Money start = terms_.start_price;
  const Money increment = terms_.increment;
  GAVEL_CHECK(start.currency == increment.currency, "an auction has one currency");
  GAVEL_CHECK(start.minor >= 0 && start.minor <= auction::kMaxAmount, "a start price within its limits");
  GAVEL_CHECK(increment.minor >= 1 && increment.minor <= auction::kMaxAmount, "an increment within its limits");
}

std::vector<auction::Rejections> AuctionBook::rejections() const {
  std::vector<auction::Rejections> all;
  for (std::size_t i = 0; i < rejected_.size(); ++i)
    if (rejected_[i] > 0) all.push_back({static_cast<auction::Verdict>(i), rejected_[i]});
  return all;
}

const auction::BidRecord& AuctionBook::record(const Context& context, const auction::Bid& bid) {
  GAVEL_CHECK(!outcome_, "no bid after the close");
  GAVEL_CHECK(bid.amount.currency == terms_.start_price.currency, "an auction has one currency");
  GAVEL_CHECK(bids_.empty() || bid.amount.minor > bids_.back().amount.minor, "the price only rises");
  auction::BidRecord record{bids_.size() + 1, context.slot,    context.time,   bid.bidder,
                            bid.amount,       context.session, context.number, {}};
  record.chain = chain_ = auction::chain_next(chain_, record);
  return bids_.emplace_back(std::move(record));
}

const auction::Outcome& AuctionBook::close(const Context& context) {
  GAVEL_CHECK(!outcome_, "an auction closes once");
  auction::Outcome outcome{{}, {0, terms_.start_price.currency}, bids_.size(), context.slot, context.time, {}};
  if (const auto* best = leading()) {
    outcome.winner = best->bidder;
    outcome.price = best->amount;
  }
  outcome.chain = chain_ = auction::chain_close(chain_, outcome);
  return outcome_.emplace(std::move(outcome));
}

void AuctionBook::append_to(Bytes& snapshot) const {
  append_record(snapshot, wire::encode(terms_));
  append_record(snapshot, wire::encode(BookHeader{bids_.size(), participants_.size(), rejections(), outcome_}));
  for (const auto& bid : bids_) append_record(snapshot, wire::encode(bid));
  for (const auto& name : participants_) append_record(snapshot, wire::encode(Participant{name}));
}

Result<AuctionBook> AuctionBook::read_from(RecordReader& reader, const auction::Terms& terms) {
  const auto found = reader.next();
  if (!found) return tl::unexpected<Error>(found.error());
  if (*found != wire::encode(terms)) return fail("a snapshot of another auction than " + terms.auction);
  AuctionBook book(terms);
  const auto header = reader.next_as<BookHeader>();
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->bids > kMaxBids || header->participants > kMaxParticipants) return fail("the auction is over its limits");
  for (std::uint64_t i = 0; i < header->bids; ++i) {
    auto bid = reader.next_as<auction::BidRecord>();
    if (!bid) return tl::unexpected<Error>(bid.error());
    if (bid->amount.currency != terms.start_price.currency || bid->amount.minor > auction::kMaxAmount ||
        bid->amount.minor < book.price().minor)
      return fail("bid " + std::to_string(i + 1) + " in the snapshot is none that the rules allow");
    book.bids_.push_back(*std::move(bid));
  }
  for (std::uint64_t i = 0; i < header->participants; ++i) {
    auto participant = reader.next_as<Participant>();
    if (!participant) return tl::unexpected<Error>(participant.error());
    if (!book.add_participant(participant->name)) return fail("a participant stands in the snapshot twice");
  }
  for (const auto& rejected : header->rejections)
    book.rejected_[static_cast<std::size_t>(rejected.verdict)] = rejected.count;
  book.outcome_ = header->outcome;
  if (auto held = auction::verify_chain(book.terms_, book.bids_, book.outcome_); !held)
    return tl::unexpected<Error>(held.error());
  if (!book.bids_.empty()) book.chain_ = book.bids_.back().chain;
  if (book.outcome_) book.chain_ = book.outcome_->chain;
  return book;
}

}  // namespace gavel
