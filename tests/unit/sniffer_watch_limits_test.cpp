// Where the watch must know its limits: clusters that are founded anew, members that beat seldom, messages that were
// missed, and the end of what there is to see.
#include "tests/unit/sniffer_watched.hpp"

namespace gavel::sniffer {
namespace {

/// A group of n1, n2 and n3 with one command in slot 2, then all is silent for a while.
void first_history(Watched& bus) {
  for (const std::uint64_t uid : {11, 12}) bus.names.learn_node(Uid{uid}, "n" + std::to_string(uid));
  bus.begin(kTerm);
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 1), 21, 1));
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 1)})}, 1));
  for (const auto uid : {1, 2, 3}) bus.hear(uid, MadeBus::ack(kTerm, 2, 2));
  bus.hear(3, MadeBus::leader_beat(kTerm, 2, 2));
  bus.pass(3s);
}

/// The same group of other nodes, with another command in slot 2.
void second_history(Watched& bus, wire::Term anew, bool orders_seen = true) {
  if (orders_seen) {
    bus.hear(anew.uid.value, MadeBus::order(anew, 0, {}, {MadeBus::view(anew)}));
    bus.hear(anew.uid.value, MadeBus::order(anew, 1, anew, {MadeBus::entry(anew, {MadeBus::ref(12, 1)})}, 1));
  }
  for (const auto uid : {11, 12}) bus.hear(uid, MadeBus::ack(anew, 2, 2));
  bus.hear(11, MadeBus::leader_beat(anew, 2, 2));
  bus.see(bus.call(12, 7, 31, 1));
  bus.hear(12, MadeBus::batch(MadeBus::ref(12, 1), 31, 1));
  bus.see(bus.answer(12, 7, 2));
  bus.pass(100ms);
}

}  // namespace

TEST_CASE("P6 a cluster that is wiped and founded anew is judged by its own history, in lower and in higher terms") {
  Watched bus;
  first_history(bus);
  const auto anew = term(GENERATE(1, 7), 11);
  second_history(bus, anew);
  CHECK(bus.found.empty());
  CHECK(bus.watch.tick(bus.now + 31s).empty());  // whoever was suspected is not any more
  CHECK(bus.watch.not_checkable() == 1);

  // Its own answers are checked.
  bus.see(bus.call(12, 8, 31, 2));
  bus.see(bus.answer(12, 8, 2));
  bus.hear(11, MadeBus::order(anew, 2, anew, {MadeBus::entry(anew, {MadeBus::ref(12, 2)})}, 2));
  bus.pass(100ms);
  CHECK(bus.only(Rule::answers, "request 31/2, which n12 acknowledged at slot 2"));
}

TEST_CASE("P6 an answer is not held against the log of a cluster that was silent for long") {
  Watched bus;
  first_history(bus);
  second_history(bus, term(1, 11), false);
  bus.pass(3s);
  CHECK(bus.found.empty());
  CHECK(bus.watch.not_checkable() == 2);  // the answer, and the batch, whose order was missed
}

TEST_CASE("P6 an answer of a cluster that is gone is not held against the leader of the next") {
  Watched bus;
  bus.begin(kTerm);
  bus.live(100ms, kTerm, {1, 2});
  bus.see(bus.call(1, 7, 21, 1));
  bus.see(bus.answer(1, 7, 300));
  const auto anew = term(7, 11);
  for (int i = 0; i < 60; ++i) {
    bus.hear(11, MadeBus::leader_beat(anew, 3, 3));
    bus.pass(50ms);
  }
  CHECK(bus.found.empty());
  CHECK(bus.watch.not_checkable() == 1);
}

TEST_CASE("P2 an old leader that is cut off and goes on with its old members' slots forgets no history") {
  Watched bus;
  const auto old = term(4, 1);
  for (const auto uid : {1, 2}) bus.hear(uid, MadeBus::ack(old, 1));
  first_history(bus);
  bus.hear(1, MadeBus::order(old, 1, old, {MadeBus::entry(old, {MadeBus::ref(1, 1)})}));
  bus.hear(2, MadeBus::order(term(6, 2), 1, kTerm, {MadeBus::view(term(6, 2))}, 1));
  CHECK(bus.only(Rule::orders, "slot 2 was committed in term 5.n3"));
}

TEST_CASE("P9 members that beat once a second are watched too, with a longer patience") {
  Watched bus;
  bus.heartbeat = 1000ms;
  bus.begin(kTerm);
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 1)));
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 1)})}, 1));
  ++bus.last;
  bus.live(4s, kTerm, {1, 2});
  SECTION("holes") {
    bus.hear(1, MadeBus::batch(MadeBus::ref(1, 3)));
    bus.live(9s, kTerm, {1, 2});
    CHECK(bus.found.empty());
    bus.live(6s, kTerm, {1, 2});
    CHECK(bus.only(Rule::hole, "batch n1:2 is not ordered since"));
  }
  SECTION("answers") {
    bus.see(bus.call(1, 7, 21, 1));
    bus.see(bus.answer(1, 7, 5000));
    bus.live(9s, kTerm, {1, 2});
    CHECK(bus.found.empty());
    bus.live(6s, kTerm, {1, 2});
    CHECK(bus.only(Rule::answers, "is not in the order"));
  }
}

TEST_CASE("P9 a batch that waits while nobody is known to lead is counted as not checkable, once") {
  Watched bus;
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 3)));
  for (int i = 0; i < 10; ++i) {
    bus.hear(1, MadeBus::batch(MadeBus::ref(1, 3)));
    bus.pass(1s);
  }
  CHECK(bus.found.empty());
  CHECK(bus.watch.not_checkable() == 1);
}

TEST_CASE("P6 at the end what came last is judged, and what waits is counted") {
  Watched bus;
  bus.begin(kTerm);
  bus.see(bus.call(1, 7, 21, 1));
  bus.see(bus.call(1, 8, 21, 2));
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 1), 21, 9));
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 1)})}, 1));
  bus.hear(3, MadeBus::leader_beat(kTerm, 2, 2));
  bus.see(bus.answer(1, 7, 2));
  bus.see(bus.answer(1, 8, 3));
  CHECK(bus.found.empty());
  bus.found = bus.watch.end();
  CHECK(bus.only(Rule::answers, "request 21/1, which n1 acknowledged at slot 2"));
  CHECK(bus.watch.not_checkable() == 1);
}

TEST_CASE("P6 an answer is paired with no call from before messages of its gateway were missed") {
  Watched bus;
  bus.begin(kTerm);
  bus.see(bus.call(1, 7, 21, 1));
  bus.watch.missed(Uid{1});
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 1), 21, 2));
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 1)})}, 1));
  bus.hear(3, MadeBus::leader_beat(kTerm, 2, 2));
  bus.see(bus.answer(1, 7, 2));
  bus.pass(100ms);
  CHECK(bus.found.empty());
  CHECK(bus.watch.not_checkable() == 1);
}

}  // namespace gavel::sniffer
