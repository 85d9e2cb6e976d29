// What is said of a group that heals, and how a node is named.
#include <catch2/catch.hpp>

#include "client/cli/failure.hpp"
#include "client/cli/group_view.hpp"

namespace gavel::cli {
namespace {

directory::NodeRecord node(std::uint64_t uid, directory::Life life = directory::Life::up, bool draining = false) {
  directory::NodeRecord record;
  record.uid = {uid};
  record.name = "n" + std::to_string(uid);
  record.life = life;
  record.draining = draining;
  return record;
}

const std::vector<directory::NodeRecord> kNodes{node(1), node(2, directory::Life::lost), node(3), node(4), node(5)};

directory::Auction served_by(std::vector<Uid> members) {
  directory::Auction auction;
  auction.id = "lot-7";
  auction.members = std::move(members);
  return auction;
}

wire::GroupStatus word(std::vector<Uid> voters, std::vector<Uid> learners = {}) {
  wire::GroupStatus status;
  status.last = {200};
  status.config = {std::move(voters), std::move(learners)};
  for (const Uid uid : status.config.learners)
    status.members.push_back({uid, false, true, wire::Role::follower, {126}, {}, 0, false});
  return status;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("terminal: a group that has whom it wants has nothing to say") {
  const auto settled = word({{1}, {3}, {4}});
  CHECK(healing(served_by({{1}, {3}, {4}}), &settled, kNodes).empty());
}

TEST_CASE("terminal: healing is told step by step") {
  const auto auction = served_by({{1}, {3}, {4}, {5}});
  const auto begun = word({{1}, {2}, {3}, {4}});
  CHECK(healing(auction, &begun, kNodes) == Lines{"n5 replaces n2: about to be added"});
  const auto learning = word({{1}, {2}, {3}, {4}}, {{5}});
  CHECK(healing(auction, &learning, kNodes) == Lines{"n5 replaces n2: catching up, 63 %"});
  const auto promoted = word({{1}, {2}, {3}, {4}, {5}});
  CHECK(healing(auction, &promoted, kNodes) == Lines{"promoted; n2 leaves"});
  const auto growing = word({{1}, {3}, {4}}, {{5}});
  CHECK(healing(auction, &growing, kNodes) == Lines{"n5 joins: catching up, 63 %"});
}

TEST_CASE("terminal: a seat that nobody can take is named, and so is a group without a leader") {
  const auto auction = served_by({{1}, {2}, {3}});
  const auto settled = word({{1}, {2}, {3}});
  CHECK(healing(auction, &settled, kNodes) == Lines{"nobody free for n2's seat (lost)"});
  CHECK(healing(auction, nullptr, kNodes).back() == "no leader heard");
  CHECK(healing(auction, &settled, {node(1), node(3, directory::Life::up, true)}) ==
        Lines{"nobody free for 2's seat (removed)", "nobody free for n3's seat (draining)"});
}

TEST_CASE("terminal: an auction that has ended wants nobody") {
  auto auction = served_by({{1}, {2}});
  auction.outcome.emplace();
  CHECK(healing(auction, nullptr, kNodes).empty());
}

TEST_CASE("terminal: a node is found by its name and by its uid, and a wrong name is told the right ones") {
  CHECK(find_node(kNodes, "n4").uid == Uid{4});
  CHECK(find_node({node(0xabc)}, "abc").uid == Uid{0xabc});
  try {
    find_node(kNodes, "n9");
    FAIL("a node that is not there was found");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::not_found);
    CHECK(failure.message == "there is no node 'n9'; there are n1, n2, n3, n4, n5");
  }
}

TEST_CASE("terminal: a name that two nodes have is not guessed at") {
  auto twin = node(7);
  twin.name = "n1";
  try {
    find_node({node(1), twin}, "n1");
    FAIL("one of two was taken");
  } catch (const Failure& failure) {
    CHECK(failure.message.find("by its uid: 1, 7") != std::string::npos);
  }
}

TEST_CASE("terminal: a role is what the replica says, and unlisted if it belongs to nothing") {
  auto status = word({{1}, {3}}, {{5}});
  CHECK(role_of(status, {1}) == "follower");
  CHECK(role_of(status, {5}) == "learner");
  CHECK(role_of(status, {4}) == "unlisted");
  status.role = wire::Role::leader;
  CHECK(role_of(status, {1}) == "leader");
  status.observer = true;
  CHECK(role_of(status, {1}) == "observer");
}

}  // namespace gavel::cli
