#include <catch2/catch.hpp>

#include "tools/bench/load/bidding.hpp"

using namespace gavel;
using namespace gavel::bench;

namespace {

directory::Auction lot(std::uint64_t group) {
  directory::Auction auction;
  auction.group = GroupId{group};
  auction.terms.start_price = {100, {}};
  auction.terms.increment = {5, {}};
  return auction;
}

auction::Bid bid_in(const Work::Request& request) {
  return std::get<auction::Bid>(*wire::decode_any<auction::Command>(request.body));
}

client::Outcome told(auction::BidReply reply) {
  client::Outcome outcome;
  outcome.kind = client::OutcomeKind::ok;
  outcome.body = wire::encode_any(auction::Reply(std::move(reply)));
  return outcome;
}

}  // namespace

TEST_CASE("bidding: a bid has the wanted size as far as its fields allow") {
  const auto size_of = [](std::size_t wanted) {
    return wire::encode_any(auction::Command(bid_of_size(wanted, "ann", {100, {}}))).size();
  };
  CHECK(size_of(60) == 60);
  CHECK(size_of(1) == wire::encode_any(auction::Command(auction::Bid{"ann", {100, {}}})).size());
  CHECK(bid_of_size(4096, "ann", {}).bidder.size() == auction::kMaxName);
}

TEST_CASE("bidding: in a race, each bids what it was told is enough") {
  Bidding bidding({}, {lot(7)}, 2);
  auction::BidReply reply;
  reply.verdict = auction::Verdict::too_low;
  reply.enough = Money{500, {}};
  CHECK(bidding.judge(1, told(reply)) == Judged::refused);
  CHECK(bid_in(bidding.next(1)).amount.minor >= 500);
  CHECK(bid_in(bidding.next(0)).amount.minor < 500);
}

TEST_CASE("bidding: rising amounts rise over all bidders of an auction") {
  Bidding bidding({Amounts::rising, 128}, {lot(7), lot(8)}, 4);
  std::int64_t last = 0;
  for (const std::size_t client : {0U, 2U, 0U, 2U}) {
    const auto request = bidding.next(client);
    CHECK(request.group == GroupId{7});
    CHECK(bid_in(request).amount.minor > last);
    last = bid_in(request).amount.minor;
  }
  CHECK(bidding.next(1).group == GroupId{8});
}

TEST_CASE("bidding: an auction that is nearly full is replaced once, whatever answers still come from it") {
  Bidding bidding({Amounts::rising, 128}, {lot(7)}, 1);
  int asked = 0;
  bidding.on_nearly_full = [&](std::size_t) { ++asked; };
  auction::BidReply reply;
  reply.ordinal = 1;
  CHECK(bidding.judge(0, told(reply)) == Judged::accepted);
  reply.ordinal = 900'000;
  bidding.judge(0, told(reply));
  bidding.judge(0, told(reply));
  CHECK(asked == 1);
  bidding.replace(0, lot(9));
  bidding.judge(0, told(reply));
  CHECK(asked == 1);
  CHECK(bidding.next(0).group == GroupId{9});
}

TEST_CASE("bidding: what was not decided has failed") {
  Bidding bidding({}, {lot(7)}, 1);
  client::Outcome outcome;
  outcome.kind = client::OutcomeKind::unknown;
  CHECK(bidding.judge(0, outcome) == Judged::failed);
  outcome.kind = client::OutcomeKind::ok;
  outcome.body = "nonsense";
  CHECK(bidding.judge(0, outcome) == Judged::failed);
}
