#include <catch2/catch.hpp>

#include "common/wire/services/auction_chain.hpp"
#include "tests/property/services_plays.hpp"

namespace gavel {
namespace {

using namespace auction;

/// Open already, and for about as long as a play takes.
Driver<AuctionPlay> house() { return {}; }

TEST_CASE("whatever clients send to an auction") {
  rc::prop("each accepted bid is higher than the last by the increment, the first not below the start price", [] {
    auto driver = house();
    play(driver, *steps_of(auction_command()));
    std::int64_t least = lot_7().start_price.minor;
    for (const auto& bid : driver.machine.book().bids().all()) {
      RC_ASSERT(bid.amount.minor >= least);
      RC_ASSERT(bid.amount.currency == lot_7().start_price.currency);
      RC_ASSERT(bid.bidder != lot_7().seller);
      RC_ASSERT(bid.time >= lot_7().start && bid.time < lot_7().end);
      least = bid.amount.minor + lot_7().increment.minor;
    }
  });

  rc::prop("what was answered with accepted is what the history holds and what was told, no more and no less", [] {
    auto driver = house();
    std::vector<std::uint64_t> acknowledged;
    std::uint64_t rejected = 0;
    for (const auto& [pause, bytes] : *steps_of(auction_command())) {
      driver.now = driver.now + pause;
      const auto reply = wire::decode_any<Reply>(driver.bytes(bytes)).value();
      if (const auto* bid = std::get_if<BidReply>(&reply)) {
        if (bid->verdict == Verdict::accepted)
          acknowledged.push_back(driver.slot.value);
        else
          ++rejected;
      }
    }
    std::vector<std::uint64_t> held;
    for (const auto& bid : driver.machine.book().bids().all()) held.push_back(bid.slot.value);
    std::vector<std::uint64_t> told;
    for (const auto& event : driver.events)
      if (const auto* highest = std::get_if<NewHighest>(&event)) told.push_back(highest->bid.slot.value);
    std::uint64_t counted = 0;
    for (const auto& each : driver.machine.book().rejections()) counted += each.count;
    RC_ASSERT(held == acknowledged);
    RC_ASSERT(told == acknowledged);
    RC_ASSERT(counted == rejected);
  });

  rc::prop("the audit chain holds at every point", [] {
    auto driver = house();
    play(driver, *steps_of(auction_command()));
    const auto& book = driver.machine.book();
    RC_ASSERT(verify_chain(book.terms(), book.bids().all(), book.outcome()).has_value());
  });

  rc::prop("it closes once, at or after its end, and nothing changes the result", [] {
    auto driver = house();
    play(driver, *steps_of(auction_command()));
    driver.now = std::max(driver.now, lot_7().end);
    const auto first = driver.expect<CloseReply>(Close{}).outcome;
    RC_ASSERT(first.has_value());
    RC_ASSERT(first->closed_at >= lot_7().end);
    const auto result = driver.machine.book().chain();
    play(driver, *steps_of(auction_command()));
    RC_ASSERT(driver.machine.book().chain() == result);
    const auto closes = std::count_if(driver.events.begin(), driver.events.end(),
                                      [](const Event& event) { return std::holds_alternative<Closed>(event); });
    RC_ASSERT(closes == 1);
  });

  rc::prop("a replay gives the same state", [] { is_deterministic<AuctionPlay>(*steps_of(auction_command())); });
  rc::prop("it goes on from a snapshot taken anywhere as if nothing had been",
           [] { goes_on_from_a_snapshot<AuctionPlay>(*steps_of(auction_command())); });
  rc::prop("a spoilt snapshot does no harm",
           [] { survives_a_spoilt_snapshot<AuctionPlay>(*steps_of(auction_command())); });

  rc::prop("a question is answered, whatever it is", [](const Bytes& question) {
    auto driver = house();
    RC_ASSERT(wire::decode_any<Answer>(driver.machine.query(question)).has_value());
  });
}

}  // namespace
}  // namespace gavel
