// The next configuration on the way to a goal: at most one voter away, and never into a dead one.
#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <set>

#include "common/order/membership.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

struct Group {
  wire::Config now;
  std::set<std::uint64_t> dead{};
  std::set<std::uint64_t> behind{};
  std::uint64_t self = 1;
  std::size_t most = SIZE_MAX;

  std::optional<wire::Config> next(const wire::Config& goal) const {
    return next_config(now, goal,
                       {Uid{self}, [this](Uid uid) { return !dead.contains(uid.value); },
                        [this](Uid uid) { return !behind.contains(uid.value); }, most});
  }
};

TEST_CASE("nothing changes without a goal, or when it is reached") {
  const Group group{voters({1, 2, 3})};
  CHECK_FALSE(group.next({}));
  CHECK_FALSE(group.next(voters({1, 2, 3})));
}

TEST_CASE("a new member is a learner first, and a voter when it has caught up") {
  Group group{voters({1, 2, 3})};
  const auto goal = voters({1, 2, 3, 4});
  auto next = group.next(goal);
  REQUIRE(next);
  CHECK(*next == wire::Config{uids({1, 2, 3}), uids({4})});
  group.now = *next;
  group.behind = {4};
  CHECK_FALSE(group.next(goal));
  group.behind = {};
  CHECK(group.next(goal) == voters({1, 2, 3, 4}));
}

TEST_CASE("a dead voter is replaced: the new one comes in before the dead one goes") {
  Group group{voters({1, 2, 3}), {3}};
  const auto goal = voters({1, 2, 4});
  std::vector<wire::Config> way;
  for (auto next = group.next(goal); next; next = group.next(goal)) way.push_back(group.now = *next);
  REQUIRE(way.size() == 3);
  CHECK(way[0] == wire::Config{uids({1, 2, 3}), uids({4})});
  CHECK(way[1] == voters({1, 2, 3, 4}));
  CHECK(way[2] == goal);
}

TEST_CASE("a dead voter stays until its replacement has caught up") {
  Group group{{uids({1, 2, 3}), uids({4})}, {3}, {4}};
  CHECK_FALSE(group.next(voters({1, 2, 4})));
}

TEST_CASE("where there is no room for one more voter, the dead one goes first") {
  Group group{{uids({1, 2, 3}), uids({4})}, {3}};
  group.most = 3;
  const auto goal = voters({1, 2, 4});
  group.now = *group.next(goal);
  CHECK(group.now == wire::Config{uids({1, 2}), uids({4})});
  CHECK(group.next(goal) == goal);
}

TEST_CASE("no voter is removed if those who are left would have no live majority") {
  const Group group{voters({1, 2, 3}), {3}};
  CHECK_FALSE(group.next(voters({1, 3})));
  CHECK(group.next(voters({1, 2})) == voters({1, 2}));
}

TEST_CASE("the leader never removes itself, and the last voter stays") {
  const Group leaving{voters({1, 2})};
  CHECK_FALSE(leaving.next(voters({2})));
  const Group last{voters({2}), {}, {}, 1};
  CHECK(last.next(voters({3})) == wire::Config{uids({2}), uids({3})});
}

TEST_CASE("each step changes one voter at most, whatever the goal") {
  for (std::uint64_t from = 1; from < 64; ++from)
    for (std::uint64_t to = 1; to < 64; ++to) {
      Group group;
      wire::Config goal;
      for (std::uint64_t uid = 1; uid <= 6; ++uid) {
        if ((from >> (uid - 1)) & 1U) group.now.voters.push_back(Uid{uid});
        if ((to >> (uid - 1)) & 1U) goal.voters.push_back(Uid{uid});
      }
      int steps = 0;
      for (auto next = group.next(goal); next; next = group.next(goal)) {
        std::vector<Uid> changed;
        std::set_symmetric_difference(group.now.voters.begin(), group.now.voters.end(), next->voters.begin(),
                                      next->voters.end(), std::back_inserter(changed));
        REQUIRE(changed.size() <= 1);
        REQUIRE(!next->voters.empty());
        REQUIRE(std::is_sorted(next->learners.begin(), next->learners.end()));
        group.now = *next;
        REQUIRE(++steps < 30);
      }
      if (goal.is_voter(Uid{1}) || !group.now.is_voter(Uid{1})) CHECK(group.now == goal);
    }
}

}  // namespace
}  // namespace gavel::order
