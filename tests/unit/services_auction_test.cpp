#include <catch2/catch.hpp>

#include "common/wire/services/auction_chain.hpp"
#include "common/wire/services/auction_words.hpp"
#include "tests/unit/services_driver.hpp"

namespace gavel {
namespace {

using namespace auction;

struct House : Driver<AuctionPlay> {
  BidReply bid(const std::string& bidder, Money amount) { return expect<BidReply>(Bid{bidder, amount}); }
  Verdict verdict(const std::string& bidder, Money amount) { return bid(bidder, amount).verdict; }
};

TEST_CASE("the first bid wins at the start price, the next ones by the increment") {
  House house;
  CHECK(house.verdict("ada", eur(9999)) == Verdict::too_low);
  CHECK(house.verdict("ada", eur(10000)) == Verdict::accepted);
  CHECK(house.verdict("bob", eur(10000)) == Verdict::too_low);
  CHECK(house.verdict("bob", eur(10499)) == Verdict::below_increment);
  CHECK(house.verdict("bob", eur(10500)) == Verdict::accepted);
  CHECK(house.verdict("ada", eur(99999)) == Verdict::accepted);
}

TEST_CASE("earlier in the order wins a tie") {
  House house;
  CHECK(house.verdict("ada", eur(12000)) == Verdict::accepted);
  const auto late = house.bid("bob", eur(12000));
  CHECK(late.verdict == Verdict::too_low);
  CHECK(late.leader == "ada");
}

TEST_CASE("every verdict tells what would have been enough, who leads, and where in the order it was given") {
  House house;
  const auto first = house.bid("ada", eur(12000));
  CHECK(first.slot == Slot{1});
  CHECK(first.ordinal == 1);
  CHECK(first.enough == eur(12500));
  CHECK(in_words(first, {"ada", eur(12000)}) == "accepted: ada leads with 120.00 EUR");
  const auto second = house.bid("bob", eur(12100));
  CHECK(second.verdict == Verdict::below_increment);
  CHECK(second.enough == eur(12500));
  CHECK(second.leader == "ada");
  CHECK(second.price == eur(12000));
  CHECK(second.slot == Slot{2});
  CHECK(second.ordinal == 0);
  CHECK(in_words(second, {"bob", eur(12100)}) ==
        "121.00 EUR is not 5.00 EUR above the 120.00 EUR that lead, at least 125.00 EUR is needed");
  CHECK(in_words(house.bid("bob", eur(-500)), {"bob", eur(-500)}) ==
        "-5.00 EUR is not more than the 120.00 EUR of ada, at least 125.00 EUR is needed");
}

TEST_CASE("the auction is open from its start on, and until just before its end, in entry time") {
  House house;
  house.now = at_seconds(100) + Duration(-1);
  CHECK(house.verdict("ada", eur(10000)) == Verdict::not_open);
  house.now = at_seconds(100);
  CHECK(house.verdict("ada", eur(10000)) == Verdict::accepted);
  house.now = at_seconds(200) + Duration(-1);
  CHECK(house.verdict("ada", eur(11000)) == Verdict::accepted);
  house.now = at_seconds(200);
  const auto late = house.bid("bob", eur(99000));
  CHECK(late.verdict == Verdict::closed);
  CHECK_FALSE(late.enough.has_value());
}

TEST_CASE("what is wrong with a bidder, a currency or a limit has a verdict of its own") {
  House house;
  CHECK(house.verdict("selma", eur(10000)) == Verdict::own_item);
  const auto dollars = house.bid("ada", {10000, Currency::parse("USD").value()});
  CHECK(dollars.verdict == Verdict::wrong_currency);
  CHECK(dollars.message == "this auction is in EUR, not in USD; at least 100.00 EUR is needed");
  CHECK(house.verdict("", eur(10000)) == Verdict::bad_name);
  CHECK(house.verdict("a\nb", eur(10000)) == Verdict::bad_name);
  CHECK(house.verdict("\xff", eur(10000)) == Verdict::bad_name);
  CHECK(house.verdict(std::string(kMaxName + 1, 'a'), eur(10000)) == Verdict::limit_exceeded);
  CHECK(house.verdict(std::string(kMaxName, 'a'), eur(10000)) == Verdict::accepted);
  CHECK(house.verdict("ada", eur(kMaxAmount + 1)) == Verdict::limit_exceeded);
  CHECK(house.verdict("ada", eur(std::numeric_limits<std::int64_t>::max())) == Verdict::limit_exceeded);
  CHECK(house.verdict("ada", eur(std::numeric_limits<std::int64_t>::min())) == Verdict::too_low);
  CHECK(house.verdict("ada", eur(kMaxAmount)) == Verdict::accepted);
  CHECK(house.bid("bob", eur(kMaxAmount)).enough == eur(kMaxAmount + 500));
}

TEST_CASE("the close is an entry: without effect before the end, final at the first one after it") {
  House house;
  house.bid("ada", eur(10000));
  house.events.clear();
  CHECK(house.machine.next_deadline() == at_seconds(200));
  house.now = at_seconds(200) + Duration(-1);
  CHECK_FALSE(house.expect<CloseReply>(Close{}).outcome.has_value());
  house.now = at_seconds(200);
  Events pushed;
  house.machine.apply({Slot{9}, house.now, {}, {}}, house.machine.deadline_command(), pushed);
  REQUIRE(pushed.size() == 1);
  const auto told = wire::decode_any<Event>(pushed[0].body);
  const auto outcome = std::get<Closed>(told.value()).outcome;
  CHECK(outcome.winner == "ada");
  CHECK(outcome.price == eur(10000));
  CHECK(outcome.bids == 1);
  CHECK(outcome.slot == Slot{9});
  CHECK(outcome.closed_at == at_seconds(200));
  CHECK_FALSE(house.machine.next_deadline().has_value());
  CHECK(house.expect<CloseReply>(Close{}).outcome->slot == Slot{9});
  CHECK(house.events.empty());
  CHECK(house.ask<ResultAnswer>(AskResult{}).outcome->winner == "ada");
}

TEST_CASE("an auction without bids closes without a winner") {
  House house;
  CHECK_FALSE(house.ask<ResultAnswer>(AskResult{}).outcome.has_value());
  house.now = at_seconds(300);
  const auto outcome = house.expect<CloseReply>(Close{}).outcome;
  REQUIRE(outcome.has_value());
  CHECK_FALSE(outcome->winner.has_value());
  CHECK(outcome->bids == 0);
}

TEST_CASE("those who watch hear of each new highest bid, of who comes and goes, and of nothing else") {
  House house;
  CHECK(house.expect<Presence>(Join{"ada"}).present);
  CHECK(house.told<Joined>().at(0).participants == 1);
  house.bid("ada", eur(10000));
  const auto highest = house.told<NewHighest>();
  REQUIRE(highest.size() == 1);
  CHECK(highest[0].auction == "lot-7");
  CHECK(highest[0].bid.bidder == "ada");
  CHECK(highest[0].bid.session == SessionId{7});
  CHECK(highest[0].bid.request == RequestNumber{2});
  house.bid("bob", eur(10000));
  house.expect<Presence>(Join{"ada"});
  house.expect<Presence>(Leave{"carl"});
  CHECK(house.events.empty());
  const auto gone = house.expect<Presence>(Leave{"ada"});
  CHECK_FALSE(gone.present);
  CHECK(gone.message == "'ada' has left; the leading bid of 100.00 EUR stands");
  CHECK(house.told<Left>().at(0).name == "ada");
}

TEST_CASE("a bid that is accepted makes its bidder a participant, one that is not does not") {
  House house;
  house.bid("ada", eur(1));
  CHECK(house.machine.book().participants().empty());
  house.bid("ada", eur(10000));
  CHECK(house.machine.book().participants().contains("ada"));
  REQUIRE(house.events.size() == 2);
  CHECK(std::holds_alternative<Joined>(house.events[0]));
  CHECK(std::holds_alternative<NewHighest>(house.events[1]));
}

TEST_CASE("nobody joins an auction that has ended, or under a name that is none") {
  House house;
  CHECK(house.expect<Presence>(Join{""}).verdict == Verdict::bad_name);
  CHECK(house.expect<Presence>(Join{std::string(kMaxName + 1, 'x')}).verdict == Verdict::limit_exceeded);
  house.now = at_seconds(200);
  const auto late = house.expect<Presence>(Join{"ada"});
  CHECK(late.verdict == Verdict::closed);
  CHECK_FALSE(late.present);
}

TEST_CASE("show tells the terms, the lead, the least next bid, and how often bids were rejected and why") {
  House house;
  house.bid("ada", eur(10000));
  house.bid("bob", eur(10000));
  house.bid("bob", eur(10001));
  house.bid("bob", eur(10002));
  const auto summary = house.ask<Summary>(AskShow{});
  CHECK(summary.terms.auction == "lot-7");
  CHECK(summary.leading->bidder == "ada");
  CHECK(summary.enough == eur(10500));
  CHECK(summary.bids == 1);
  CHECK(summary.present == std::vector<std::string>{"ada"});
  REQUIRE(summary.rejections.size() == 2);
  CHECK(summary.rejections[0].verdict == Verdict::too_low);
  CHECK(summary.rejections[1].count == 2);
}

TEST_CASE("the history is read in pages, whatever is asked for") {
  House house;
  for (int i = 0; i < 300; ++i) REQUIRE(house.verdict("ada", eur(10000 + 500 * i)) == Verdict::accepted);
  CHECK(house.ask<History>(AskHistory{1, 10}).bids.size() == 10);
  CHECK(house.ask<History>(AskHistory{0, 1}).bids[0].ordinal == 1);
  CHECK(house.ask<History>(AskHistory{1, 4'000'000'000}).bids.size() == kMaxPage);
  const auto rest = house.ask<History>(AskHistory{257, kMaxPage});
  CHECK(rest.total == 300);
  CHECK(rest.bids.size() == 44);
  CHECK(rest.bids[0].ordinal == 257);
  CHECK(house.ask<History>(AskHistory{~std::uint64_t{0}, 1}).bids.empty());
}

TEST_CASE("the audit chain holds for what happened, and for nothing else") {
  House house;
  for (int i = 0; i < 5; ++i) house.bid(i % 2 == 0 ? "ada" : "bob", eur(10000 + 500 * i));
  house.now = at_seconds(200);
  const auto outcome = house.expect<CloseReply>(Close{}).outcome;
  const auto bids = house.machine.book().bids().all();
  CHECK(verify_chain(lot_7(), bids, outcome).has_value());
  auto changed = bids;
  changed[2].amount = eur(10999);
  CHECK(verify_chain(lot_7(), changed, outcome).error().message == "the audit chain breaks at bid 3 of lot-7");
  auto swapped = bids;
  std::swap(swapped[1], swapped[2]);
  CHECK_FALSE(verify_chain(lot_7(), swapped, outcome).has_value());
  auto shortened = bids;
  shortened.pop_back();
  CHECK_FALSE(verify_chain(lot_7(), shortened, outcome).has_value());
  auto stolen = outcome.value();
  stolen.winner = "bob";
  CHECK_FALSE(verify_chain(lot_7(), bids, stolen).has_value());
  auto terms = lot_7();
  terms.seller = "someone else";
  CHECK_FALSE(verify_chain(terms, bids, outcome).has_value());
}

TEST_CASE("an auction goes on from its snapshot as if nothing had been") {
  House house;
  house.bid("ada", eur(10000));
  house.bid("bob", eur(10000));
  house.expect<Presence>(Join{"carl"});
  House other;
  REQUIRE(other.machine.restore(*house.machine.snapshot().joined()).has_value());
  other.slot = house.slot;
  CHECK(other.shown() == house.shown());
  CHECK(other.machine.digest() == house.machine.digest());
  CHECK(other.machine.snapshot() == house.machine.snapshot());
  house.bid("bob", eur(20000));
  other.bid("bob", eur(20000));
  CHECK(other.machine.digest() == house.machine.digest());
  CHECK(other.machine.snapshot() == house.machine.snapshot());
}

TEST_CASE("an auction of many bids is the same after it was restored, page for page") {
  House house;
  constexpr int kBids = 2 * static_cast<int>(kBidsPerChunk) + 100;
  for (int i = 0; i < kBids; ++i) house.bid(i % 3 == 0 ? "ada" : "bob", eur(10000 + 500 * i));
  REQUIRE(house.machine.book().bids().size() == kBids);
  const Bytes good = *house.machine.snapshot().joined();
  House other;
  REQUIRE(other.machine.restore(good).has_value());
  CHECK(other.shown() == house.shown());
  for (std::uint64_t from = 1; from <= kBids + 1; from += 200) {
    const auto here = house.ask<History>(AskHistory{from, kMaxPage});
    const auto there = other.ask<History>(AskHistory{from, kMaxPage});
    REQUIRE(wire::encode(here) == wire::encode(there));
    REQUIRE((here.bids.empty() || here.bids.front().ordinal == from));
  }
  const Rope before = other.machine.snapshot();
  for (std::size_t at = good.size() / 10; at + 100 < good.size(); at += good.size() / 10) {  // within the bids
    Bytes changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_FALSE(other.machine.restore(changed).has_value());
    CHECK_FALSE(other.machine.restore(BytesView(good).substr(0, at)).has_value());
  }
  CHECK(other.machine.snapshot() == before);
}

TEST_CASE("a broken snapshot, or that of another auction, is refused and changes nothing") {
  House house;
  house.bid("ada", eur(10000));
  const Bytes good = *house.machine.snapshot().joined();
  House other;
  other.bid("bob", eur(30000));
  const Rope before = other.machine.snapshot();
  for (std::size_t length = 0; length < good.size(); ++length)
    REQUIRE_FALSE(other.machine.restore(BytesView(good).substr(0, length)).has_value());
  CHECK_FALSE(other.machine.restore(good + "x").has_value());
  auto terms = lot_7();
  terms.auction = "lot-8";
  CHECK(AuctionService(terms).restore(good).error().message == "a snapshot of another auction than lot-8");
  CHECK(other.machine.snapshot() == before);
}

TEST_CASE("bytes that are no command are refused in words, and still count in the digest") {
  House house;
  const auto before = house.machine.digest();
  for (const char* garbage : {"", "garbage", "\x92\x63\x90", "\x92\xcc\x98\x91\xc0"}) {
    const auto reply = wire::decode_any<Reply>(house.bytes(garbage));
    CHECK(std::get<Refused>(reply.value()).message.starts_with("not a command of an auction: "));
  }
  CHECK(house.machine.digest() != before);
  CHECK(house.events.empty());
  const auto answer = wire::decode_any<Answer>(house.machine.query("garbage"));
  CHECK(std::get<Refused>(answer.value()).message.starts_with("not a question to an auction: "));
}

TEST_CASE("a digest tells apart what was done, by whom, when and where") {
  House house;
  House same;
  House later;
  later.now = later.now + Duration(1);
  House other_slot;
  ++other_slot.slot;
  for (House* each : {&house, &same, &later, &other_slot}) each->bid("ada", eur(10000));
  CHECK(house.machine.digest() == same.machine.digest());
  CHECK(house.machine.digest() != later.machine.digest());
  CHECK(house.machine.digest() != other_slot.machine.digest());
}

}  // namespace
}  // namespace gavel
