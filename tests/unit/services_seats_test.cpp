// Who serves which auction: seats are given by the state machine itself, and move when nodes are lost, drained, removed
// or come back.
#include <catch2/catch.hpp>
#include <set>

#include "node/services/directory_staff.hpp"
#include "tests/unit/services_house.hpp"

namespace gavel {
namespace {

using namespace directory;

TEST_CASE("the seat of a node that is lost goes to the one with the fewest auctions, the highest of those") {
  House house(8, 4);
  house.add("lot-1");
  house.add("lot-2");
  CHECK(house.start("lot-1").auction.members == uids({5, 6, 7, 8}));
  CHECK(house.start("lot-2").auction.members == uids({1, 2, 3, 4}));
  house.expect<Done>(node(9, 4));
  house.events.clear();
  CHECK(house.seen(8, Life::down));
  CHECK(house.auction("lot-1").members == uids({5, 6, 7, 8}));  // it may be back in a moment
  CHECK(house.seen(8, Life::lost));
  CHECK(house.auction("lot-1").members == uids({5, 6, 7, 9}));
  CHECK(house.auction("lot-1").genesis == uids({5, 6, 7, 8}));
  CHECK(house.auction("lot-1").replaced == uids({8}));
  CHECK(house.auction("lot-2").members == uids({1, 2, 3, 4}));
  REQUIRE(house.events.size() == 3);
  CHECK(std::get<AuctionChanged>(house.events[2]).auction.members == uids({5, 6, 7, 9}));
  CHECK(house.seen(9, Life::lost));
  CHECK(house.auction("lot-1").members == uids({4, 5, 6, 7}));
  CHECK(house.auction("lot-1").replaced == uids({8}));  // 9 founded nothing
}

TEST_CASE("a node that comes back from being lost is idle, and joined anew") {
  House house(5);
  house.start(house.add());
  CHECK(house.auction("lot-1").members == uids({2, 3, 4, 5}));
  house.seen(5, Life::lost);
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 4}));
  CHECK(house.record(5).used == 0);
  CHECK(house.record(5).joined == 5);
  CHECK_FALSE(house.seen(5, Life::down));
  CHECK(house.record(5).life == Life::lost);
  CHECK(house.seen(5, Life::up));
  CHECK(house.record(5).joined == 6);
  CHECK(house.record(5).used == 0);
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 4}));
  house.seen(4, Life::lost);
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 5}));  // a seat that it had once is given back to it
  CHECK(house.auction("lot-1").replaced == uids({4, 5}));       // and it founds nothing any more
  house.expect<Done>(node(4, 1, 2));
  CHECK(house.record(4).joined == 7);
}

TEST_CASE("without anybody to take a seat it stays where it is, until somebody comes") {
  House house(4);
  house.start(house.add());
  house.seen(4, Life::lost);
  house.seen(3, Life::lost);
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 4}));
  CHECK(house.record(4).used == 1);
  house.expect<Done>(node(9));
  CHECK(house.auction("lot-1").members == uids({1, 2, 4, 9}));
  CHECK(house.seen(3, Life::up));
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 9}));
  house.seen(2, Life::lost);
  house.seen(2, Life::up);
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 9}));
}

TEST_CASE("an auction with few members gets more as nodes come, after those that lost one") {
  House house(1, 2);
  house.start(house.add("lot-1"));
  house.start(house.add("lot-2"));
  CHECK(house.auction("lot-1").members == uids({1}));
  house.expect<Done>(node(2, 1));
  CHECK(house.auction("lot-1").members == uids({1, 2}));
  CHECK(house.auction("lot-2").members == uids({1}));
  house.seen(1, Life::lost);
  house.expect<Done>(node(3, 2));
  CHECK(house.auction("lot-1").members == uids({2, 3}));
  CHECK(house.auction("lot-2").members == uids({3}));
  for (const std::uint64_t uid : {4, 5, 6, 7}) house.expect<Done>(node(uid, 2));
  CHECK(house.auction("lot-1").members.size() == kMaxMembers);
  CHECK(house.auction("lot-2").members.size() == kMaxMembers);
  CHECK(house.auction("lot-1").genesis == uids({1}));
}

TEST_CASE("a slot that an auction's end frees is given to those that wait for one") {
  House house(4);
  house.start(house.add("lot-1"));
  house.expect<Done>(node(5));
  house.expect<Done>(node(6));
  house.start(house.add("lot-2"));
  CHECK(house.auction("lot-2").members == uids({5, 6}));
  house.expect<Done>(AuctionClosed{"lot-1", house.outcome("ada")});
  CHECK(house.auction("lot-2").members == uids({3, 4, 5, 6}));
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 4}));
  CHECK(house.record(1).used == 0);
  CHECK(house.record(4).used == 1);
}

TEST_CASE("a draining node keeps no seat that another can take, and gets none until it is undrained") {
  House house(5, 2);
  house.start(house.add("lot-1"));
  CHECK(house.drain(5));
  CHECK_FALSE(house.drain(5));
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 4}));
  CHECK(house.record(5).used == 0);
  CHECK(house.start(house.add("lot-2")).auction.members == uids({1, 2, 3, 4}));
  CHECK(house.drain(4));
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 4}));  // nobody to take it
  house.expect<Done>(node(4, 2, 2));
  CHECK(house.record(4).draining);  // a new life does not end it
  CHECK(house.drain(5, false));
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 5}));
  CHECK(house.auction("lot-2").members == uids({1, 2, 3, 5}));
  CHECK(house.refusal(DrainNode{Uid{77}, true}) == Refusal::unknown_node);
}

TEST_CASE("lost seats are given before those of draining nodes, and those before new ones") {
  House house(4, 2);
  house.start(house.add("lot-1"));
  house.start(house.add("lot-2"));
  house.drain(1);
  house.seen(2, Life::lost);
  house.expect<Done>(node(9, 2));
  CHECK(house.auction("lot-1").members == uids({1, 3, 4, 9}));
  CHECK(house.auction("lot-2").members == uids({1, 3, 4, 9}));
  house.expect<Done>(node(8, 1));
  CHECK(house.auction("lot-1").members == uids({3, 4, 8, 9}));
  CHECK(house.auction("lot-2").members == uids({1, 3, 4, 9}));
}

TEST_CASE("only a node that is not up is removed, and nobody's auction shrinks by that") {
  House house(4);
  house.start(house.add());
  CHECK(house.refusal(RemoveNode{Uid{77}, false}) == Refusal::unknown_node);
  CHECK(house.expect<Refused>(RemoveNode{Uid{4}, true}).message ==
        "node node-4 is up: drain it, stop it, and remove it when it is down");
  house.seen(4, Life::down);
  const auto refused = house.expect<Refused>(RemoveNode{Uid{4}, false});
  CHECK(refused.refusal == Refusal::would_shrink);
  CHECK(refused.message ==
        "no other node has a slot free for the seat of node-4 in lot-1: add a node, or wait until an auction ends; or "
        "say that they may go on with fewer members (--shrink)");
  CHECK(house.record(4).used == 1);
  house.drain(4);
  house.expect<Done>(node(5));
  CHECK(house.remove(4));
  CHECK(house.auction("lot-1").members == uids({1, 2, 3, 5}));
  CHECK_FALSE(house.machine.nodes().contains(Uid{4}));
}

TEST_CASE("a removal says beforehand whether others have room, also for the seats that wait already") {
  House house(6);
  house.start(house.add("lot-1"));
  CHECK(house.auction("lot-1").members == uids({3, 4, 5, 6}));
  house.seen(1, Life::down);
  house.seen(2, Life::down);
  house.seen(6, Life::lost);
  house.seen(5, Life::down);
  house.expect<Done>(NodeState{Uid{2}, Incarnation{1}, Life::lost});
  CHECK(house.refusal(RemoveNode{Uid{5}, false}) == Refusal::would_shrink);
  CHECK(house.remove(2));  // it has no seat
  house.expect<Done>(node(9));
  CHECK(house.auction("lot-1").members == uids({3, 4, 5, 9}));
}

TEST_CASE("with the operator's word an auction shrinks, but never to nobody") {
  House house(2, 2);
  house.start(house.add("lot-1"));
  house.seen(2, Life::lost);
  house.events.clear();
  CHECK(house.remove(2, true));
  CHECK(house.auction("lot-1").members == uids({1}));
  CHECK(house.auction("lot-1").replaced == uids({2}));
  CHECK(std::get<AuctionChanged>(house.events.back()).auction.members == uids({1}));
  house.seen(1, Life::lost);
  CHECK(house.remove(1, true));
  CHECK(house.auction("lot-1").members == uids({1}));
  house.expect<Done>(node(1, 2, 2));  // it is back after all
  CHECK(house.record(1).used == 1);
}

TEST_CASE("an item that was sold is never given back by any change of nodes") {
  House house(6);
  house.start(house.add());
  house.expect<Done>(AuctionClosed{"lot-1", house.outcome("ada")});
  for (const std::uint64_t uid : {1, 2, 3, 4, 5, 6}) {
    house.seen(uid, Life::lost);
    house.remove(uid, true);
  }
  house.expect<Done>(node(9));
  CHECK(house.machine.items().at("lot-1").state == ItemState::sold);
  CHECK(house.auction("lot-1").members == uids({3, 4, 5, 6}));  // what ended stays as it was
  CHECK(house.refusal(StartAuction{"lot-1", std::chrono::seconds(60), {}, ""}) == Refusal::not_on_offer);
  CHECK(house.machine.running().empty());
}

TEST_CASE("who led an auction without a seat in it may say so") {
  House house(5);
  house.start(house.add());
  house.seen(5, Life::lost);
  CHECK(house.expect<Done>(AuctionLed{"lot-1", Uid{5}, Slot{3}}).changed);
  house.remove(5);
  CHECK(house.expect<Done>(AuctionLed{"lot-1", Uid{5}, Slot{4}}).changed);  // a founder, though gone
  CHECK(house.refusal(AuctionLed{"lot-1", Uid{77}, Slot{9}}) == Refusal::unknown_node);
}

TEST_CASE("nodes that are lost or draining are wanted as voters after all others") {
  House house;
  for (std::uint64_t uid = 1; uid <= 9; ++uid) house.expect<Done>(node(uid));
  CHECK(house.machine.voters_wanted() == uids({1, 2, 3, 4, 5, 6, 7}));
  house.seen(1, Life::down);
  CHECK(house.machine.voters_wanted() == uids({1, 2, 3, 4, 5, 6, 7}));
  house.seen(1, Life::lost);
  house.drain(2);
  CHECK(house.machine.voters_wanted() == uids({3, 4, 5, 6, 7, 8, 9}));
  house.seen(1, Life::up);
  house.drain(2, false);
  CHECK(house.machine.voters_wanted() == uids({2, 3, 4, 5, 6, 7, 8}));  // 1 stands at the end of the row
  for (const std::uint64_t uid : {3, 4, 5}) house.seen(uid, Life::lost);
  CHECK(house.machine.voters_wanted().size() == 7);  // better a lost one than fewer
}

TEST_CASE("all that concerns seats survives a snapshot") {
  House house(6, 2);
  house.start(house.add("lot-1"));
  house.start(house.add("lot-2"));
  house.seen(6, Life::lost);
  house.drain(3);
  House other;
  REQUIRE(other.machine.restore(house.machine.snapshot()).has_value());
  CHECK(other.machine.running() == std::set<std::string>{"lot-1", "lot-2"});
  CHECK(other.machine.auction_of(house.auction("lot-2").group)->id == "lot-2");
  other.slot = house.slot;
  for (House* each : {&house, &other}) {
    each->seen(6, Life::up);
    each->drain(2);
    each->expect<Done>(AuctionClosed{"lot-1", each->outcome({})});
  }
  CHECK(other.shown() == house.shown());
  CHECK(other.machine.snapshot() == house.machine.snapshot());
  CHECK(other.machine.digest() == house.machine.digest());
}

TEST_CASE("a restored auction has a new group, a founder, and seats for others, and nothing that its former one said") {
  House house(5, 2);
  house.start(house.add());
  CHECK(house.auction("lot-1").members == uids({2, 3, 4, 5}));
  house.expect<Done>(AuctionLed{"lot-1", Uid{4}, Slot{7}});
  for (const std::uint64_t uid : {3, 4, 5}) house.seen(uid, Life::lost);
  const GroupId former = house.auction("lot-1").group;
  house.events.clear();
  CHECK(house.expect<Done>(RestoreAuction{"lot-1", Uid{2}, former}).changed);
  const auto restored = house.auction("lot-1");
  CHECK(restored.group.value == former.value + 1);
  CHECK(restored.restored);
  CHECK(restored.genesis == uids({2}));
  CHECK(restored.members == uids({1, 2}));
  CHECK(restored.replaced.empty());
  CHECK(restored.active == Uid{2});
  CHECK(restored.active_since == Slot{});
  CHECK(house.machine.auction_of(former) == nullptr);
  CHECK(house.machine.auction_of(restored.group)->id == "lot-1");
  CHECK(std::get<AuctionChanged>(house.events.back()).auction.members == uids({1, 2}));
  for (const std::uint64_t uid : {1, 2}) CHECK(house.record(uid).used == 1);
  for (const std::uint64_t uid : {3, 4, 5}) CHECK(house.record(uid).used == 0);

  CHECK(house.refusal(RestoreAuction{"lot-1", Uid{2}, former}) == Refusal::conflict);  // said again
  CHECK_FALSE(house.expect<Done>(AuctionLed{"lot-1", Uid{4}, Slot{9}, former}).changed);
  CHECK_FALSE(house.expect<Done>(AuctionClosed{"lot-1", house.outcome("ada"), former}).changed);
  CHECK(house.expect<Done>(AuctionLed{"lot-1", Uid{2}, Slot{5}, restored.group}).changed);
  house.seen(3, Life::up);
  CHECK(house.auction("lot-1").members == uids({1, 2, 3}));
  CHECK(house.expect<Done>(AuctionClosed{"lot-1", house.outcome("ada"), restored.group}).changed);
  for (const std::uint64_t uid : {1, 2, 3}) CHECK(house.record(uid).used == 0);
}

TEST_CASE("an auction is restored by nodes only, while it runs, on a node that is fit and has a slot") {
  House house(6);
  house.start(house.add());
  house.start(house.add());
  CHECK(house.auction("lot-1").members == uids({3, 4, 5, 6}));
  const GroupId former = house.auction("lot-1").group;
  CHECK(house.refusal(RestoreAuction{"lot-9", Uid{3}, former}) == Refusal::unknown_auction);
  CHECK(house.refusal(RestoreAuction{"lot-1", Uid{3}, GroupId{99}}) == Refusal::conflict);
  CHECK(house.refusal(RestoreAuction{"lot-1", Uid{9}, former}) == Refusal::unknown_node);
  CHECK(house.refusal(RestoreAuction{"lot-1", Uid{1}, former}) == Refusal::no_free_node);
  house.seen(3, Life::down);
  CHECK(house.refusal(RestoreAuction{"lot-1", Uid{3}, former}) == Refusal::bad_node);
  CHECK_FALSE(clients_may(RestoreAuction{"lot-1", Uid{4}, former}));
  house.expect<Done>(AuctionClosed{"lot-1", house.outcome("ada")});
  CHECK(house.refusal(RestoreAuction{"lot-1", Uid{4}, former}) == Refusal::conflict);
}

}  // namespace
}  // namespace gavel
