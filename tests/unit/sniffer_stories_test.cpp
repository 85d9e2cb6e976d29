// Elections and recoveries are found in the traffic, from their beginnings to their ends, without the noise between.
#include <catch2/catch.hpp>

#include "tests/unit/sniffer_bus.hpp"
#include "tools/sniffer/stories/stories.hpp"

namespace gavel::sniffer {
namespace {

const auto kOld = term(5, 4);
const auto kNew = term(6, 3);

struct Told : MadeBus {
  explicit Told(std::unique_ptr<StoryFinder> (*find)(const Names&)) : finder(find(names)) {}
  template <class Message>
  void hear(std::uint64_t from, Message message, std::uint64_t to = 0) {
    finder->take(heard(from, std::move(message), to));
    pass(1ms);
  }
  void pass(Duration time) {
    now = now + time;
    finder->tick(now);
  }
  void token(std::uint64_t from, std::uint64_t to, std::vector<std::uint64_t> votes, std::uint64_t id, bool answered) {
    wire::Token token;
    token.term = kNew;
    token.ring = {Uid{1}, Uid{2}, Uid{3}, Uid{4}};
    for (const auto uid : votes) token.votes.push_back({Uid{uid}, kOld, Slot{9}});
    token.id = id;
    hear(from, token, to);
    if (answered) hear(to, wire::TokenAck{id}, from);
  }
  std::vector<std::string> labels() const {
    std::vector<std::string> out;
    for (const auto& step : finder->story().steps)
      out.push_back(names.node(step.from.uid) + ": " + step.label +
                    (step.times > 1 ? " ×" + std::to_string(step.times) : ""));
    return out;
  }

  std::unique_ptr<StoryFinder> finder;
};

wire::Beat deaf_beat() {
  wire::Beat beat;
  beat.promised = kOld;
  return beat;
}

}  // namespace

TEST_CASE("an election is told from the old leader's last beat to the majority's acks of the new view") {
  Told bus(find_election);
  for (int i = 0; i < 3; ++i) {
    bus.hear(4, MadeBus::leader_beat(kOld, 9, 9));
    for (const std::uint64_t uid : {1, 2, 3}) bus.hear(uid, MadeBus::follower_beat(kOld));
  }
  for (int i = 0; i < 3; ++i)
    for (const std::uint64_t uid : {1, 2, 3}) bus.hear(uid, deaf_beat());
  bus.token(3, 4, {3}, 1, false);
  bus.pass(400ms);
  bus.token(3, 1, {3}, 2, true);
  bus.token(1, 2, {3, 1}, 1, true);
  bus.token(2, 3, {3, 1, 2}, 1, true);
  bus.hear(3, wire::Fetch{kNew, Slot{10}, true}, 2);
  wire::Entries entries;
  entries.term = kNew;
  entries.previous = Slot{9};
  entries.entries.resize(2);
  entries.recovery = true;
  bus.hear(2, entries, 3);
  bus.hear(3, MadeBus::order(kNew, 11, kOld, {MadeBus::view(kNew)}, 9));
  for (const std::uint64_t uid : {3, 1, 2}) bus.hear(uid, MadeBus::ack(kNew, 12, 9));
  bus.pass(200ms);
  REQUIRE(bus.finder->whole());
  CHECK(bus.finder->story().title == "election of lot-1, won by n3 for term 6.n3");
  CHECK(bus.labels() ==
        std::vector<std::string>{"n4: last beat, leader of 5.n4", "n1: hears no leader", "n2: hears no leader",
                                 "n3: hears no leader", "n3: token 6.n3 {n3}, no answer", "n3: token 6.n3 {n3}",
                                 "n1: token 6.n3 {n3 n1}", "n2: token 6.n3 {n3 n1 n2} home", "n3: log from 10?",
                                 "n2: entries 10..11", "n3: leads 6.n3: view at slot 12", "n3: ack 12", "n1: ack 12",
                                 "n2: ack 12", "n3: acks of 3 of 4 voters: committed, 425 ms"});
}

TEST_CASE("acks of the new view that arrive before its order belong to the election") {
  Told bus(find_election);
  bus.token(3, 1, {3}, 2, true);
  bus.token(1, 3, {3, 1}, 1, true);
  bus.hear(1, MadeBus::ack(kNew, 12, 9));
  bus.hear(2, MadeBus::ack(kNew, 12, 9));
  bus.hear(3, MadeBus::order(kNew, 11, kOld, {MadeBus::view(kNew)}, 9));
  bus.hear(3, MadeBus::ack(kNew, 12, 9));
  bus.pass(200ms);
  CHECK(bus.finder->whole());
}

TEST_CASE("a recovery is told until the member has caught up, and questions that repeat are one step") {
  Told bus(find_recovery);
  bus.hear(3, MadeBus::ack(kOld, 30, 30));
  for (int i = 0; i < 3; ++i) {
    bus.hear(2, wire::SnapshotFetch{kOld, Slot{20}, 0, false}, 3);
    wire::SnapshotChunk chunk;
    chunk.term = kOld;
    chunk.slot = Slot{20};
    chunk.size = 900;
    bus.hear(3, chunk, 2);
  }
  bus.hear(2, wire::Fetch{kOld, Slot{21}, false}, 3);
  wire::Entries entries;
  entries.term = kOld;
  entries.previous = Slot{20};
  entries.entries.resize(10);
  bus.hear(3, entries, 2);
  bus.hear(2, MadeBus::ack(kOld, 30, 20));
  CHECK_FALSE(bus.finder->whole());
  bus.pass(500ms);
  REQUIRE(bus.finder->whole());
  CHECK(bus.finder->story().title == "recovery of n2 in lot-1");
  CHECK(bus.labels() == std::vector<std::string>{"n2: more of the snapshot? ×3", "n3: snapshot at 20, 900 bytes ×3",
                                                 "n2: log from 21?", "n3: entries 21..30", "n2: ack 30: caught up"});
}

}  // namespace gavel::sniffer
