// Standing services in the directory: opened once, founded by who is fit, kept for ever, and restored with the house.
#include "tests/unit/services_house.hpp"

namespace gavel {
namespace {

using namespace directory;

StandingGroup open(House& house, const std::string& name) {
  return house.expect<StandingOpened>(OpenStanding{name}).standing;
}

TEST_CASE("a standing service is opened once, in a group of its own, by the voters that are fit") {
  House house(3);
  house.seen(2, Life::down);
  house.events.clear();
  const auto lobby = open(house, "lobby");
  CHECK(lobby.service == ServiceKind::lobby);
  CHECK(lobby.genesis == uids({1, 3}));
  REQUIRE(house.events.size() == 1);
  CHECK(std::get<StandingChanged>(house.events[0]).standing.group == lobby.group);
  house.events.clear();
  CHECK(open(house, "lobby").group == lobby.group);
  CHECK(house.events.empty());
  CHECK(open(house, "likes").group > lobby.group);
  CHECK(house.machine.standing_of(lobby.group)->name == "lobby");
  CHECK(house.machine.standing_of(kDirectoryGroup) == nullptr);
  CHECK(house.ask<Standing>(AskStanding{}).groups.size() == 2);
}

TEST_CASE("at most seven nodes found a standing service, the first that joined") {
  House house(9);
  CHECK(open(house, "lobby").genesis == uids({1, 2, 3, 4, 5, 6, 7}));
}

TEST_CASE("an unknown standing service, or one that no node could serve, is refused") {
  House house;
  CHECK(house.refusal(OpenStanding{"lobbies"}) == Refusal::unknown_service);
  CHECK(house.refusal(OpenStanding{"lobby"}) == Refusal::no_free_node);
  house.expect<Done>(node(1));
  house.session = SessionId{7};  // a client may open it
  CHECK(open(house, "lobby").genesis == uids({1}));
}

TEST_CASE("no item takes the name of a group that the house has") {
  House house(1);
  for (const std::string id : {"directory", "lobby", "likes"})
    CHECK(house.refusal(AddItem{id, "A lamp", "selma", eur(10000), eur(500)}) == Refusal::bad_id);
}

TEST_CASE("standing services are in the snapshot, and one that does not fit is no directory") {
  House house(3);
  const auto lobby = open(house, "lobby");
  House other;
  REQUIRE(other.machine.restore(house.machine.snapshot()).has_value());
  CHECK(other.shown() == house.shown());
  CHECK(other.machine.digest() == house.machine.digest());
  CHECK(other.machine.standing_of(lobby.group) != nullptr);
}

TEST_CASE("a house that is founded anew keeps the standing services that it has, and opens the others again") {
  House house(3);
  const auto lobby = open(house, "lobby");
  const auto likes = open(house, "likes");
  house.machine.found_anew(Uid{9}, {lobby.group});
  CHECK(house.machine.standing_of(lobby.group)->genesis == uids({9}));
  CHECK(house.machine.standing_of(lobby.group)->restored);
  CHECK(house.machine.standing_of(likes.group) == nullptr);
  house.expect<Done>(node(9));
  CHECK(open(house, "likes").group > likes.group);
}

}  // namespace
}  // namespace gavel
