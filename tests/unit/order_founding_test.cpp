// How soon a new group has a leader, and that nobody is hasty where a leader may live.
#include <catch2/catch.hpp>

#include "tests/unit/order_pipe.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

const Options kDefaults;

/// When the group, founded at once by all, can answer.
Duration until_answer(Pipe& pipe, const std::vector<std::uint64_t>& founders) {
  const auto begun = pipe.now().at;
  pipe.found(founders);
  REQUIRE(pipe.propose(founders.front(), "a", 1s));
  return pipe.now().at - begun;
}

TEST_CASE("a group of one founds itself at once") {
  Pipe pipe;
  CHECK(until_answer(pipe, {1}) < 3ms);
}

TEST_CASE("the founders of a new group need not wait for a leader that cannot be: the highest leads at once") {
  Pipe pipe;
  CHECK(until_answer(pipe, {1, 2, 3, 4, 5}) < 20ms);
  CHECK(pipe.leader() == 5);
}

TEST_CASE("a new group whose first beats nobody hears has a leader within two hop times") {
  Pipe pipe;
  const auto deaf_until = pipe.now().at + 15ms;
  pipe.lose([&](std::uint64_t, std::uint64_t, const wire::OrderMessage& message) {
    return pipe.now().at < deaf_until && std::holds_alternative<wire::Beat>(message);
  });
  CHECK(until_answer(pipe, {1, 2, 3}) < 2 * kDefaults.hop_timeout);
  CHECK(pipe.leader() == 3);
}

TEST_CASE("a new group does not wait long for a founder that does not come") {
  Pipe pipe;
  const auto begun = pipe.now().at;
  pipe.found({1, 2, 3});
  pipe.crash(3);
  REQUIRE(pipe.until([&] { return pipe.leader() == 2; }));
  CHECK(pipe.now().at - begun < kDefaults.suspicion);
}

TEST_CASE("a founder that comes late follows the leader there is") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  pipe.crash(3);
  REQUIRE(pipe.propose(1, "a"));
  const auto reign = pipe.at(2).promised();
  pipe[3].disk.promised = {};
  pipe.start(3);
  pipe.run(1s);
  CHECK(pipe.at(1).promised() == reign);
  CHECK(pipe.at(3).promised() == reign);
  REQUIRE(pipe.until([&] { return pipe.agree(); }));
}

TEST_CASE("a founder that comes late to a group without a leader is as cautious as the others") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  pipe.crash(3);
  REQUIRE(pipe.propose(1, "a"));
  pipe.crash(1);
  pipe.crash(2);
  const auto begun = pipe.now().at;
  for (const std::uint64_t uid : {1, 2, 3}) pipe.start(uid);
  REQUIRE_FALSE(pipe.at(3).promised());
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  CHECK(pipe.now().at - begun >= kDefaults.suspicion);
}

TEST_CASE("a group that restarts is as cautious as ever: a leader may live that is not heard yet") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.propose(1, "a"));
  for (const std::uint64_t uid : {1, 2, 3}) pipe.crash(uid);
  const auto begun = pipe.now().at;
  for (const std::uint64_t uid : {1, 2, 3}) pipe.start(uid);
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  CHECK(pipe.now().at - begun >= kDefaults.suspicion);
}

TEST_CASE("founders that found a leader beat no more often than others") {
  Pipe pipe;
  pipe.found({1, 2, 3});
  REQUIRE(pipe.until([&] { return pipe.has_leader(); }));
  pipe.run(10ms);
  int beats = 0;
  pipe.watch([&](std::uint64_t to, const wire::OrderMessage& message) {
    if (to == 1 && std::holds_alternative<wire::Beat>(message)) ++beats;
  });
  pipe.run(200ms);
  CHECK(beats <= 2 * 5);
}

}  // namespace
}  // namespace gavel::order
