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
  Digest chain;  ///< up to the last bid
  std::uint64_t participants = 0;
  std::vector<auction::Rejections> rejections;
  std::optional<auction::Outcome> outcome;
  GAVEL_FIELDS(bids, chain, participants, rejections, outcome);
};

struct Participant {
  std::string name;
  GAVEL_FIELDS(name);
};

}  // namespace

AuctionBook::AuctionBook(auction::Terms terms) : terms_(std::move(terms)), bids_(terms_) {
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
  GAVEL_CHECK(bids_.empty() || bid.amount.minor > price().minor, "the price only rises");
  return bids_.append({0, context.slot, context.time, bid.bidder, bid.amount, context.session, context.number, {}});
}

const auction::Outcome& AuctionBook::close(const Context& context) {
  GAVEL_CHECK(!outcome_, "an auction closes once");
  auction::Outcome outcome{{}, {0, terms_.start_price.currency}, bids_.size(), context.slot, context.time, {}};
  if (const auto* best = leading()) {
    outcome.winner = best->bidder;
    outcome.price = best->amount;
  }
  outcome.chain = auction::chain_close(chain(), outcome);
  return outcome_.emplace(std::move(outcome));
}

void AuctionBook::append_to(RopeBuilder& snapshot) const {
  const BookHeader header{bids_.size(), bids_.chain(), participants_.size(), rejections(), outcome_};
  append_record(snapshot.text(), wire::encode(terms_));
  append_record(snapshot.text(), wire::encode(header));
  bids_.append_to(snapshot);
  for (const auto& name : participants_) append_record(snapshot.text(), wire::encode(Participant{name}));
}

Result<AuctionBook> AuctionBook::read_from(RecordReader& reader, const auction::Terms& terms) {
  const auto found = reader.next();
  if (!found) return tl::unexpected<Error>(found.error());
  if (*found != wire::encode(terms)) return fail("a snapshot of another auction than " + terms.auction);
  AuctionBook book(terms);
  const auto header = reader.next_as<BookHeader>();
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->bids > kMaxBids || header->participants > kMaxParticipants) return fail("the auction is over its limits");
  if (auto read = book.bids_.read_from(reader, header->bids); !read) return tl::unexpected<Error>(read.error());
  if (book.chain() != header->chain) return fail("the audit chain breaks among the last bids of " + terms.auction);
  for (std::uint64_t i = 0; i < header->participants; ++i) {
    auto participant = reader.next_as<Participant>();
    if (!participant) return tl::unexpected<Error>(participant.error());
    if (!book.add_participant(participant->name)) return fail("a participant stands in the snapshot twice");
  }
  for (const auto& rejected : header->rejections)
    book.rejected_[static_cast<std::size_t>(rejected.verdict)] = rejected.count;
  book.outcome_ = header->outcome;
  if (!book.outcome_) return book;
  const auto fits =
      auction::verify_outcome(terms, book.bids_.size(), book.leading(), book.bids_.chain(), *book.outcome_);
  if (!fits) return tl::unexpected<Error>(fits.error());
  return book;
}

}  // namespace gavel
