// Counting: when is a slot committed, and whose acks count.
#include <catch2/catch.hpp>

#include "common/order/commitment.hpp"
#include "tests/unit/order_pipe.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

// Member 1 of a group, with a disk that is done at once, following the leader of `promised`.
struct Counting {
  explicit Counting(const wire::Config& config, std::uint64_t self = 1)
      : core(Setup{{}, GroupId{7}, {Uid{self}, Incarnation{1}}, Participation::member, 1},
             {{}, genesis(config, ListMachine{}), {}}, std::make_unique<ListMachine>(), Now{TimePoint(1s), {}}) {
    core.out = &effects;
  }
  void promise(wire::Term of) {
    core.promise(of);
    sync();
  }
  void append(wire::FullEntry entry, bool durable = true) {
    core.append(std::move(entry));
    core.match = core.log.last();
    if (durable) sync();
  }
  void sync() { core.journal.complete(effects.persists.back().ticket); }
  void ack(std::uint64_t from, wire::Term of, std::uint64_t durable) {
    core.peers.ack(Uid{from}, {of, Slot{durable}, {}, {}, {}});
  }
  Slot commit(Slot hinted = {}) {
    commitment.advance(hinted);
    return core.commit;
  }

  Effects effects;
  Core core;
  Commitment commitment{core};
};

const auto kOld = term(1, 3);
const auto kNew = term(2, 2);

TEST_CASE("P3: a slot is committed when a majority of the voters, itself included, holds it") {
  Counting counting(voters({1, 2, 3}));
  counting.promise(kOld);
  counting.append(viewing(kOld));
  CHECK(counting.commit() == Slot{0});
  counting.ack(3, kOld, 1);
  CHECK(counting.commit() == Slot{1});
}

TEST_CASE("half of an even number of voters is no majority") {
  Counting counting(voters({1, 2, 3, 4}));
  counting.promise(kOld);
  counting.append(viewing(kOld));
  counting.ack(3, kOld, 1);
  CHECK(counting.commit() == Slot{0});
  counting.ack(2, kOld, 1);
  CHECK(counting.commit() == Slot{1});
}

TEST_CASE("P3: entries of older terms are not committed by counting, but by what follows them") {
  Counting counting(voters({1, 2, 3}));
  counting.promise(kOld);
  counting.append(viewing(kOld));
  counting.promise(kNew);
  counting.core.match = Slot{1};
  counting.ack(2, kNew, 1);
  counting.ack(3, kNew, 1);
  CHECK(counting.commit() == Slot{0});
  counting.append(viewing(kNew));
  CHECK(counting.commit() == Slot{0});
  counting.ack(2, kNew, 2);
  CHECK(counting.commit() == Slot{2});
}

TEST_CASE("acks of another term do not count") {
  Counting counting(voters({1, 2, 3}));
  counting.promise(kNew);
  counting.append(viewing(kNew));
  counting.ack(3, kOld, 1);
  counting.ack(2, term(3, 3), 1);
  CHECK(counting.commit() == Slot{0});
}

TEST_CASE("learners' acks do not count") {
  Counting counting({uids({1, 2, 3}), uids({4, 5})});
  counting.promise(kOld);
  counting.append(viewing(kOld));
  counting.ack(4, kOld, 1);
  counting.ack(5, kOld, 1);
  CHECK(counting.commit() == Slot{0});
}

TEST_CASE("P6: what is not on one's own disk does not count as one's own") {
  Counting counting(voters({1, 2, 3}));
  counting.promise(kOld);
  counting.append(viewing(kOld), false);
  counting.ack(3, kOld, 1);
  CHECK(counting.commit() == Slot{0});
  counting.sync();
  CHECK(counting.commit() == Slot{1});
}

TEST_CASE("P6: while the own promise is on its way to the disk, the own ack does not count") {
  Counting counting(voters({1, 2}));
  counting.core.promise(kOld);
  counting.core.append(viewing(kOld));
  counting.core.match = Slot{1};
  counting.ack(2, kOld, 1);
  CHECK(counting.commit() == Slot{0});
  counting.sync();
  CHECK(counting.commit() == Slot{1});
}

TEST_CASE("P3: commits end at the own match index, whatever the others hold and whatever is hinted") {
  Counting counting(voters({1, 2, 3}));
  counting.promise(kOld);
  counting.append(viewing(kOld));
  counting.append(noop(kOld));
  counting.core.match = Slot{1};  // slot 2 is not known to be the leader's
  counting.ack(2, kOld, 9);
  counting.ack(3, kOld, 9);
  CHECK(counting.commit(Slot{9}) == Slot{1});
}

TEST_CASE("a configuration counts from the moment it is in the log") {
  Counting counting(voters({1, 2, 3}));
  counting.promise(kOld);
  counting.append(viewing(kOld));
  counting.append(configuring(kOld, voters({1, 2, 3, 4})));
  counting.ack(3, kOld, 2);
  CHECK(counting.commit() == Slot{0});
  counting.ack(4, kOld, 2);
  CHECK(counting.commit() == Slot{2});
}

TEST_CASE("a member that lost its disk follows the others' acks, and its own never counts") {
  Counting counting(voters({1, 2, 3}));
  counting.promise(kOld);
  counting.core.journal.fail();
  counting.core.append(viewing(kOld));
  counting.core.match = Slot{1};
  counting.ack(3, kOld, 1);
  CHECK(counting.commit() == Slot{0});
  counting.ack(2, kOld, 1);
  CHECK(counting.commit() == Slot{1});
}

TEST_CASE("a restarted member's first, smaller ack takes nothing back") {
  Peers peers(300ms, 50ms);
  peers.ack(Uid{2}, {kOld, Slot{9}, Slot{3}, {}, {}});
  peers.ack(Uid{2}, {kOld, Slot{5}, Slot{5}, {}, {}});
  CHECK(peers.find(Uid{2})->ack.durable == Slot{9});
  CHECK(peers.find(Uid{2})->ack.applied == Slot{5});
  peers.ack(Uid{2}, {kNew, Slot{1}, {}, {}, {}});
  CHECK(peers.find(Uid{2})->ack.durable == Slot{1});  // of another term: another log, perhaps
}

}  // namespace
}  // namespace gavel::order
