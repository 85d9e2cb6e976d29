// The checkers of seats and of what nodes keep fire on directories and disks that were broken by hand, and are silent
// on the same ones unbroken.
#include <catch2/catch.hpp>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/house/directory_history.hpp"
#include "tests/sim/house/kept_replicas.hpp"

namespace gavel::sim {
namespace {

constexpr GroupId kGroup{2};

template <class Action>
void fires(Invariant invariant, Action action) {
  try {
    action();
  } catch (const Violation& violation) {
    INFO(violation.what());
    CHECK(violation.invariant == invariant);
    return;
  }
  FAIL("nothing fired, and " << name_of(invariant) << " should have");
}

directory::NodeRecord node(std::uint64_t uid, std::uint32_t used) {
  directory::NodeRecord out;
  out.uid = Uid{uid};
  out.slots = 2;
  out.used = used;
  out.joined = uid;
  return out;
}

/// Five nodes, of which four serve the auction of lot-1, the only one.
DirectoryState sound() {
  DirectoryState out;
  for (std::uint64_t uid = 1; uid <= 5; ++uid) out.nodes.emplace(Uid{uid}, node(uid, uid <= 4 ? 1 : 0));
  directory::Item item;
  item.id = "lot-1";
  item.state = directory::ItemState::running;
  item.runs = 1;
  out.items.emplace(item.id, item);
  directory::Auction auction;
  auction.id = auction.terms.auction = auction.terms.item = "lot-1";
  auction.group = kGroup;
  auction.genesis = auction.members = {Uid{1}, Uid{2}, Uid{3}, Uid{4}};
  out.groups = 2;
  out.open(auction);
  for (auto& [uid, record] : out.nodes) record.used = uid.value <= 4 ? 1 : 0;
  return out;
}

/// The same after the seat of node 1 went to node 5.
DirectoryState moved() {
  auto out = sound();
  auto& auction = out.auctions.at("lot-1");
  auction.members = {Uid{2}, Uid{3}, Uid{4}, Uid{5}};
  auction.replaced = {Uid{1}};
  out.nodes.at(Uid{1}).used = 0;
  out.nodes.at(Uid{1}).life = directory::Life::lost;
  out.nodes.at(Uid{5}).used = 1;
  return out;
}

/// The same after lot-1 was sold.
DirectoryState sold() {
  auto out = sound();
  auction::Outcome outcome;
  outcome.winner = "ann";
  out.close(out.auctions.at("lot-1"), outcome);
  out.items.at("lot-1").state = directory::ItemState::sold;
  return out;
}

template <class Break>
void breaks(Invariant invariant, DirectoryState state, Break&& change) {
  DirectoryHistory::check(state);
  change(state);
  fires(invariant, [&] { DirectoryHistory::check(state); });
}

store::Operation operation(store::Operation::Kind kind, Slot slot = {}) { return {kind, kGroup, slot, false, {}}; }

}  // namespace

TEST_CASE("a node uses a slot for each of its seats, or a checker fires") {
  breaks(Invariant::placement, sound(), [](auto& state) { state.nodes.at(Uid{1}).used = 2; });
  breaks(Invariant::placement, sound(), [](auto& state) { state.nodes.at(Uid{5}).used = 1; });
  breaks(Invariant::placement, sold(), [](auto& state) { state.nodes.at(Uid{1}).used = 1; });
}

TEST_CASE("a node never has more seats than slots, or a checker fires") {
  breaks(Invariant::placement, sound(), [](auto& state) { state.nodes.at(Uid{1}).slots = 0; });
}

TEST_CASE("nobody unfit keeps a seat that a fit node could take, or a checker fires") {
  breaks(Invariant::placement, sound(), [](auto& state) { state.nodes.at(Uid{1}).draining = true; });
  breaks(Invariant::placement, sound(), [](auto& state) { state.nodes.at(Uid{1}).life = directory::Life::lost; });
  breaks(Invariant::placement, sound(), [](auto& state) { state.nodes.erase(Uid{1}); });
  auto dry = sound();
  dry.nodes.at(Uid{1}).draining = dry.nodes.at(Uid{5}).draining = true;
  DirectoryHistory::check(dry);
}

TEST_CASE("an auction has as many members as there are free nodes for, or a checker fires") {
  breaks(Invariant::placement, moved(), [](auto& state) {
    state.auctions.at("lot-1").members.pop_back();
    state.nodes.at(Uid{5}).used = 0;
  });
}

TEST_CASE("a founder without a seat is known as replaced, or a checker fires") {
  breaks(Invariant::placement, moved(), [](auto& state) { state.auctions.at("lot-1").replaced.clear(); });
  breaks(Invariant::placement, moved(), [](auto& state) { state.auctions.at("lot-1").replaced = {Uid{1}, Uid{7}}; });
}

TEST_CASE("P7 a sold item is never offered again, or a checker fires") {
  breaks(Invariant::exactly_once, sold(),
         [](auto& state) { state.items.at("lot-1").state = directory::ItemState::unsold; });
  breaks(Invariant::exactly_once, sound(), [](auto& state) {
    auto second = state.auctions.at("lot-1");
    second.id = "lot-1.2";
    second.group = GroupId{3};
    second.members = second.genesis = {Uid{5}};
    state.open(second);
  });
  breaks(Invariant::exactly_once, sold(), [](auto& state) { state.items.at("lot-1").runs = 2; });
}

TEST_CASE("P7 no two auctions live in one group, or a checker fires") {
  breaks(Invariant::exactly_once, sold(), [](auto& state) {
    auto second = state.auctions.at("lot-1");
    second.id = "lot-1.2";
    state.auctions.emplace(second.id, second);
  });
}

TEST_CASE("P6 the directory forgets nothing and overturns nothing, or a checker fires") {
  const auto follows = [](const DirectoryState& first, const auto& change) {
    DirectoryHistory history;
    history.follow(Slot{5}, first);
    auto next = first;
    change(next);
    history.follow(Slot{6}, next);
  };
  follows(sound(), [](auto& /*state*/) {});
  follows(sound(), [](auto& state) { state = sold(); });
  fires(Invariant::durability,
        [&] { follows(sold(), [](auto& state) { state.items.clear(), state.auctions.clear(); }); });
  fires(Invariant::durability,
        [&] { follows(sold(), [](auto& state) { state.auctions.at("lot-1").outcome->winner = "bob"; }); });
  fires(Invariant::durability, [&] { follows(moved(), [](auto& state) { state = sound(); }); });
  fires(Invariant::durability, [&] {
    follows(sold(), [](auto& state) { state.auctions.at("lot-1").genesis = {Uid{1}, Uid{2}, Uid{3}}; });
  });
}

TEST_CASE("a seat goes to a fit node only, or a checker fires") {
  DirectoryHistory history;
  auto before = sound();
  before.nodes.at(Uid{5}).life = directory::Life::down;
  history.follow(Slot{5}, before);
  auto next = moved();
  next.nodes.at(Uid{5}).life = directory::Life::down;
  next.nodes.at(Uid{1}).used = 0;
  fires(Invariant::placement, [&] { history.follow(Slot{6}, next); });
}

TEST_CASE("a seat goes to no node that is unfit after the command, though it was fit before, or a checker fires") {
  DirectoryHistory history;
  history.follow(Slot{5}, sound());
  auto next = moved();
  next.nodes.at(Uid{5}).draining = true;
  fires(Invariant::placement, [&] { history.follow(Slot{6}, next); });
}

TEST_CASE("a node may become unfit by the command after the one that gave it a seat, in the same slot") {
  DirectoryHistory history;
  history.follow(Slot{5}, sound());
  history.follow(Slot{6}, moved());
  auto next = moved();
  next.nodes.at(Uid{5}).draining = true;
  history.follow(Slot{6}, next);
}

TEST_CASE("an auction shrinks at the operator's word only, or a checker fires") {
  auto shrunk = moved();
  auto& auction = shrunk.auctions.at("lot-1");
  auction.members = {Uid{2}, Uid{3}, Uid{4}};
  shrunk.nodes.at(Uid{5}).used = 0;
  shrunk.nodes.at(Uid{5}).life = directory::Life::down;
  shrunk.nodes.erase(Uid{1});
  DirectoryHistory history;
  history.follow(Slot{5}, sound());
  fires(Invariant::placement, [&] { history.follow(Slot{6}, shrunk); });
  DirectoryHistory told;
  told.follow(Slot{5}, sound());
  told.may_shrink(Uid{1});
  told.follow(Slot{6}, shrunk);
}

TEST_CASE("what a node promised stays on its disk while the group lives, or a checker fires") {
  KeptReplicas kept;
  kept.writes(Uid{1}, operation(store::Operation::Kind::meta), nullptr);
  CHECK(kept.keeps(Uid{1}, kGroup));
  fires(Invariant::placement, [&] { kept.writes(Uid{1}, operation(store::Operation::Kind::remove), nullptr); });
  kept.started(Uid{1}, {});
  kept.writes(Uid{1}, operation(store::Operation::Kind::remove), nullptr);
}

TEST_CASE("a group is founded once, by its founders, or a checker fires") {
  KeptReplicas kept;
  fires(Invariant::placement, [&] { kept.writes(Uid{1}, operation(store::Operation::Kind::snapshot), nullptr); });
  kept.writes(Uid{1}, operation(store::Operation::Kind::snapshot, Slot{9}), nullptr);
  fires(Invariant::placement, [&] { kept.writes(Uid{1}, operation(store::Operation::Kind::snapshot), nullptr); });
}

}  // namespace gavel::sim
