// The auction as a replicated service: commands in, verdicts out, events for those who watch. Order decides: what comes
// earlier wins a tie, and whether a bid came in time is a matter of its entry's time alone, so it is the same on every
// replica. The state is in the book, the judgement in the rules; here they meet.
#pragma once

#include <optional>
#include <utility>

#include "common/wire/services/auction.hpp"
#include "node/services/auction_book.hpp"
#include "node/services/service.hpp"

namespace gavel {

class AuctionService {
 public:
  /// The terms are those that the directory fixed: prices from 0 and increments from 1 minor unit up to kMaxAmount, in
  /// one currency.
  explicit AuctionService(auction::Terms terms);
  /// One that goes on from there: its book as a larger snapshot had it, and the digest that it had.
  AuctionService(AuctionBook book, Digest digest) : book_(std::move(book)), digest_(digest) {}

  Bytes apply(const Context& context, BytesView command, Events& events);
  Bytes query(BytesView question) const;

  /// The end, until the auction is closed.
  std::optional<WallTime> next_deadline() const;
  Bytes deadline_command() const;

  Rope snapshot() const;
  /// Error: malformed, broken, or of another auction; the state is as before.
  Result<void> restore(BytesView snapshot);
  Digest digest() const { return digest_; }

  const AuctionBook& book() const { return book_; }

 private:
  auction::Reply execute(const Context& context, BytesView bytes, Events& events);
  auction::Reply on_join(const Context& context, const auction::Join& join, Events& events);
  auction::Reply on_leave(const auction::Leave& leave, Events& events);
  auction::Reply on_bid(const Context& context, const auction::Bid& bid, Events& events);
  auction::Reply on_close(const Context& context, Events& events);
  void welcome(const std::string& name, Events& events);
  auction::Summary summary() const;
  auction::History history(const auction::AskHistory& ask) const;

  AuctionBook book_;
  Digest digest_;
};

static_assert(Service<AuctionService>);

}  // namespace gavel
