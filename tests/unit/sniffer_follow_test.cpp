// One request's way, from the client's call to its answer, as it is told to people and to programs.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/sniffer_bus.hpp"
#include "tools/sniffer/stories/follow.hpp"

namespace gavel::sniffer {
namespace {

const auto kTerm = term(5, 3);

struct Followed : MadeBus {
  explicit Followed(FollowRequest request = {}, FollowOptions options = {})
      : view(make_follow(out, names, request, std::move(options))) {}

  void see(const Seen& seen) {
    view->show(seen);
    now = now + 1ms;
  }
  template <class Message>
  void hear(std::uint64_t from, Message message, std::uint64_t to = 0) {
    see(heard(from, std::move(message), to));
  }
  void pass(Duration time) {
    for (Duration gone{}; gone < time && !view->done(); gone += 50ms) {
      now = now + 50ms;
      view->tick(now);
    }
  }
  /// n1 to n3 ack, so that they are known to.
  void begin() {
    for (std::uint64_t uid = 1; uid <= 3; ++uid) hear(uid, ack(kTerm, 40, 40));
  }
  void whole_way() {
    see(call(1, 7, 21, 4));
    hear(1, batch(ref(1, 9), 21, 4));
    hear(3, order(kTerm, 40, kTerm, {entry(kTerm, {ref(1, 9)})}, 40));
    hear(3, ack(kTerm, 41, 40));
    hear(2, ack(kTerm, 41, 40));
    hear(1, ack(kTerm, 41, 41));
    see(answer(1, 7, 41));
  }
  std::string text() const { return out.str(); }
  bool in_order(std::vector<std::string> words) const {
    std::size_t at = 0;
    for (const auto& word : words) {
      INFO(text());
      at = text().find(word, at);
      CAPTURE(word);
      CHECK(at != std::string::npos);
      if (at == std::string::npos) return false;
    }
    return true;
  }

  std::ostringstream out;
  std::unique_ptr<View> view;
};

}  // namespace

TEST_CASE("a request is named as the client prints it, or is the next one") {
  CHECK(parse_follow("next")->next);
  const auto named = parse_follow("21/4");
  REQUIRE(named);
  CHECK_FALSE(named->next);
  CHECK(named->session == SessionId{21});
  CHECK(named->number == RequestNumber{4});
  CHECK(parse_follow("0x15/4")->session == SessionId{21});
  for (const auto* wrong : {"", "21", "21/", "/4", "21/4/5", "a/b", "21/-4", "0/0"}) {
    CAPTURE(wrong);
    const auto refused = parse_follow(wrong);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("SESSION/NUMBER") != std::string::npos);
  }
}

TEST_CASE("the next request is followed from call to answer, hop by hop, and then it is done") {
  Followed bus;
  bus.begin();
  bus.whole_way();
  CHECK_FALSE(bus.view->done());
  bus.pass(1s);
  CHECK(bus.view->done());
  CHECK(bus.view->told_anything());
  CHECK(bus.in_order({"request 21/4 of lot-1, slot 41: 6.000 ms", "+0.000ms", "client → n1", "call 21/4", "+1.000ms",
                      "batch n1:9 with 1 request", "order: slot 41, term 5.n3", "ack 41",
                      "committed: acks of 2 of 3 that ack", "says that it is committed", "answer ok, slot 41"}));
  CHECK(bus.text().find("not seen") == std::string::npos);
}

TEST_CASE("a request that is named is followed among others, through another gateway too") {
  Followed bus(*parse_follow("21/4"));
  bus.begin();
  bus.see(bus.call(1, 6, 20, 1));
  bus.see(bus.call(1, 7, 21, 4));
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 9), 21, 4));
  bus.see(bus.call(2, 1, 21, 4));
  bus.hear(2, MadeBus::batch(MadeBus::ref(2, 3), 21, 4));
  wire::Missing missing{Uid{1}, kLife, BatchNumber{9}, BatchNumber{9}};
  bus.hear(3, missing, 1);
  bus.hear(1, wire::Repair{{MadeBus::batch(MadeBus::ref(1, 9), 21, 4)}}, 3);
  bus.hear(3, MadeBus::order(kTerm, 40, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(2, 3)})}, 40));
  bus.see(bus.answer(2, 1, 41));
  bus.pass(20s);
  CHECK(bus.in_order({"call 21/4", "batch n1:9", "call 21/4, again", "batch n2:3", "asks for batch n1:9",
                      "brings batch n1:9", "order: slot 41", "answer ok", "not seen: acks of a majority"}));
}

TEST_CASE("where the client lane is not seen the way begins with the batch, and that is said") {
  Followed bus(*parse_follow("21/4"));
  bus.begin();
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 9), 21, 4));
  bus.hear(3, MadeBus::order(kTerm, 40, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 9)})}, 40));
  bus.pass(20s);
  CHECK(bus.view->done());
  CHECK(bus.in_order({"batch n1:9", "order: slot 41", "not seen: the client's call, acks of a majority, the answer"}));
}

TEST_CASE("an order that arrives before its batch, and acks before the order, are told at the time of their cause") {
  Followed bus;
  bus.begin();
  bus.see(bus.call(1, 7, 21, 4));
  bus.hear(3, MadeBus::order(kTerm, 40, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 9)})}, 40));
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 9), 21, 4));
  bus.hear(3, MadeBus::ack(kTerm, 41, 40));
  bus.see(bus.answer(1, 7, 41));
  bus.hear(2, MadeBus::ack(kTerm, 41, 40));
  bus.pass(20s);
  CHECK(bus.in_order({"call 21/4", "+2.000ms", "batch n1:9", "+2.000ms", "order: slot 41", "ack 41", "+5.000ms",
                      "ack 41", "committed", "+5.000ms", "answer ok"}));
}

TEST_CASE("an order long before the batch that was seen had another one, which was not, and keeps its time") {
  Followed bus;
  bus.begin();
  bus.see(bus.call(1, 7, 21, 4));
  bus.hear(3, MadeBus::order(kTerm, 40, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 9)})}, 40));
  bus.pass(1s);
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 9), 21, 4));
  bus.see(bus.answer(1, 7, 41));
  bus.pass(20s);
  CHECK(bus.in_order({"call 21/4", "order: slot 41", "batch n1:9", "answer ok"}));
}

TEST_CASE("orders of thousands of other batches do not push out the one that came last") {
  Followed bus;
  bus.begin();
  for (std::uint64_t i = 0; i < 5000; ++i)
    bus.hear(3, MadeBus::order(kTerm, 40 + i, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 1 + i)})}, 40));
  bus.see(bus.call(1, 7, 21, 4));
  bus.hear(3, MadeBus::order(kTerm, 5040, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(1, 9)})}, 40));
  bus.see(bus.call(2, 8, 22, 1));
  bus.hear(3, MadeBus::order(kTerm, 5041, kTerm, {MadeBus::entry(kTerm, {MadeBus::ref(4, 5001)})}, 40));
  bus.hear(1, MadeBus::batch(MadeBus::ref(1, 9), 21, 4));
  bus.pass(20s);
  CHECK(bus.in_order({"call 21/4", "order: slot 5041"}));
}

TEST_CASE("programs get one JSON object a hop") {
  FollowOptions options;
  options.jsonl = true;
  Followed bus({}, options);
  bus.begin();
  bus.whole_way();
  bus.pass(1s);
  std::istringstream lines(bus.text());
  std::vector<std::string> hops;
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line);
    hops.push_back(row["hop"]);
    if (row["hop"] == "order") CHECK(row["since_first_us"] == 2000);
  }
  CHECK(hops ==
        std::vector<std::string>{"call", "batch", "order", "ack", "ack", "commit", "ack", "announced", "answer"});
}

TEST_CASE("only calls that the filters pick are taken for the next one, and nothing seen is told as such") {
  FollowOptions options;
  options.picks = [](const Seen& seen) { return seen.from == Uid{2}; };
  Followed bus({}, options);
  bus.begin();
  bus.whole_way();
  bus.pass(5s);
  CHECK_FALSE(bus.view->done());
  bus.view->end();
  CHECK(bus.text().empty());
  CHECK_FALSE(bus.view->told_anything());
}

}  // namespace gavel::sniffer
