// The checkers of rooms, floors and likes fire on histories that were broken by hand, and are silent on the same
// histories unbroken.
#include "tests/sim/house/room_checks.hpp"

#include <catch2/catch.hpp>

#include "node/services/auctioneer.hpp"
#include "node/services/directory.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/house/floor_checks.hpp"
#include "tests/sim/house/house_checks.hpp"

namespace gavel::sim {
namespace {

using chat::LineKind;

constexpr Uid kA{1};
constexpr Uid kB{2};

template <class Action>
void fires(Invariant invariant, Action action) {
  try {
    action();
  } catch (const Violation& violation) {
    INFO(violation.what());
    CHECK(violation.invariant == invariant);
    return;
  }
  FAIL("nothing fired, and " << name_of(invariant) << " should have");
}

chat::Line line(std::uint64_t number, LineKind kind, std::string who, std::string text = {}) {
  chat::Line out;
  out.number = number;
  out.slot = Slot{number};
  out.time = WallTime{static_cast<std::int64_t>(number)};
  out.kind = kind;
  out.who = std::move(who);
  out.text = std::move(text);
  return out;
}
chat::Line said(std::uint64_t number, const Text& text) { return line(number, LineKind::said, "ann", text.words()); }

void add(RoomBook& room, const Context& context, chat::Line line, std::size_t keep) {
  room.lines.place(context, line);
  room.lines.keep(std::move(line), keep);
}

/// A room that ann has entered, with these texts of hers from line 2 on.
RoomBook room_with(const std::vector<std::string>& texts, std::uint32_t keep = 200) {
  auto out = public_room("lobby");
  out.rules.keep = keep;
  Context context;
  context.slot = Slot{1};
  add(out, context, line(0, LineKind::entered, "ann"), keep);
  for (const auto& text : texts) {
    context.slot = context.slot.next();
    add(out, context, line(0, LineKind::said, "ann", text), keep);
  }
  return out;
}

/// A replica has so many lines, of which nothing else is known.
void has_lines(RoomChecks& check, std::uint64_t count) {
  check.holds(kA, room_with(std::vector<std::string>(count - 1, "x")), count);
}

auction::BidRecord bid(std::uint64_t ordinal) {
  auction::BidRecord out;
  out.ordinal = ordinal;
  out.bidder = "ann";
  out.amount = Money{static_cast<std::int64_t>(1000 * ordinal), {}};
  return out;
}
chat::Line calls(std::uint64_t number, LineKind kind, std::string text) {
  return line(number, kind, std::string(chat::kAuctioneer), std::move(text));
}

/// The checks of an auction's room of which a watcher heard these lines.
RoomChecks floor_of(const std::vector<chat::Line>& lines) {
  RoomChecks out;
  has_lines(out, lines.size());
  for (const auto& one : lines) out.heard(0, one, true);
  return out;
}
}  // namespace

TEST_CASE("P4 replicas and watchers agree on a room's lines, or a checker fires") {
  RoomChecks check;
  for (int i = 1; i <= 3; ++i) check.begins({1, i});
  check.holds(kA, room_with({"1: 1", "1: 2"}), 0);
  fires(Invariant::total_order, [&] { check.holds(kB, room_with({"1: 1", "1: 3"}), 0); });
  fires(Invariant::total_order, [&] { check.heard(0, line(2, LineKind::entered, "ann"), true); });
}

TEST_CASE("P4 a watcher hears every line once and in order, or a checker fires") {
  RoomChecks check;
  const auto entered = line(1, LineKind::entered, "ann");
  fires(Invariant::total_order, [&] { RoomChecks().heard(0, entered, false); });  // no replica has it
  has_lines(check, 3);
  check.heard(0, entered, false);
  fires(Invariant::exactly_once, [&] { check.heard(0, entered, false); });
  fires(Invariant::total_order, [&] { check.heard(0, line(3, LineKind::left, "ann"), false); });
  fires(Invariant::total_order, [&] { check.heard(1, line(2, LineKind::entered, "bob"), false); });
  check.heard(2, line(3, LineKind::left, "ann"), true);
  CHECK(check.heard_up_to(2) == 3);
  CHECK_FALSE(check.is_whole());
}

TEST_CASE("P7 a text stands once, where its client was told, and was said by somebody, or a checker fires") {
  RoomChecks check;
  check.begins({1, 1});
  check.begins({1, 2});
  check.holds(kA, room_with({"1: 1"}), 0);
  fires(Invariant::exactly_once, [&] { check.holds(kA, room_with({"1: 1", "1: 1"}), 2); });
  fires(Invariant::exactly_once, [&] { RoomChecks().holds(kA, room_with({"9: 9"}), 0); });
  RoomChecks other;
  other.begins({1, 1});
  other.holds(kA, room_with({"1: 1"}), 0);
  fires(Invariant::exactly_once, [&] { other.told(0, {1, 1}, 1); });
  RoomChecks twice;
  twice.told(0, {1, 1}, 1);
  fires(Invariant::exactly_once, [&] { twice.told(0, {1, 2}, 1); });
}

TEST_CASE("P8 a text's number is beyond all that were known before it, or a checker fires") {
  RoomChecks check;
  check.told(0, {1, 1}, 5);
  const auto begun_at = check.begins({1, 2});
  fires(Invariant::linearizability, [&] { check.told(begun_at, {1, 2}, 4); });
  chat::RoomState state;
  state.last = 4;
  fires(Invariant::linearizability, [&] { check.read(begun_at, state); });
}

TEST_CASE("P5 one client's texts stand in the order in which it said them, or a checker fires") {
  RoomChecks check;
  check.begins({1, 1});
  check.begins({1, 2});
  has_lines(check, 3);
  check.heard(0, line(1, LineKind::entered, "ann"), false);
  check.heard(0, said(2, {1, 2}), false);
  fires(Invariant::fifo, [&] { check.heard(0, said(3, {1, 1}), false); });
}

TEST_CASE("P7 a name is one person's at a time, and speaks only in the room, or a checker fires") {
  const auto heard = [](const std::vector<chat::Line>& lines) {
    RoomChecks check;
    check.begins({1, 1});
    has_lines(check, lines.back().number);
    for (const auto& one : lines) check.heard(0, one, true);
    check.end();
  };
  heard({line(1, LineKind::entered, "ann"), said(2, {1, 1}), line(3, LineKind::left, "ann"),
         line(4, LineKind::entered, "ann"), line(5, LineKind::lapsed, "ann")});
  fires(Invariant::exactly_once, [&] {
    heard({line(1, LineKind::entered, "ann"), line(2, LineKind::entered, "ann")});
  });
  fires(Invariant::exactly_once, [&] { heard({said(1, {1, 1})}); });
  fires(Invariant::exactly_once, [&] { heard({line(1, LineKind::left, "ann")}); });
  // Behind lines that nobody knows, anybody may be there.
  heard({line(1, LineKind::entered, "ann"), line(3, LineKind::entered, "ann"), line(4, LineKind::left, "bob")});
  fires(Invariant::exactly_once, [&] {
    heard({line(3, LineKind::entered, "ann"), line(4, LineKind::entered, "ann")});
  });
}

TEST_CASE("P6 an acknowledged text that is still kept is in the end on every replica, or a checker fires") {
  RoomChecks check;
  for (int i = 1; i <= 3; ++i) check.begins({1, i});
  check.holds(kA, room_with({"1: 1", "1: 2"}), 0);
  check.told(0, {1, 1}, 2);
  check.told(0, {1, 2}, 3);
  check.ends_with(kA, room_with({"1: 1", "1: 2"}));
  check.ends_with(kA, room_with({"1: 1", "1: 2"}, 1));  // it keeps one line only
  fires(Invariant::total_order, [&] { check.ends_with(kB, room_with({"1: 1"})); });
  fires(Invariant::durability, [&] { check.ends_with(kB, room_with({"1: 1", "1: 3"})); });
  auto lossy = room_with({"1: 1", "1: 2"});
  lossy.lines.keep(1);
  fires(Invariant::durability, [&] { check.ends_with(kB, lossy); });
}

TEST_CASE("P7 the auctioneer calls each bid once and in order, and the end once, or a checker fires") {
  const std::vector<auction::BidRecord> bids{bid(1), bid(2)};
  auction::Outcome outcome;
  outcome.bids = 2;
  const auto one = calls(1, LineKind::bid, words_for_bid(bids[0]));
  const auto two = calls(2, LineKind::bid, words_for_bid(bids[1]));
  const auto closed = words_for_close(outcome);
  check_floor(floor_of({one, two}), bids, {});
  check_floor(floor_of({one, two, calls(3, LineKind::closed, closed)}), bids, outcome);
  fires(Invariant::exactly_once, [&] { check_floor(floor_of({one}), bids, {}); });
  fires(Invariant::exactly_once, [&] { check_floor(floor_of({calls(1, LineKind::bid, two.text)}), bids, {}); });
  fires(Invariant::exactly_once, [&] { check_floor(floor_of({one, calls(2, LineKind::bid, one.text)}), bids, {}); });
  fires(Invariant::exactly_once, [&] { check_floor(floor_of({one, two}), bids, outcome); });
  fires(Invariant::exactly_once, [&] {
    check_floor(floor_of({one, two, calls(3, LineKind::closed, "sold to eve")}), bids, outcome);
  });
  fires(Invariant::exactly_once, [&] {
    check_floor(floor_of({one, two, calls(3, LineKind::closed, closed), calls(4, LineKind::closed, closed)}), bids,
                outcome);
  });
}

TEST_CASE("P7 the auctioneer calls going once and twice, in that order and before the end, or a checker fires") {
  const auto once = [](std::uint64_t number) { return calls(number, LineKind::going, "going once, no bid yet"); };
  const auto twice = [](std::uint64_t number) { return calls(number, LineKind::going, "going twice, no bid yet"); };
  auction::Outcome outcome;
  const auto closed = calls(1, LineKind::closed, words_for_close(outcome));
  check_floor(floor_of({once(1), twice(2)}), {}, {});
  fires(Invariant::exactly_once, [&] { check_floor(floor_of({once(1), once(2)}), {}, {}); });
  fires(Invariant::exactly_once, [&] { check_floor(floor_of({twice(1)}), {}, {}); });
  fires(Invariant::exactly_once, [&] { check_floor(floor_of({once(1), twice(2), twice(3)}), {}, {}); });
  fires(Invariant::exactly_once, [&] { check_floor(floor_of({closed, once(2)}), {}, outcome); });
}

TEST_CASE("P7 the bids that a room keeps are the last ones of the auction, or a checker fires") {
  const std::vector<auction::BidRecord> bids{bid(1), bid(2)};
  auto room = public_room("lot-1");
  fires(Invariant::exactly_once, [&] { check_kept_bids(kA, room, bids); });
  add(room, {}, calls(0, LineKind::bid, words_for_bid(bids[0])), 200);
  fires(Invariant::exactly_once, [&] { check_kept_bids(kA, room, bids); });
  add(room, {}, calls(0, LineKind::bid, words_for_bid(bids[1])), 200);
  check_kept_bids(kA, room, bids);
  fires(Invariant::exactly_once, [&] { check_kept_bids(kA, room, {bids[0]}); });
}

TEST_CASE("P7 every like counts once, or a checker fires") {
  LikesChecks check;
  for (int i = 0; i < 3; ++i) check.begins(5);
  check.told(0, 5, 10);
  fires(Invariant::exactly_once, [&] { check.told(0, 5, 8); });  // 4 to 8, and 6 to 10
  fires(Invariant::exactly_once, [&] { check.told(0, 5, 3); });
  fires(Invariant::exactly_once, [&] { check.holds(kA, 16); });
  check.not_done(5);
  check.holds(kA, 10);
  fires(Invariant::exactly_once, [&] { check.holds(kA, 15); });
}

TEST_CASE("P8 likes and questions see all that were over before they began, or a checker fires") {
  LikesChecks check;
  const auto early = check.begins(5);
  check.told(early, 5, 5);
  const auto begun_at = check.begins(7);
  fires(Invariant::linearizability, [&] { check.told(begun_at, 7, 11); });
  fires(Invariant::linearizability, [&] { check.read(begun_at, 4); });
  check.read(begun_at, 12);
  fires(Invariant::linearizability, [&] { check.read(begun_at, 13); });
}

TEST_CASE("P6 acknowledged likes are in the end on every replica, or a checker fires") {
  LikesChecks check;
  check.begins(5);
  check.begins(5);
  check.begins(5);
  check.told(0, 5, 5);
  check.told(0, 5, 10);
  check.holds(kA, 10);
  check.ends_with(kA, 10);
  fires(Invariant::durability, [&] { check.ends_with(kB, 9); });
  fires(Invariant::exactly_once, [&] { check.ends_with(kB, 16); });
  check.holds(kA, 15);
  fires(Invariant::total_order, [&] { check.ends_with(kB, 10); });
}

TEST_CASE("P4 a watcher never hears of fewer likes, nor of more than there are, or a checker fires") {
  LikesChecks check;
  check.begins(10);
  check.holds(kA, 10);
  check.heard(0, 5);
  fires(Invariant::total_order, [&] { check.heard(0, 5); });
  fires(Invariant::total_order, [&] { check.heard(0, 4); });
  fires(Invariant::total_order, [&] { check.heard(0, 11); });
  CHECK(check.heard_last(0) == 5);
}

TEST_CASE("P7 a standing service that was opened twice makes a checker fire") {
  HouseChecks check;
  directory::StandingGroup lobby;
  lobby.name = "lobby";
  lobby.group = GroupId{2};
  CHECK(check.standing_opened(lobby));
  CHECK_FALSE(check.standing_opened(lobby));
  lobby.group = GroupId{3};
  fires(Invariant::exactly_once, [&] { check.standing_opened(lobby); });
}

TEST_CASE("P6 a standing service that is forgotten or moves makes a checker fire") {
  DirectoryHistory history;
  DirectoryState state;
  directory::StandingGroup lobby;
  lobby.name = "lobby";
  lobby.group = GroupId{2};
  lobby.genesis = {kA};
  state.standing.emplace("lobby", lobby);
  state.groups = 2;
  history.follow(Slot{1}, state);
  auto moved = state;
  moved.standing.at("lobby").genesis = {kB};
  fires(Invariant::durability, [&] { history.follow(Slot{2}, moved); });
  fires(Invariant::durability, [&] { history.follow(Slot{2}, DirectoryState()); });
}

TEST_CASE("a replica of a standing service stays for ever, and its founders only found it, or a checker fires") {
  DirectoryService directory;
  Events events;
  Context context;
  directory::RegisterNode node;
  node.uid = kA;
  node.name = "a";
  node.incarnation = Incarnation{1};
  node.endpoints = {"tcp://127.0.0.1:1", "tcp://127.0.0.1:2", "tcp://127.0.0.1:3"};
  for (const directory::Command& command :
       {directory::Command(node), directory::Command(directory::OpenStanding{"lobby"})}) {
    context.slot = context.slot.next();
    directory.apply(context, wire::encode_any(command), events);
  }
  REQUIRE(directory.state().standing.contains("lobby"));
  const auto group = directory.state().standing.at("lobby").group;
  const auto operation = [group](store::Operation::Kind kind) {
    store::Operation out{};
    out.kind = kind;
    out.group = group;
    return out;
  };
  KeptReplicas kept;
  kept.writes(kA, operation(store::Operation::Kind::snapshot), &directory);
  fires(Invariant::placement, [&] { kept.writes(kB, operation(store::Operation::Kind::snapshot), &directory); });
  fires(Invariant::placement, [&] { kept.writes(kA, operation(store::Operation::Kind::remove), &directory); });
}

}  // namespace gavel::sim
