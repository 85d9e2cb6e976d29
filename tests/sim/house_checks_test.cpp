// The house's checkers fire on histories that were broken by hand, and are silent on the same histories unbroken.
#include "tests/sim/house/house_checks.hpp"

#include <catch2/catch.hpp>

#include "common/order/applier.hpp"
#include "common/wire/archive.hpp"
#include "common/wire/services/auction_chain.hpp"
#include "node/host/service_machine.hpp"
#include "tests/sim/checkers/violation.hpp"

namespace gavel::sim {
namespace {

constexpr Uid kA{1};
constexpr Uid kB{2};

template <class Action>
void fires(Invariant invariant, Action action) {
  try {
    action();
  } catch (const Violation& violation) {
    CHECK(violation.invariant == invariant);
    return;
  }
  FAIL("nothing fired, and " << name_of(invariant) << " should have");
}

auction::Terms terms() {
  auction::Terms out;
  out.auction = out.item = "lot-1";
  out.start_price = Money{1000, {}};
  out.increment = Money{100, {}};
  return out;
}

/// A history of bids of these amounts, with its chain; each by a session of its own.
std::vector<auction::BidRecord> bids_of(const std::vector<std::int64_t>& amounts) {
  std::vector<auction::BidRecord> out;
  auto chain = auction::chain_start(terms());
  for (const auto amount : amounts) {
    auction::BidRecord bid;
    bid.ordinal = out.size() + 1;
    bid.bidder = "ann";
    bid.amount = Money{amount, {}};
    bid.session = SessionId{out.size() + 1};
    bid.request = RequestNumber{1};
    chain = bid.chain = auction::chain_next(chain, bid);
    out.push_back(bid);
  }
  return out;
}

/// What a node keeps of an auction with these bids, closed or not.
Bytes archive_of(GroupId group, const std::vector<std::int64_t>& amounts, bool closed) {
  auto open = terms();
  open.end = WallTime{1000};
  const auto machine = host::auction_machine(open);
  Events events;
  order::CommandContext context;
  for (const auto amount : amounts) {
    context.slot = context.slot.next();
    context.session = SessionId{context.slot.value};
    context.number = RequestNumber{1};
    const auction::Command bid = auction::Bid{"ann", Money{amount, {}}};
    static_cast<void>(machine->apply(context, wire::encode_any(bid), events));
  }
  context.slot = context.slot.next();
  context.time = WallTime{2000};
  const auction::Command close = auction::Close{};
  if (closed) static_cast<void>(machine->apply(context, wire::encode_any(close), events));
  wire::SnapshotRecord record;
  record.slot = context.slot;
  record.service = machine->kind();
  record.state = wire::encode(order::AppliedState{{}, {}, machine->snapshot()});
  return wire::pack({"sim", {}, {{group, record.slot, share(wire::encode(record))}}});
}

auction::BidReply accepted(std::uint64_t ordinal) {
  auction::BidReply out;
  out.ordinal = ordinal;
  return out;
}
}  // namespace

TEST_CASE("P4 replicas of an auction agree on its bids, or a checker fires") {
  AuctionChecks check;
  check.holds(kA, bids_of({1000, 1100}), 0);
  check.holds(kB, bids_of({1000, 1100, 1200}), 0);
  fires(Invariant::total_order, [&] { check.holds(kA, bids_of({1000, 1150}), 1); });
}

TEST_CASE("P7 and P8 bids rise and each request counts once, or a checker fires") {
  auto repeated = bids_of({1000, 1100});
  repeated[1].session = repeated[0].session;
  fires(Invariant::exactly_once, [&] { AuctionChecks().holds(kA, repeated, 0); });
  fires(Invariant::linearizability, [&] { AuctionChecks().holds(kA, bids_of({1100, 1100}), 0); });
}

TEST_CASE("P8 a bid is judged by all that was known before it, or a checker fires") {
  AuctionChecks check;
  const auto early = check.begin();
  check.told(early, SessionId{1}, RequestNumber{1}, {"ann", Money{1500, {}}}, accepted(1));
  fires(Invariant::linearizability, [&] {
    check.told(check.begin(), SessionId{2}, RequestNumber{1}, {"bob", Money{1400, {}}}, accepted(2));
  });
  fires(Invariant::linearizability, [&] { check.read(check.begin(), 1400); });
}

TEST_CASE("P6 what a bidder was told is in the end on every replica, or a checker fires") {
  AuctionChecks check;
  check.told(0, SessionId{1}, RequestNumber{1}, {"ann", Money{1000, {}}}, accepted(1));
  check.told(0, SessionId{2}, RequestNumber{1}, {"ann", Money{1100, {}}}, accepted(2));
  check.ends_with(kA, terms(), bids_of({1000, 1100}), {});
  fires(Invariant::durability, [&] { check.ends_with(kB, terms(), bids_of({1000}), {}); });
  fires(Invariant::durability, [&] { check.ends_with(kB, terms(), bids_of({1000, 1200}), {}); });
  fires(Invariant::exactly_once, [&] {
    check.told(0, SessionId{3}, RequestNumber{1}, {"bob", Money{1200, {}}}, accepted(2));
  });
}

TEST_CASE("P4 an auction's audit chain fits, or a checker fires") {
  auto forged = bids_of({1000, 1100});
  forged[0].bidder = "bob";
  fires(Invariant::total_order, [&] { AuctionChecks().ends_with(kA, terms(), forged, {}); });
}

TEST_CASE("a watcher hears of every bid once and in order, or a checker fires") {
  const auto bids = bids_of({1000, 1100, 1200});
  AuctionChecks check;
  check.heard(0, bids[0], false);
  check.heard(0, bids[1], false);
  fires(Invariant::exactly_once, [&] { check.heard(0, bids[1], false); });
  fires(Invariant::total_order, [&] { check.heard(1, bids[1], false); });
  check.heard(1, bids[2], true);
  CHECK(check.heard_up_to(1) == 3);
}

TEST_CASE("P6 an archive is the whole history with its end, or a checker fires") {
  constexpr GroupId kGroup{2};
  HouseChecks check;
  check.archived(kA, kGroup, archive_of(kGroup, {1000, 1100}, true));
  CHECK(check.has_archive(kGroup));
  fires(Invariant::durability, [&] { check.archived(kB, kGroup, archive_of(kGroup, {1000, 1100}, false)); });
  fires(Invariant::durability, [&] { check.archived(kB, GroupId{3}, archive_of(kGroup, {1000, 1100}, true)); });
  fires(Invariant::durability, [&] { check.archived(kB, kGroup, "no archive at all"); });
  fires(Invariant::total_order, [&] { check.archived(kB, kGroup, archive_of(kGroup, {1000, 1200}, true)); });
  HouseChecks other;
  other.auction(kGroup).told(0, SessionId{2}, RequestNumber{1}, {"ann", Money{1100, {}}}, accepted(2));
  fires(Invariant::durability, [&] { other.archived(kB, kGroup, archive_of(kGroup, {1000}, true)); });
}

TEST_CASE("an auction that was started twice makes a checker fire") {
  HouseChecks check;
  directory::Auction auction;
  auction.id = "lot-1";
  auction.group = GroupId{2};
  check.auction_started(auction);
  check.auction_started(auction);
  auction.group = GroupId{3};
  fires(Invariant::exactly_once, [&] { check.auction_started(auction); });
}

}  // namespace gavel::sim
