// The watch for broken invariants: each violation is told once, at once, by name; and what only looks like one is not.
#include <catch2/catch.hpp>

#include "tests/unit/sniffer_watched.hpp"

namespace gavel::sniffer {
TEST_CASE("P1 the watch tells of an order for a term by another node than its leader, once") {
  Watched bus;
  bus.begin(kTerm);
  bus.hear(2, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 1)})}));
  bus.hear(2, MadeBus::order(kTerm, 2, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 2)})}));
  CHECK(bus.only(Rule::leaders, "lot-1: term 5.n3 has a second leader: n2"));
}

TEST_CASE("P1 the watch tells of a term that two lives of its leader lead") {
  Watched bus;
  bus.hear(3, MadeBus::leader_beat(kTerm, 1, 0));
  bus.hear(3, MadeBus::leader_beat(kTerm, 1, 0), 0, kNextLife);
  CHECK(bus.only(Rule::leaders, "is led by two lives of n3"));
}

TEST_CASE("P1 a leader that was restarted may follow its old term and lead a higher one") {
  Watched bus;
  bus.hear(3, MadeBus::leader_beat(kTerm, 1, 0));
  auto beat = MadeBus::follower_beat(kTerm);
  beat.following = {};
  bus.hear(3, beat, 0, kNextLife);
  bus.hear(3, MadeBus::leader_beat(term(6, 3), 1, 0), 0, kNextLife);
  CHECK(bus.found.empty());
}

TEST_CASE("P2 the watch tells of two entries for one slot of one term, in orders or entries") {
  Watched bus;
  bus.begin(kTerm);
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 1)})}));
  wire::Entries entries;
  entries.term = kTerm;
  entries.previous = Slot{1};
  entries.previous_term = kTerm;
  entries.entries.push_back({MadeBus::entry(kTerm, {MadeBus::ref(4, 1)}), {share("x")}});
  bus.hear(2, entries, 1);
  CHECK(bus.found.empty());
  entries.entries.front().entry.batches = {MadeBus::ref(5, 1)};
  bus.hear(2, entries, 1);
  CHECK(bus.only(Rule::orders, "slot 2 of term 5.n3 was ordered twice: n4:1 and n5:1"));
}

TEST_CASE("P2 an uncommitted tail that a later leader replaces is no second order") {
  Watched bus;
  bus.begin(kTerm);
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 1)})}, 1));
  bus.hear(2, MadeBus::ack(kTerm, 1));
  bus.hear(2, MadeBus::ack(term(6, 2), 1));
  bus.hear(2, MadeBus::order(term(6, 2), 1, kTerm,
                             {MadeBus::view(term(6, 2)), MadeBus::entry(term(6, 2), {MadeBus::ref(4, 1)})}, 1));
  bus.hear(3, MadeBus::order(kTerm, 2, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 2)})}, 1));  // late
  CHECK(bus.found.empty());
}

TEST_CASE("P3 the watch tells of a later leader that has another entry where one was committed") {
  Watched bus;
  bus.begin(kTerm);
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 1)})}, 1));
  bus.hear(2, MadeBus::ack(kTerm, 2));
  bus.hear(3, MadeBus::leader_beat(kTerm, 2, 2));
  bus.hear(2, MadeBus::order(term(6, 2), 1, kTerm, {MadeBus::view(term(6, 2))}, 1));
  CHECK(bus.only(Rule::orders, "slot 2 was committed in term 5.n3"));
}

TEST_CASE("P3 a cluster founded anew from a backup contradicts nothing, as none of its nodes was in the old one") {
  Watched bus;
  bus.begin(kTerm);
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 1)})}, 1));
  bus.hear(3, MadeBus::leader_beat(kTerm, 2, 2));
  bus.hear(2, MadeBus::ack(kTerm, 2));
  const auto anew = term(7, 11);
  bus.hear(11, MadeBus::order(anew, 1, kTerm, {MadeBus::view(anew)}));
  bus.hear(11, MadeBus::ack(anew, 2, 2));
  bus.hear(12, MadeBus::ack(anew, 2, 2));
  CHECK(bus.found.empty());
}

TEST_CASE("P5 the watch tells of a batch that is ordered twice, out of turn, or after a skipped one") {
  const auto ordered = [](std::vector<wire::BatchRef> refs) {
    Watched bus;
    bus.begin(kTerm);
    std::uint64_t slot = 1;
    for (const auto& ref : refs) bus.hear(3, MadeBus::order(kTerm, slot++, kTerm, {MadeBus::entry(kTerm, {ref})}));
    return bus;
  };
  CHECK(ordered({MadeBus::ref(4, 1), MadeBus::ref(4, 1)}).only(Rule::fifo, "orders batch n4:1 again, after 1"));
  CHECK(ordered({MadeBus::ref(4, 1), MadeBus::ref(4, 3)}).only(Rule::fifo, "batch n4:3 after 1, and skips 2"));
  CHECK(ordered({MadeBus::ref(4, 1), MadeBus::ref(4, 1, kNextLife), MadeBus::ref(4, 2)})
            .only(Rule::fifo, "a life of its publisher that is closed"));
  CHECK(ordered({MadeBus::ref(4, 1), MadeBus::ref(5, 1), MadeBus::ref(4, 2), MadeBus::ref(4, 1, kNextLife)})
            .found.empty());
}

TEST_CASE("P5 orders that were missed, and a watch that begins in the middle, make no hole of their own") {
  Watched bus;
  bus.hear(3, MadeBus::order(kTerm, 40, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 17)})}));
  bus.hear(3, MadeBus::order(kTerm, 43, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 20)})}));
  bus.hear(3, MadeBus::order(kTerm, 44, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 21)})}));
  CHECK(bus.found.empty());
}

TEST_CASE("P9 the watch tells of a hole in a stream that stays") {
  Watched bus;
  bus.begin(kTerm);
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 1)));
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 1)})}));
  ++bus.last;
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 3)));
  bus.live(1500ms, kTerm, {1, 2});
  CHECK(bus.found.empty());
  bus.live(1500ms, kTerm, {1, 2});
  CHECK(bus.only(Rule::hole, "batch n1:2 is not ordered since"));
}

TEST_CASE("P9 a hole is excused when its publisher died, came back, is cut off, or messages were missed") {
  Watched bus;
  bus.begin(kTerm);
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 1)));
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 1)})}));
  ++bus.last;
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 3)));
  SECTION("died") { bus.live(4s, kTerm, {2}); }
  SECTION("came back") {
    auto beat = MadeBus::follower_beat(kTerm);
    for (int i = 0; i < 80; ++i) {
      bus.hear(1, beat, 0, kNextLife);
      bus.live(50ms, kTerm, {2});
    }
  }
  SECTION("cut off") {
    auto beat = MadeBus::follower_beat(kTerm);
    beat.hears = {Uid{2}};
    for (int i = 0; i < 80; ++i) {
      bus.hear(1, beat);
      bus.live(50ms, kTerm, {2});
    }
  }
  SECTION("missed") {
    bus.watch.missed(Uid{3});
    bus.live(4s, kTerm, {1, 2});
  }
  CHECK(bus.found.empty());
}

TEST_CASE("P9 what an observer offers is held against the leader only if it hears somebody who has it") {
  const auto told = [](std::uint64_t holder) {
    Watched bus;
    bus.begin(kTerm);
    bus.hear(9, MadeBus::batch(MadeBus::ref(9, 1)));
    bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(9, 1)})}));
    ++bus.last;
    auto beat = MadeBus::follower_beat(kTerm);
    beat.held = {{Uid{9}, kLife, BatchNumber{2}}};
    for (int i = 0; i < 80; ++i) {
      if (i % 20 == 0) bus.hear(9, MadeBus::batch(MadeBus::ref(9, 2)));  // again each second
      bus.hear(holder, beat);
      bus.live(50ms, kTerm, {1, 2});
    }
    return bus;
  };
  CHECK(told(5).only(Rule::hole, "batch"));
  CHECK(told(7).found.empty());  // cut off together with the observer
}

TEST_CASE("P6 the watch tells of an ack that goes back, in slots or terms") {
  Watched bus;
  bus.hear(2, MadeBus::ack(kTerm, 10));
  bus.hear(2, MadeBus::ack(kTerm, 10));
  CHECK(bus.found.empty());
  SECTION("slots") {
    bus.hear(2, MadeBus::ack(kTerm, 9));
    CHECK(bus.only(Rule::acks, "n2 acks slot 9 after slot 10, in term 5.n3 (message 2, then message 3)"));
  }
  SECTION("a term") {
    bus.hear(2, MadeBus::ack(term(4, 1), 12));
    CHECK(bus.only(Rule::acks, "n2 acks in term 4.n1 after it did in the higher term 5.n3"));
  }
}

TEST_CASE("P6 an ack may start again in a higher term, in another life, and while a snapshot is written") {
  Watched bus;
  bus.hear(2, MadeBus::ack(kTerm, 10));
  auto beat = MadeBus::follower_beat(kTerm);
  beat.ack = MadeBus::ack(kTerm, 0);
  bus.hear(2, beat);
  bus.hear(2, MadeBus::ack(kTerm, 30));
  bus.hear(2, MadeBus::ack(term(6, 1), 4));
  bus.hear(2, MadeBus::ack(term(6, 1), 2), 0, kNextLife);
  CHECK(bus.found.empty());
}

TEST_CASE("P4 the watch tells of digests that differ at one slot in one term") {
  Watched bus;
  auto one = MadeBus::ack(kTerm, 1030, 1030);
  one.digest_slot = Slot{1024};
  one.digest = Digest{0xaa};
  auto other = one;
  other.digest = Digest{0xbb};
  bus.hear(1, one);
  bus.hear(2, one);
  CHECK(bus.found.empty());
  bus.hear(3, other);
  bus.hear(3, other);
  CHECK(bus.only(Rule::digests, "n3's state after slot 1024 has the digest bb, that of n1 aa"));
}

TEST_CASE("P6 the watch tells of an acknowledged command that is not in the batches of its slot") {
  Watched bus;
  bus.begin(kTerm);
  bus.see(bus.call(1, 7, 21, 1));
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 1), 21, 2));
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 1)})}, 1));
  bus.hear(3, MadeBus::leader_beat(kTerm, 2, 2));
  bus.see(bus.answer(1, 7, 2));
  bus.pass(100ms);
  CHECK(bus.only(Rule::answers, "request 21/1, which n1 acknowledged at slot 2"));
}

TEST_CASE("P6 a command that is in its slot is acknowledged rightly, whatever comes first") {
  Watched bus;
  bus.begin(kTerm);
  bus.see(bus.call(1, 7, 21, 1));
  bus.see(bus.answer(1, 7, 2));
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 1)})}, 1));
  bus.pass(100ms);
  bus.hear(3, MadeBus::leader_beat(kTerm, 2, 2));
  bus.pass(100ms);
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 1), 21, 1));
  ++bus.last;
  bus.live(4s, kTerm, {1, 2});
  CHECK(bus.found.empty());
  CHECK(bus.watch.not_checkable() == 0);
}

TEST_CASE("P6 an acknowledged slot that the leader does not have after the patience was lost") {
  Watched bus;
  bus.begin(kTerm);
  bus.live(100ms, kTerm, {1, 2});
  bus.see(bus.call(1, 7, 21, 1));
  bus.see(bus.answer(1, 7, 5000));
  bus.live(3s, kTerm, {1, 2});
  CHECK(bus.only(Rule::answers, "is not in the order"));
}

TEST_CASE("P6 what was not seen whole is not judged, and counted") {
  Watched bus;
  bus.begin(kTerm);
  bus.see(bus.call(1, 7, 21, 1));
  bus.hear(3, MadeBus::order(kTerm, 1, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 1)})}, 1));
  bus.hear(3, MadeBus::leader_beat(kTerm, 2, 2));
  bus.see(bus.answer(1, 7, 2));  // its batch was missed
  bus.see(bus.answer(1, 8, 2));  // its call was missed
  ++bus.last;
  bus.live(4s, kTerm, {1, 2});
  CHECK(bus.found.empty());
  CHECK(bus.watch.not_checkable() == 1);
}

}  // namespace gavel::sniffer
