#include <catch2/catch.hpp>

#include "tests/unit/services_house.hpp"

namespace gavel {
namespace {

using namespace directory;

// ---- nodes ------------------------------------------------------------------------------------------------------

TEST_CASE("a node registers once, and again whenever it was started anew") {
  House house;
  CHECK(house.expect<Done>(node(1)).changed);
  CHECK_FALSE(house.expect<Done>(node(1)).changed);
  auto moved = node(1, 4, 2);
  moved.endpoints.client = "tcp://127.0.0.1:999";
  CHECK(house.expect<Done>(moved).changed);
  CHECK_FALSE(house.expect<Done>(node(1, 1, 1)).changed);
  const auto nodes = house.ask<Nodes>(AskNodes{}).nodes;
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].endpoints.client == "tcp://127.0.0.1:999");
  CHECK(nodes[0].slots == 4);
  CHECK(nodes[0].joined == 1);
  CHECK(house.told<NodeChanged>().size() == 2);
}

TEST_CASE("what is seen of a node counts for the life that it was seen in") {
  House house(1);
  CHECK_FALSE(house.expect<Done>(NodeState{Uid{1}, Incarnation{9}, directory::Life::down}).changed);
  CHECK(house.expect<Done>(NodeState{Uid{1}, Incarnation{1}, directory::Life::down}).changed);
  CHECK(house.machine.nodes().at(Uid{1}).life == directory::Life::down);
  house.expect<Done>(node(1, 1, 2));
  CHECK(house.machine.nodes().at(Uid{1}).life == directory::Life::up);
  CHECK_FALSE(house.expect<Done>(NodeState{Uid{1}, Incarnation{1}, directory::Life::down}).changed);
  CHECK(house.refusal(NodeState{Uid{2}, Incarnation{1}, directory::Life::down}) == Refusal::unknown_node);
}

TEST_CASE("the first seven nodes are wanted as voters, and the next in line when one leaves for good") {
  House house;
  for (const std::uint64_t uid : {50, 10, 40, 20, 30, 60, 70, 5, 90}) house.expect<Done>(node(uid));
  CHECK(house.machine.voters_wanted() == uids({10, 20, 30, 40, 50, 60, 70}));
  house.expect<Done>(NodeState{Uid{10}, Incarnation{1}, directory::Life::down});
  CHECK(house.machine.voters_wanted() == uids({10, 20, 30, 40, 50, 60, 70}));
  CHECK(house.expect<Done>(LeaveNode{Uid{10}}).changed);
  CHECK_FALSE(house.expect<Done>(LeaveNode{Uid{10}}).changed);
  CHECK(house.machine.voters_wanted() == uids({5, 20, 30, 40, 50, 60, 70}));
  house.expect<Done>(node(10));
  CHECK(house.machine.voters_wanted() == uids({5, 20, 30, 40, 50, 60, 70}));
}

TEST_CASE("a node that makes no sense is not registered") {
  House house;
  CHECK(house.refusal(node(0)) == Refusal::bad_node);
  CHECK(house.refusal(node(1, 1, 0)) == Refusal::bad_node);
  CHECK(house.refusal(node(1, 1'000'000)) == Refusal::bad_node);
  auto nameless = node(1);
  nameless.name = "";
  CHECK(house.refusal(nameless) == Refusal::bad_text);
  auto unreachable = node(1);
  unreachable.endpoints.peer = "";
  CHECK(house.refusal(unreachable) == Refusal::bad_text);
  CHECK(house.machine.nodes().empty());
}

// ---- items ------------------------------------------------------------------------------------------------------

TEST_CASE("items have ids of their own, or are given one that is free") {
  House house;
  CHECK(house.add("lamp-3") == "lamp-3");
  CHECK(house.add("lot-2") == "lot-2");
  CHECK(house.add() == "lot-1");
  CHECK(house.add() == "lot-3");
  CHECK(house.refusal(AddItem{"lot-1", "Again", "selma", eur(1), eur(1)}) == Refusal::duplicate);
  const auto items = house.ask<Items>(AskItems{});
  CHECK(items.items.size() == 4);
  CHECK_FALSE(items.next.has_value());
}

TEST_CASE("an item is refused by name: its id, its text, its prices") {
  House house;
  for (const char* id : {"Lot-7", "lot 7", "-lot", "lot-", "lot--7", "lot.7", "l\xc3\xb6t", "../x"}) {
    INFO(id);
    CHECK(house.refusal(AddItem{id, "A lamp", "selma", eur(1), eur(1)}) == Refusal::bad_id);
  }
  CHECK(house.refusal(AddItem{std::string(33, 'a'), "A lamp", "selma", eur(1), eur(1)}) == Refusal::bad_id);
  CHECK(house.refusal(AddItem{"", "", "selma", eur(1), eur(1)}) == Refusal::bad_text);
  CHECK(house.refusal(AddItem{"", "A lamp", "a\tb", eur(1), eur(1)}) == Refusal::bad_text);
  CHECK(house.refusal(AddItem{"", "A lamp", "selma", eur(-1), eur(1)}) == Refusal::bad_price);
  CHECK(house.refusal(AddItem{"", "A lamp", "selma", eur(auction::kMaxAmount + 1), eur(1)}) == Refusal::bad_price);
  CHECK(house.refusal(AddItem{"", "A lamp", "selma", eur(1), {1, Currency::parse("USD").value()}}) ==
        Refusal::bad_price);
  CHECK(house.expect<Refused>(AddItem{"", "A lamp", "selma", eur(1), eur(0)}).message ==
        "an increment of 0.00 EUR: from 0.01 EUR to 10000000000000.00 EUR is right");
  CHECK(house.machine.items().empty());
}

TEST_CASE("long lists are read in pages that lose and repeat nothing") {
  House house;
  for (std::size_t i = 0; i < 2 * kPage + 3; ++i) house.add();
  std::vector<std::string> seen;
  std::optional<std::string> from = "";
  while (from) {
    const auto page = house.ask<Items>(AskItems{*from});
    CHECK(page.items.size() <= kPage);
    for (const auto& item : page.items) seen.push_back(item.id);
    from = page.next;
  }
  CHECK(seen.size() == 2 * kPage + 3);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
}

// ---- auctions ---------------------------------------------------------------------------------------------------

TEST_CASE("an auction is led by the highest uid of four nodes, and the item is on offer no longer") {
  House house(6);
  house.add("lot-7");
  house.events.clear();
  const auto started = house.start("lot-7");
  CHECK(started.auction.id == "lot-7");
  CHECK(started.auction.members == uids({3, 4, 5, 6}));
  CHECK(started.auction.active == Uid{6});
  CHECK(started.clients.at(3) == "tcp://127.0.0.1:36");
  CHECK(started.auction.group > kDirectoryGroup);
  CHECK(started.auction.terms.start == house.now);
  CHECK(started.auction.terms.end == house.now + std::chrono::seconds(60));
  CHECK(started.auction.starter == "olga");
  CHECK(started.failures_survived == 1);
  CHECK(house.machine.items().at("lot-7").state == ItemState::running);
  CHECK(house.machine.auction_of(started.auction.group)->id == "lot-7");
  CHECK(house.machine.auction_of(kDirectoryGroup) == nullptr);
  REQUIRE(house.events.size() == 2);
  CHECK(std::get<AuctionChanged>(house.events[1]).auction.id == "lot-7");
  CHECK(house.expect<Refused>(StartAuction{"lot-7", std::chrono::seconds(60), {}, "olga"}).message ==
        "item lot-7 is running, not on offer");
}

TEST_CASE("the answer says what few nodes mean for safety") {
  const auto safety_with = [](std::uint64_t nodes) {
    House house(nodes);
    return house.start(house.add());
  };
  CHECK(safety_with(1).failures_survived == 0);
  CHECK(safety_with(1).safety.starts_with("1 node: no failure is survived"));
  CHECK(safety_with(2).safety.starts_with("2 nodes: no failure is survived without a pause"));
  CHECK(safety_with(3).safety == "3 nodes: one failure is survived without a pause");
  CHECK(safety_with(4).failures_survived == 1);
}

TEST_CASE("nodes with the fewest auctions come first, full and dead ones not at all") {
  House house(6, 2);
  CHECK(house.start(house.add()).auction.members == uids({3, 4, 5, 6}));
  CHECK(house.start(house.add()).auction.members == uids({1, 2, 5, 6}));
  house.expect<Done>(NodeState{Uid{4}, Incarnation{1}, directory::Life::down});
  CHECK(house.start(house.add()).auction.members == uids({1, 2, 3}));
  const auto refused = house.expect<Refused>(StartAuction{house.add(), std::chrono::seconds(60), {}, ""});
  CHECK(refused.refusal == Refusal::no_free_node);
  CHECK(refused.message == "no living node has a free slot for an auction; wait until one ends, or add a node");
  CHECK(house.machine.items().at("lot-4").state == ItemState::on_offer);
}

TEST_CASE("an auction lasts for as long as was said, or until then, within bounds") {
  House house(1, 9);
  const auto item = house.add();
  const auto with = [&](Duration length, std::optional<WallTime> end) {
    return house.refusal(StartAuction{item, length, end, ""});
  };
  CHECK(with({}, {}) == Refusal::bad_time);
  CHECK(with(std::chrono::seconds(-1), {}) == Refusal::bad_time);
  CHECK(with(Duration::max(), {}) == Refusal::bad_time);
  CHECK(with(Duration::min(), {}) == Refusal::bad_time);
  CHECK(with({}, house.now) == Refusal::bad_time);
  CHECK(with({}, WallTime{std::numeric_limits<std::int64_t>::min()}) == Refusal::bad_time);
  CHECK(with({}, WallTime{std::numeric_limits<std::int64_t>::max()}) == Refusal::bad_time);
  CHECK(house.expect<Refused>(StartAuction{item, std::chrono::milliseconds(5), {}, ""}).message ==
        "an auction of 0.005 s: from 0.100 s to 31536000.000 s is right");
  const WallTime end = house.now + std::chrono::hours(1);
  CHECK(house.expect<AuctionStarted>(StartAuction{item, {}, end, ""}).auction.terms.end == end);
}

TEST_CASE("a closed auction frees its nodes, and its result stays") {
  House house(4);
  const auto item = house.add();
  house.start(item);
  for (const auto& [uid, each] : house.machine.nodes()) CHECK(each.used == 1);
  CHECK(house.expect<Done>(AuctionClosed{item, house.outcome("ada")}).changed);
  for (const auto& [uid, each] : house.machine.nodes()) CHECK(each.used == 0);
  CHECK(house.machine.items().at(item).state == ItemState::sold);
  CHECK(house.ask<AuctionAnswer>(AskAuction{item}).auction.outcome->winner == "ada");
  CHECK(house.expect<Refused>(StartAuction{item, std::chrono::seconds(60), {}, ""}).message ==
        "item lot-1 is sold, not on offer");
}

TEST_CASE("a close that is said again changes nothing, and another one is refused") {
  House house(1);
  const auto item = house.add();
  CHECK(house.refusal(AuctionClosed{item, house.outcome("ada")}) == Refusal::unknown_auction);
  house.start(item);
  house.expect<Done>(AuctionClosed{item, house.outcome("ada")});
  house.events.clear();
  CHECK_FALSE(house.expect<Done>(AuctionClosed{item, house.outcome("ada")}).changed);
  CHECK(house.refusal(AuctionClosed{item, house.outcome("bob")}) == Refusal::conflict);
  CHECK(house.events.empty());
  CHECK(house.machine.nodes().at(Uid{1}).used == 0);
}

TEST_CASE("an unsold item can be tried again, in an auction and a group of its own") {
  House house(1);
  const auto item = house.add();
  const auto first = house.start(item).auction;
  house.expect<Done>(AuctionClosed{item, house.outcome({})});
  CHECK(house.machine.items().at(item).state == ItemState::unsold);
  const auto second = house.start(item).auction;
  CHECK(second.id == "lot-1.2");
  CHECK(second.terms.auction == "lot-1.2");
  CHECK(second.group > first.group);
  CHECK(house.ask<AuctionAnswer>(AskAuction{"lot-1"}).auction.id == "lot-1.2");
  CHECK(house.ask<AuctionAnswer>(AskAuction{"lot-1.2"}).auction.id == "lot-1.2");
  CHECK(house.ask<AuctionAnswer>(AskAuction{"lot-1.1"}).auction.id == "lot-1");
  CHECK(house.ask<Auctions>(AskAuctions{}).auctions.size() == 2);
  CHECK(house.ask<Auctions>(AskAuctions{Which::running, ""}).auctions.at(0).id == "lot-1.2");
  CHECK(house.ask<Auctions>(AskAuctions{Which::ended, ""}).auctions.at(0).id == "lot-1");
}

TEST_CASE("the directory learns of a new auctioneer, and forgets it for no older view") {
  House house(4);
  const auto item = house.add();
  house.start(item);
  CHECK(house.expect<Done>(AuctionLed{item, Uid{3}, Slot{8}}).changed);
  CHECK_FALSE(house.expect<Done>(AuctionLed{item, Uid{2}, Slot{8}}).changed);
  CHECK(house.machine.auctions().at(item).active == Uid{3});
  CHECK(house.refusal(AuctionLed{item, Uid{99}, Slot{9}}) == Refusal::unknown_node);
  CHECK(house.refusal(AuctionLed{"lot-9", Uid{3}, Slot{9}}) == Refusal::unknown_auction);
}

TEST_CASE("a member that leaves for good takes no slot with it, and finds its auctions again when it is back") {
  House house(2);
  const auto item = house.add();
  house.start(item);
  house.expect<Done>(LeaveNode{Uid{1}});
  CHECK(house.ask<AuctionAnswer>(AskAuction{item}).clients == std::vector<std::string>{"", "tcp://127.0.0.1:32"});
  house.expect<Done>(node(1));
  CHECK(house.machine.nodes().at(Uid{1}).used == 1);
  house.expect<Done>(LeaveNode{Uid{2}});
  house.expect<Done>(AuctionClosed{item, house.outcome("ada")});
  CHECK(house.machine.nodes().at(Uid{1}).used == 0);
}

TEST_CASE("asking for what is not there is answered in words") {
  House house;
  const auto item = house.add();
  CHECK(house.ask<Refused>(AskAuction{item}).message == "item lot-1 is on offer, its auction has not been started");
  CHECK(house.ask<Refused>(AskAuction{"nope"}).message == "there is no auction 'nope'");
  CHECK(house.expect<Refused>(StartAuction{"nope", std::chrono::seconds(1), {}, ""}).refusal == Refusal::unknown_item);
  const auto garbage = wire::decode_any<Answer>(house.machine.query("garbage"));
  CHECK(std::get<Refused>(garbage.value()).refusal == Refusal::malformed);
}

TEST_CASE("a client may offer items and start auctions, and speak for no node") {
  CHECK(clients_may(AddItem{}));
  CHECK(clients_may(StartAuction{}));
  for (const Command& command :
       std::vector<Command>{RegisterNode{}, NodeState{}, LeaveNode{}, AuctionClosed{}, AuctionLed{}})
    CHECK_FALSE(clients_may(command));
  House house;
  house.session = SessionId{7};
  const auto refused = house.expect<Refused>(AuctionClosed{});
  CHECK(refused.refusal == Refusal::not_for_clients);
  CHECK(house.add() == "lot-1");
}

// ---- snapshots --------------------------------------------------------------------------------------------------

TEST_CASE("the directory goes on from its snapshot as if nothing had been") {
  House house(5, 2);
  house.start(house.add());
  house.start(house.add("lamp"));
  house.expect<Done>(AuctionClosed{"lamp", house.outcome({})});
  House other;
  REQUIRE(other.machine.restore(house.machine.snapshot()).has_value());
  other.slot = house.slot;
  CHECK(other.shown() == house.shown());
  CHECK(other.machine.digest() == house.machine.digest());
  CHECK(other.machine.snapshot() == house.machine.snapshot());
  CHECK(other.start("lamp").auction.group == house.start("lamp").auction.group);
  CHECK(other.add() == house.add());
  CHECK(other.machine.digest() == house.machine.digest());
  CHECK(other.machine.snapshot() == house.machine.snapshot());
}

TEST_CASE("a broken snapshot of the directory is refused and changes nothing") {
  House house(2);
  house.start(house.add());
  const Bytes good = house.machine.snapshot();
  House other(1);
  const Bytes before = other.machine.snapshot();
  for (std::size_t length = 0; length < good.size(); ++length)
    REQUIRE_FALSE(other.machine.restore(BytesView(good).substr(0, length)).has_value());
  CHECK_FALSE(other.machine.restore(good + "x").has_value());
  CHECK(other.machine.snapshot() == before);
}

TEST_CASE("how long a node has been down is counted from when it was first called so, whoever leads meanwhile") {
  House house(1);
  house.now = house.now + std::chrono::seconds(1);
  const auto since = house.now;
  house.seen(1, Life::down);
  CHECK(house.record(1).down_since.micros >= since.micros);
  const auto first = house.record(1).down_since;
  house.now = house.now + std::chrono::seconds(5);
  house.seen(1, Life::lost);
  CHECK(house.record(1).down_since == first);
  house.seen(1, Life::up);
  CHECK(house.record(1).down_since == WallTime{});
}

TEST_CASE("a full directory makes room: what was sold first goes, with its auctions, and nothing that is on offer") {
  House house(1, 4096);
  const auto sell = [&](const std::string& id, std::optional<std::string> winner) {
    house.start(id);
    house.now = house.now + std::chrono::seconds(1);
    house.expect<Done>(AuctionClosed{house.machine.items().at(id).runs == 1 ? id : id + ".2", house.outcome(winner)});
  };
  house.add("unsold");
  sell("unsold", {});
  house.add("twice");
  sell("twice", {});
  sell("twice", "ann");
  for (std::size_t i = 2; i < kMaxItems; ++i) house.add();
  REQUIRE(house.machine.items().size() == kMaxItems);
  house.add("one-more");
  CHECK(house.machine.items().size() == kMaxItems);
  CHECK_FALSE(house.machine.items().contains("twice"));
  CHECK(house.machine.auctions().size() == 1);
  CHECK(house.machine.items().contains("unsold"));
  CHECK(house.refusal(AddItem{"too-many", "A lamp", "selma", eur(10000), eur(500)}) == Refusal::limit_exceeded);
  DirectoryService copy;
  CHECK(copy.restore(house.machine.snapshot()).has_value());
}

TEST_CASE("only the auctions that ended last count as recent") {
  House house(1, 4096);
  for (std::size_t i = 0; i <= kRecentlyEnded; ++i) {
    const auto id = house.add();
    house.start(id);
    auto outcome = house.outcome("ann");
    outcome.closed_at = house.now = house.now + std::chrono::seconds(1);
    house.expect<Done>(AuctionClosed{id, outcome});
  }
  CHECK_FALSE(house.machine.state().is_recent(house.auction("lot-1")));
  CHECK(house.machine.state().is_recent(house.auction("lot-2")));
}

}  // namespace
}  // namespace gavel
