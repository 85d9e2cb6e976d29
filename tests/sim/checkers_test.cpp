// Each checker fires on a history that was broken by hand, and is silent on the same history unbroken.
#include <catch2/catch.hpp>

#include "tests/sim/checkers/boundedness.hpp"
#include "tests/sim/checkers/durability.hpp"
#include "tests/sim/checkers/election_safety.hpp"
#include "tests/sim/checkers/exactly_once.hpp"
#include "tests/sim/checkers/fifo.hpp"
#include "tests/sim/checkers/leader_completeness.hpp"
#include "tests/sim/checkers/linearizability.hpp"
#include "tests/sim/checkers/liveness.hpp"
#include "tests/sim/checkers/log_matching.hpp"
#include "tests/sim/checkers/total_order.hpp"
#include "tests/sim/checkers/violation.hpp"

namespace gavel::sim {
namespace {

constexpr Uid kA{1};
constexpr Uid kB{2};
constexpr wire::Term kFirst{1, kA};
constexpr wire::Term kSecond{2, kB};

/// Requires that the action violates this invariant, and no other.
template <class Action>
void fires(Invariant invariant, Action action) {
  try {
    action();
  } catch (const Violation& violation) {
    CHECK(violation.invariant == invariant);
    CHECK(describe(violation).find(name_of(invariant)) != std::string::npos);
    return;
  }
  FAIL("nothing fired, and " << name_of(invariant) << " should have");
}

wire::Entry entry(wire::Term term, wire::EntryKind kind, Uid owner, std::vector<wire::Member> rotation = {}) {
  wire::Entry out;
  out.term = term;
  out.kind = kind;
  out.owner = owner;
  out.rotation = std::move(rotation);
  return out;
}
}  // namespace

TEST_CASE("P1 election safety fires on a second leader in a term") {
  ElectionSafety check;
  check.leads(kFirst, {kA, Incarnation{1}});
  check.leads(kFirst, {kA, Incarnation{1}});
  check.leads(kSecond, {kB, Incarnation{2}});
  fires(Invariant::election_safety, [&] { check.leads(kFirst, {kA, Incarnation{3}}); });
  fires(Invariant::election_safety, [&] { check.leads(kFirst, {kB, Incarnation{2}}); });
}

TEST_CASE("P1 election safety fires on a slot that another than its owner fills") {
  ElectionSafety check;
  const wire::Member a{kA, Incarnation{1}};
  const wire::Member b{kB, Incarnation{2}};
  check.holds(Slot{1}, entry(kFirst, wire::EntryKind::view, kA, {a, b}));
  check.holds(Slot{2}, entry(kFirst, wire::EntryKind::batches, kA));
  check.holds(Slot{3}, entry(kFirst, wire::EntryKind::batches, kB));
  fires(Invariant::election_safety, [&] { check.holds(Slot{4}, entry(kFirst, wire::EntryKind::batches, kB)); });
  fires(Invariant::election_safety, [&] { check.holds(Slot{9}, entry(kSecond, wire::EntryKind::noop, kB)); });
  fires(Invariant::election_safety, [&] { check.holds(Slot{9}, entry(kFirst, wire::EntryKind::view, kA, {a})); });
}

TEST_CASE("P2 log matching fires on another entry, and on another prefix, at the same slot and term") {
  LogMatching check;
  NodeLog a;
  NodeLog b;
  check.appended(kA, Slot{1}, a.append(kFirst, Digest{10}));
  check.appended(kB, Slot{1}, b.append(kFirst, Digest{10}));
  check.appended(kA, Slot{2}, a.append(kFirst, Digest{11}));
  NodeLog other = b;
  fires(Invariant::log_matching, [&] { check.appended(kB, Slot{2}, other.append(kFirst, Digest{12})); });
  // Slot 1 of another term, and then the same slot 2: the prefix differs.
  NodeLog third;
  check.appended(kB, Slot{1}, third.append(kSecond, Digest{13}));
  fires(Invariant::log_matching, [&] { check.appended(kB, Slot{2}, third.append(kFirst, Digest{11})); });
}

TEST_CASE("P4 total order fires on a mark whose digest differs, or that a replica does not keep") {
  TotalOrder check;
  check.marked(kA, Slot{1}, std::nullopt);
  check.marked(kA, Slot{2}, Digest{5});
  check.marked(kB, Slot{2}, Digest{5});
  fires(Invariant::total_order, [&] { check.marked(kB, Slot{2}, Digest{6}); });
  fires(Invariant::total_order, [&] { check.marked(kB, Slot{2}, std::nullopt); });
  fires(Invariant::total_order, [&] { check.marked(kB, Slot{1}, Digest{5}); });
}

TEST_CASE("P2 log matching fires on a batch whose bytes change") {
  LogMatching check;
  const wire::BatchRef batch{kA, Incarnation{1}, BatchNumber{1}};
  check.payload(kA, batch, Digest{1});
  check.payload(kB, batch, Digest{1});
  fires(Invariant::log_matching, [&] { check.payload(kB, batch, Digest{2}); });
}

TEST_CASE("P3 leader completeness fires on a later leader without a committed entry, whichever came first") {
  NodeLog whole;
  whole.append(kFirst, Digest{10});
  const NodeLog lacking;
  SECTION("the commit") {
    LeaderCompleteness check;
    check.committed(kA, Slot{1}, whole.at(Slot{1}), kFirst);
    check.leads(kB, kSecond, whole);
    fires(Invariant::leader_completeness, [&] { check.leads(kB, {3, kB}, lacking); });
  }
  SECTION("the leader") {
    LeaderCompleteness check;
    check.leads(kB, kSecond, lacking);
    fires(Invariant::leader_completeness, [&] { check.committed(kA, Slot{1}, whole.at(Slot{1}), kFirst); });
  }
}

TEST_CASE("P4 total order fires on another entry, state, execution or event, and on time that goes back") {
  TotalOrder check;
  NodeLog log;
  log.append(kFirst, Digest{10});
  log.append(kFirst, Digest{11});
  CHECK(check.applied(kA, Slot{1}, log.at(Slot{1}), WallTime{5}));
  CHECK_FALSE(check.applied(kB, Slot{1}, log.at(Slot{1}), WallTime{5}));
  fires(Invariant::total_order, [&] { check.applied(kB, Slot{1}, log.at(Slot{2}), WallTime{5}); });
  fires(Invariant::total_order, [&] { check.applied(kB, Slot{2}, log.at(Slot{2}), WallTime{4}); });
  fires(Invariant::total_order, [&] { check.applied(kB, Slot{3}, log.at(Slot{2}), WallTime{6}); });
  check.state(kA, Slot{1}, Digest{1});
  fires(Invariant::total_order, [&] { check.state(kB, Slot{1}, Digest{2}); });
  check.executed(kA, Slot{1}, {{SessionId{1}, RequestNumber{1}, "op 1", "1"}});
  fires(Invariant::total_order, [&] { check.executed(kB, Slot{1}, {}); });
  check.happened(kA, Slot{1}, 1, "1");
  fires(Invariant::total_order, [&] { check.happened(kB, Slot{1}, 1, "2"); });
}

TEST_CASE("P5 FIFO fires on a hole, a repeat and a closed stream") {
  const auto batch = [](std::uint64_t life, std::uint64_t number) {
    return wire::BatchRef{kA, Incarnation{life}, BatchNumber{number}};
  };
  Fifo check;
  check.committed(Slot{1}, {batch(1, 1), batch(1, 2)});
  fires(Invariant::fifo, [&] { Fifo(check).committed(Slot{2}, {batch(1, 4)}); });
  fires(Invariant::fifo, [&] { Fifo(check).committed(Slot{2}, {batch(1, 2)}); });
  fires(Invariant::fifo, [&] { Fifo(check).committed(Slot{2}, {batch(2, 2)}); });
  check.committed(Slot{2}, {batch(2, 1)});
  fires(Invariant::fifo, [&] { check.committed(Slot{3}, {batch(1, 3)}); });
}

TEST_CASE("P6 durability fires on a commit that is on too few disks, and on an acknowledgement forgotten in the end") {
  Durability check;
  constexpr Uid kC{3};
  constexpr Uid kD{4};
  check.committed(kA, Slot{1}, {kA, kB}, {kA, kB, kC});
  fires(Invariant::durability, [&] { check.committed(kA, Slot{1}, {kA}, {kA, kB, kC}); });
  fires(Invariant::durability, [&] { check.committed(kA, Slot{1}, {kA, kB}, {kA, kB, kC, kD}); });
  check.acknowledged(Slot{7});
  check.ends_with(kA, Slot{7});
  fires(Invariant::durability, [&] { check.ends_with(kB, Slot{6}); });
}

TEST_CASE("P7 exactly once fires on a second effect, on none, and on another result") {
  ExactlyOnce check;
  check.executed("op 1", Slot{1}, "1");
  check.acknowledged("op 1", "1");
  fires(Invariant::exactly_once, [&] { check.executed("op 1", Slot{2}, "2"); });
  fires(Invariant::exactly_once, [&] { check.acknowledged("op 2", "1"); });
  fires(Invariant::exactly_once, [&] { check.acknowledged("op 1", "2"); });
}

TEST_CASE("P8 linearizability fires on operations that look back, and on reads of what is yet to come") {
  Linearizability check;
  const auto early = check.begin();
  check.command_ends("op 1", early, 1);
  check.read_ends(check.begin(), 1, 1);
  check.command_ends("op 2", early, 2);
  const auto late = check.begin();
  fires(Invariant::linearizability, [&] { check.command_ends("op 3", late, 2); });
  fires(Invariant::linearizability, [&] { check.read_ends(late, 1, 2); });
  fires(Invariant::linearizability, [&] { check.read_ends(late, 4, 3); });
}

TEST_CASE("P9 liveness fires when something is missing for too long, and not before") {
  Liveness check(1s, 100ms);
  check.healed(TimePoint(0s));
  CHECK_FALSE(check.look(TimePoint(500ms), "a leader"));
  CHECK_FALSE(check.look(TimePoint(600ms), ""));
  CHECK(check.look(TimePoint(700ms), ""));
  CHECK(check.settled_after() == 600ms);
  fires(Invariant::liveness, [&] { check.look(TimePoint(1001ms), "a leader"); });
}

TEST_CASE("P10 boundedness fires on an overfull queue, a flood of effects, and writes that pile up") {
  const Boundedness check;
  order::Effects effects;
  check.stepped(kA, "", effects, 0);
  fires(Invariant::boundedness, [&] { check.stepped(kA, "waiting requests", effects, 0); });
  fires(Invariant::boundedness, [&] { check.stepped(kA, "", effects, check.most_unsynced + 1); });
  order::Options options;
  options.requests_waiting = 4;
  options.batches_in_flight = 2;
  check.owed(kA, 48, options);
  fires(Invariant::boundedness, [&] { check.owed(kA, 49, options); });
  effects.persists.resize(check.most_effects + 1);
  fires(Invariant::boundedness, [&] { check.stepped(kA, "", effects, 0); });
}

}  // namespace gavel::sim
