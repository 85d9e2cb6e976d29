#include <catch2/catch.hpp>

#include "tools/sniffer/capture/losses.hpp"

namespace gavel::sniffer {
namespace {

const Uid kNode{7};

/// The `replica`-th replica of a life.
Incarnation of_life(std::uint64_t life, std::uint64_t replica = 0) { return Incarnation{life << 24U | replica}; }

}  // namespace

TEST_CASE("nothing is missed when every frame that a node published arrives") {
  Losses losses;
  CHECK(losses.arrived(kNode, of_life(1), 10) == 0);
  CHECK(losses.arrived(kNode, of_life(1, 1), {}) == 0);
  CHECK(losses.arrived(kNode, of_life(1, 2), {}) == 0);
  CHECK(losses.arrived(kNode, of_life(1), 13) == 0);
  CHECK(losses.total() == 0);
  CHECK(losses.missed().at(kNode) == 0);
}

TEST_CASE("what comes before the first tap word of a life is not counted") {
  Losses losses;
  for (int i = 0; i < 5; ++i) losses.arrived(kNode, of_life(1, 1), {});
  CHECK(losses.arrived(kNode, of_life(1), 1000) == 0);
  CHECK(losses.arrived(kNode, of_life(1), 1001) == 0);
}

TEST_CASE("a gap is told once, at the first tap word after it") {
  Losses losses;
  losses.arrived(kNode, of_life(1), 10);
  losses.arrived(kNode, of_life(1, 1), {});           // the 11th
  CHECK(losses.arrived(kNode, of_life(1), 20) == 8);  // 12 to 19 are missing
  CHECK(losses.arrived(kNode, of_life(1), 21) == 0);
  CHECK(losses.arrived(kNode, of_life(1), 23) == 1);
  CHECK(losses.total() == 9);
}

TEST_CASE("tap words that are lost themselves are counted like everything else") {
  Losses losses;
  losses.arrived(kNode, of_life(1), 10);
  // 11, 12, 13 were tap marks, and none came.
  CHECK(losses.arrived(kNode, of_life(1), 14) == 3);
}

TEST_CASE("a restarted node begins anew, and what was missed of its former life stays counted") {
  Losses losses;
  losses.arrived(kNode, of_life(1), 10);
  losses.arrived(kNode, of_life(1), 15);
  CHECK(losses.missed().at(kNode) == 4);
  losses.arrived(kNode, of_life(2, 1), {});
  CHECK(losses.arrived(kNode, of_life(2), 3) == 0);
  CHECK(losses.arrived(kNode, of_life(2), 4) == 0);
  CHECK(losses.arrived(kNode, of_life(2), 6) == 1);
  CHECK(losses.missed().at(kNode) == 5);
}

TEST_CASE("what was sent while a connection of the same life was broken counts as missed") {
  Losses losses;
  losses.arrived(kNode, of_life(3), 100);
  CHECK(losses.arrived(kNode, of_life(3), 5000) == 4899);
}

TEST_CASE("a straggler of a former life changes nothing") {
  Losses losses;
  losses.arrived(kNode, of_life(2), 10);
  CHECK(losses.arrived(kNode, of_life(1), 500) == 0);
  CHECK(losses.arrived(kNode, of_life(2), 11) == 0);
}

TEST_CASE("however many uids turn up, those that were there first are counted and the rest is not") {
  Losses losses;
  for (std::uint64_t uid = 1; uid < 5000; ++uid) losses.arrived(Uid{uid}, of_life(1), 10);
  CHECK(losses.missed().size() == Losses::kMostNodes);
  CHECK(losses.arrived(Uid{1}, of_life(1), 12) == 1);
  CHECK(losses.arrived(Uid{4999}, of_life(1), 12) == 0);
}

TEST_CASE("nodes are counted apart") {
  Losses losses;
  losses.arrived(Uid{1}, of_life(1), 10);
  losses.arrived(Uid{2}, of_life(1), 10);
  losses.arrived(Uid{1}, of_life(1), 12);
  CHECK(losses.missed().at(Uid{1}) == 1);
  CHECK(losses.missed().at(Uid{2}) == 0);
  CHECK(losses.total() == 1);
}

TEST_CASE("a tap word that says less than what arrived is never a loss") {
  Losses losses;
  losses.arrived(kNode, of_life(1), 10);
  for (int i = 0; i < 5; ++i) losses.arrived(kNode, of_life(1, 1), {});
  CHECK(losses.arrived(kNode, of_life(1), 11) == 0);
  CHECK(losses.arrived(kNode, of_life(1), 3) == 0);
  CHECK(losses.total() == 0);
}

}  // namespace gavel::sniffer
