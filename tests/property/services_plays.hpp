// Random plays for the services: commands as clients and nodes might send them, with time passing, and bytes as nobody
// should. Names, items and amounts come from small sets, so that they meet.
#pragma once

#include <rapidcheck/catch.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/services_driver.hpp"

namespace gavel {

/// Time that passes before a command, and the command.
using Step = std::pair<Duration, Bytes>;
using Steps = std::vector<Step>;

inline rc::Gen<std::string> any_name() {
  return rc::gen::element<std::string>("ada", "bob", "carl", "selma", "", "no\nname", std::string(80, 'x'));
}

inline rc::Gen<Money> any_amount() {
  const auto near =
      rc::gen::map(rc::gen::inRange<std::int64_t>(9'000, 40'000), [](std::int64_t cents) { return eur(cents); });
  const auto wild = rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t cents) { return eur(cents); });
  const auto foreign = rc::gen::just(Money{20'000, Currency::parse("USD").value()});
  return rc::gen::weightedOneOf<Money>({{20, near}, {1, wild}, {1, foreign}});
}

inline rc::Gen<Bytes> auction_command() {
  using namespace auction;
  const auto to_bytes = [](const Command& command) { return wire::encode_any(command); };
  const auto bid = rc::gen::map(rc::gen::pair(any_name(), any_amount()), [](const auto& p) {
    return Command{Bid{p.first, p.second}};
  });
  const auto join = rc::gen::map(any_name(), [](const auto& name) { return Command{Join{name}}; });
  const auto leave = rc::gen::map(any_name(), [](const auto& name) { return Command{Leave{name}}; });
  const auto close = rc::gen::exec([] { return Command{Close{}}; });
  return rc::gen::map(rc::gen::weightedOneOf<Command>({{12, bid}, {2, join}, {2, leave}, {1, close}}), to_bytes);
}

inline rc::Gen<Bytes> directory_command() {
  using namespace directory;
  const auto uid = [] { return Uid{*rc::gen::inRange<std::uint64_t>(0, 10)}; };
  const auto life = [] { return Incarnation{*rc::gen::inRange<std::uint64_t>(0, 4)}; };
  const auto item = [] { return *rc::gen::element<std::string>("", "lot-1", "lot-2", "lamp", "Bad id"); };
  const auto id = [] { return *rc::gen::element<std::string>("lot-1", "lot-1.2", "lot-2", "lamp", "nope"); };
  return rc::gen::exec([=]() -> Bytes {
    switch (*rc::gen::inRange(0, 12)) {
      case 0:
      case 1:
        return wire::encode_any(Command{RegisterNode{uid(),
                                                     life(),
                                                     "node",
                                                     {"tcp://a:1", "tcp://a:2", "tcp://a:3"},
                                                     *rc::gen::inRange<std::uint32_t>(0, 4),
                                                     "1"}});
      case 2:
        return wire::encode_any(Command{NodeState{uid(), life(), *rc::gen::element(Life::up, Life::down, Life::lost)}});
      case 3:
        return wire::encode_any(Command{LeaveNode{uid()}});
      case 9:
        return wire::encode_any(Command{DrainNode{uid(), *rc::gen::arbitrary<bool>()}});
      case 10:
        return wire::encode_any(Command{RemoveNode{uid(), *rc::gen::arbitrary<bool>()}});
      case 11:
        return wire::encode_any(Command{RestoreAuction{id(), uid(), GroupId{*rc::gen::inRange<std::uint64_t>(1, 5)}}});
      case 4:
        return wire::encode_any(Command{AddItem{item(), "A lamp", *any_name(), *any_amount(), *any_amount()}});
      case 5:
      case 6:
        return wire::encode_any(
            Command{StartAuction{item(), Duration(*rc::gen::inRange<std::int64_t>(0, 10'000'000)), {}, "olga"}});
      case 7: {
        auction::Outcome outcome;
        if (*rc::gen::arbitrary<bool>()) outcome.winner = *any_name();
        return wire::encode_any(Command{AuctionClosed{id(), outcome, GroupId{*rc::gen::inRange<std::uint64_t>(0, 4)}}});
      }
      default:
        return wire::encode_any(Command{AuctionLed{id(), uid(), Slot{*rc::gen::inRange<std::uint64_t>(0, 9)}}});
    }
  });
}

/// Somebody, sometimes under somebody else's name, and sometimes nobody that could be.
inline rc::Gen<chat::Speaker> any_speaker() {
  return rc::gen::exec([] {
    chat::Speaker who = speaker(*rc::gen::weightedElement<std::string>(
        {{8, "ada"}, {8, "bob"}, {4, "carl"}, {4, "selma"}, {1, "auctioneer"}, {1, ""}, {1, "no\nname"}}));
    if (*rc::gen::inRange(0, 8) == 0) who.person = secret_of(*rc::gen::element('a', 'b', 'x'));
    if (*rc::gen::inRange(0, 30) == 0) who.person.bytes.pop_back();
    return who;
  });
}

/// Rules that are mostly sound, and short enough to matter within a play.
inline rc::Gen<chat::RoomRules> any_rules() {
  return rc::gen::exec([] {
    const auto below = [](std::uint32_t most) { return *rc::gen::inRange<std::uint32_t>(0, most); };
    return chat::RoomRules{below(12), below(20), below(4), std::chrono::milliseconds(below(3000)),
                           std::chrono::seconds(below(20))};
  });
}

/// For the room that `room` names; Play's commands are those of a floor or of the rooms.
template <class Play>
rc::Gen<Bytes> chat_command(const rc::Gen<std::string>& room) {
  return rc::gen::exec([room]() -> Bytes {
    using Command = typename Play::Command;
    const auto who = [] { return *any_speaker(); };
    const auto name = [] { return *rc::gen::element<std::string>("ada", "bob", "carl", "selma", "", "no\nname"); };
    const auto is = [] { return *rc::gen::arbitrary<bool>(); };
    const auto in = [&room] { return *room; };
    switch (*rc::gen::inRange(0, 20)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return wire::encode_any(Command{chat::Enter{in(), who()}});
      case 4:
        return wire::encode_any(Command{chat::Leave{in(), who()}});
      case 5:
        return wire::encode_any(Command{chat::Stay{in(), who()}});
      case 6:
        return wire::encode_any(Command{chat::OpenRoom{in(), who(), secret_of(*rc::gen::element('K', 'L', 'M'))}});
      case 7:
      case 8:
        return wire::encode_any(Command{chat::Invite{in(), who(), name(), is()}});
      case 9:
        return wire::encode_any(
            Command{chat::Mute{in(), who(), name(), Duration(*rc::gen::inRange<std::int64_t>(-1, 20'000'000))}});
      case 10:
        return wire::encode_any(Command{chat::Appoint{in(), who(), name(), is()}});
      case 11:
        return wire::encode_any(Command{chat::SetRules{in(), who(), *any_rules()}});
      case 12:
        return wire::encode_any(Command{chat::Sweep{}});
      case 13:
        return wire::encode_any(Command{chat::Call{}});
      default:
        return wire::encode_any(
            Command{chat::Say{in(), who(), *rc::gen::element<std::string>("hello", "a longer text", "", "\xff")}});
    }
  });
}

inline rc::Gen<Bytes> rooms_command() {
  return chat_command<RoomsPlay>(
      rc::gen::weightedElement<std::string>({{8, "lobby"}, {6, "@friends"}, {3, "@others"}, {1, ""}, {1, "@No room"}}));
}

inline rc::Gen<Bytes> floor_command() {
  return rc::gen::weightedOneOf<Bytes>(
      {{2, chat_command<FloorPlay>(rc::gen::weightedElement<std::string>({{8, ""}, {4, "lot-7"}, {1, "lobby"}}))},
       {1, auction_command()}});
}

inline rc::Gen<Bytes> likes_command() {
  return rc::gen::exec([]() -> Bytes {
    const auto thing = *rc::gen::element<std::string>("lot-7", "lot-7.2", "lot-8", "lamp", "lot-7.1", "No thing", "");
    const auto few = rc::gen::inRange<std::uint32_t>(0, 10);
    const auto many = rc::gen::inRange<std::uint32_t>(likes::kMostAtOnce - 1, likes::kMostAtOnce + 2);
    const auto count = *rc::gen::weightedOneOf<std::uint32_t>({{4, few}, {1, many}});
    return wire::encode_any(likes::Command{likes::Like{thing, count}});
  });
}

/// Bytes as nobody should send them: random ones, and commands with a byte changed or the end cut off.
inline rc::Gen<Bytes> spoilt(const rc::Gen<Bytes>& command) {
  return rc::gen::exec([command]() -> Bytes {
    if (*rc::gen::inRange(0, 3) == 0) return *rc::gen::string<Bytes>();
    Bytes bytes = *command;
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    if (*rc::gen::arbitrary<bool>())
      bytes.resize(at);
    else
      bytes[at] = *rc::gen::arbitrary<char>();
    return bytes;
  });
}

inline rc::Gen<Steps> steps_of(const rc::Gen<Bytes>& command) {
  const auto pause =
      rc::gen::map(rc::gen::inRange<std::int64_t>(0, 3'000'000), [](std::int64_t us) { return Duration(us); });
  const auto some = rc::gen::weightedOneOf<Bytes>({{9, command}, {1, spoilt(command)}});
  return rc::gen::scale(3.0, rc::gen::container<Steps>(rc::gen::pair(pause, some)));
}

template <class Play>
void play(Driver<Play>& driver, const Steps& steps, std::size_t first = 0) {
  for (std::size_t i = first; i < steps.size(); ++i) {
    driver.now = driver.now + steps[i].first;
    // Whatever the bytes were, what comes back is a reply; the driver fails on anything else.
    RC_ASSERT(wire::decode_any<typename Play::Reply>(driver.bytes(steps[i].second)).has_value());
  }
}

template <class Play>
void is_deterministic(const Steps& steps) {
  Driver<Play> one;
  Driver<Play> two;
  play(one, steps);
  play(two, steps);
  RC_ASSERT(one.machine.digest() == two.machine.digest());
  RC_ASSERT(one.machine.snapshot() == two.machine.snapshot());
  RC_ASSERT(one.events.size() == two.events.size());
}

template <class Play>
void goes_on_from_a_snapshot(const Steps& steps) {
  const auto cut = *rc::gen::inRange<std::size_t>(0, steps.size() + 1);
  Driver<Play> whole;
  play(whole, Steps(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(cut)));
  Driver<Play> restored;
  RC_ASSERT(restored.machine.restore(*Rope(whole.machine.snapshot()).joined()).has_value());
  RC_ASSERT(restored.shown() == whole.shown());
  restored.now = whole.now;
  restored.slot = whole.slot;
  play(whole, steps, cut);
  play(restored, steps, cut);
  RC_ASSERT(restored.machine.digest() == whole.machine.digest());
  RC_ASSERT(restored.machine.snapshot() == whole.machine.snapshot());
}

/// A snapshot with a byte changed is refused and changes nothing, or it makes a state that one can work with.
template <class Play>
void survives_a_spoilt_snapshot(const Steps& steps) {
  Driver<Play> source;
  play(source, steps);
  Bytes snapshot = *Rope(source.machine.snapshot()).joined();
  snapshot[*rc::gen::inRange<std::size_t>(0, snapshot.size())] = *rc::gen::arbitrary<char>();
  Driver<Play> target;
  const Rope before = target.machine.snapshot();
  if (!target.machine.restore(snapshot)) RC_ASSERT(target.machine.snapshot() == before);
  target.now = source.now;
  play(target, steps);
}

}  // namespace gavel
