#include "node/services/auction_rules.hpp"

#include "common/base/check.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

using auction::Verdict;

class EnglishRules final : public AuctionRules {
 public:
  Money enough(const AuctionBook& book) const override {
    if (book.leading() == nullptr) return book.terms().start_price;
    const auto next = checked_add(book.price(), book.terms().increment);
    GAVEL_CHECK(next.has_value(), "accepted amounts and increments are limited, so that their sum fits");
    return *next;
  }
  Verdict judge(const AuctionBook& book, Money amount) const override {
    if (amount.minor >= enough(book).minor) return Verdict::accepted;
    const bool above_price = book.leading() != nullptr && amount.minor > book.price().minor;
    return above_price ? Verdict::below_increment : Verdict::too_low;
  }
};

bool over_limit(const AuctionBook& book, const auction::Bid& bid) {
  return bid.bidder.size() > auction::kMaxName || bid.amount.minor > auction::kMaxAmount ||
         book.bids().size() >= kMaxBids ||
         (book.participants().size() >= kMaxParticipants && !book.participants().contains(bid.bidder));
}

std::string which_limit(const AuctionBook& book, const auction::Bid& bid) {
  if (bid.bidder.size() > auction::kMaxName)
    return "the name has " + std::to_string(bid.bidder.size()) + " bytes, at most " +
           std::to_string(auction::kMaxName) + " are allowed";
  const Money most{auction::kMaxAmount, book.terms().start_price.currency};
  if (bid.amount.minor > most.minor) return format(bid.amount) + " is more than a bid may be, at most " + format(most);
  if (book.bids().size() >= kMaxBids) return "the auction has as many bids as it can hold";
  return "the auction has as many participants as it can hold, " + std::to_string(kMaxParticipants);
}

}  // namespace

const AuctionRules& rules_for(auction::Kind kind) {
  static const EnglishRules kEnglish;
  GAVEL_CHECK(kind == auction::Kind::english, "a kind of auction without rules");
  return kEnglish;
}

Verdict judge_bid(const AuctionBook& book, const Context& context, const auction::Bid& bid) {
  if (bid.bidder.size() <= auction::kMaxName && !is_plain_text(bid.bidder, 1, auction::kMaxName))
    return Verdict::bad_name;
  if (!book.has_started(context.time)) return Verdict::not_open;
  if (book.has_ended(context.time)) return Verdict::closed;
  if (bid.bidder == book.terms().seller) return Verdict::own_item;
  if (bid.amount.currency != book.terms().start_price.currency) return Verdict::wrong_currency;
  if (over_limit(book, bid)) return Verdict::limit_exceeded;
  return rules_for(book.terms().kind).judge(book, bid.amount);
}

std::string explain(Verdict verdict, const AuctionBook& book, const auction::Bid& bid) {
  const auto& terms = book.terms();
  switch (verdict) {
    case Verdict::accepted:
    case Verdict::too_low:
    case Verdict::below_increment:
      return {};
    case Verdict::not_open:
      return "the auction has not started yet";
    case Verdict::closed:
      return "the auction has ended";
    case Verdict::own_item:
      return bid.bidder + " sells this item, and cannot bid for it";
    case Verdict::wrong_currency:
      return "this auction is in " + std::string(terms.start_price.currency.code()) + ", not in " +
             std::string(bid.amount.currency.code()) + "; at least " + format(rules_for(terms.kind).enough(book)) +
             " is needed";
    case Verdict::limit_exceeded:
      return which_limit(book, bid);
    case Verdict::bad_name:
      return quoted(bid.bidder) + " is no name: 1 to " + std::to_string(auction::kMaxName) +
             " bytes of UTF-8, no control characters, no space at either end";
    case Verdict::unknown_auction:
    case Verdict::busy:
      break;
  }
  return std::string(words_for(verdict));
}

}  // namespace gavel
