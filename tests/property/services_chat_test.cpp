#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/property/services_plays.hpp"

namespace gavel {
namespace {

using namespace chat;

/// The room's lines, as they were pushed.
template <class Play>
std::map<std::string, std::vector<Line>> lines_of(const Driver<Play>& driver) {
  std::map<std::string, std::vector<Line>> lines;
  for (const auto& event : driver.events)
    if (const auto* said = std::get_if<Said>(&event)) lines[said->room].push_back(said->line);
  return lines;
}

void are_numbered(const std::map<std::string, std::vector<Line>>& rooms) {
  for (const auto& [room, lines] : rooms)
    for (std::size_t i = 0; i < lines.size(); ++i) RC_ASSERT(lines[i].number == i + 1);
}

/// Who is there by what was pushed alone: nobody enters under a name that is there, nor goes who is not there.
std::set<std::string> present_by_lines(const std::vector<Line>& lines) {
  std::set<std::string> present;
  for (const auto& line : lines) {
    if (line.kind == LineKind::entered) RC_ASSERT(present.insert(line.who).second);
    if (line.kind == LineKind::left || line.kind == LineKind::lapsed) RC_ASSERT(present.erase(line.who) == 1);
    if (line.kind == LineKind::said || line.kind == LineKind::notice) RC_ASSERT(present.contains(line.who));
  }
  return present;
}

void is_as_told(const Room& room, const std::vector<Line>& lines) {
  std::set<std::string> names;
  for (const auto& [name, member] : room.book().members.by_name()) names.insert(name);
  RC_ASSERT(present_by_lines(lines) == names);
  RC_ASSERT(room.book().lines.last() == lines.size());
  const auto& kept = room.book().lines.kept();
  RC_ASSERT(kept.size() <= room.book().rules.keep);
  RC_ASSERT(std::count_if(kept.begin(), kept.end(), [](const Line& line) { return line.kind == LineKind::bid; }) <=
            static_cast<std::ptrdiff_t>(kKeptBids));
  for (const auto& line : kept) RC_ASSERT(wire::encode(line) == wire::encode(lines.at(line.number - 1)));
}

TEST_CASE("whatever people do in rooms") {
  rc::prop("a room's lines are numbered 1, 2, 3, … without a hole, and every member's name is unique", [] {
    Driver<RoomsPlay> driver;
    play(driver, *steps_of(rooms_command()));
    auto lines = lines_of(driver);
    are_numbered(lines);
    for (const auto& [name, room] : driver.machine.rooms()) is_as_told(room, lines[name]);
  });

  rc::prop("a reply has the number of the line that came of it, and what is refused tells nobody anything", [] {
    Driver<RoomsPlay> driver;
    for (const auto& [pause, bytes] : *steps_of(rooms_command())) {
      driver.now = driver.now + pause;
      driver.events.clear();
      const auto reply = wire::decode_any<Reply>(driver.bytes(bytes)).value();
      const auto* said = std::get_if<RoomReply>(&reply);
      if (!said || said->verdict != Verdict::done) RC_ASSERT(driver.events.empty());
      if (said && said->number > 0) RC_ASSERT(std::get<Said>(driver.events.at(0)).line.number == said->number);
    }
  });

  rc::prop("what is refused changes nothing but the digest", [] {
    Driver<RoomsPlay> driver;
    const auto state = [&driver] {
      const Bytes snapshot = driver.machine.snapshot();
      RecordReader reader(snapshot);
      RC_ASSERT(reader.next().has_value());
      Bytes rest;
      while (!reader.done()) rest += *reader.next();
      return rest;
    };
    for (const auto& [pause, bytes] : *steps_of(rooms_command())) {
      driver.now = driver.now + pause;
      const auto before = state();
      const auto reply = wire::decode_any<Reply>(driver.bytes(bytes)).value();
      const auto* said = std::get_if<RoomReply>(&reply);
      if (!said || said->verdict != Verdict::done) RC_ASSERT(state() == before);
    }
  });

  rc::prop("the first lapse of all is the one that is due next", [] {
    Driver<RoomsPlay> driver;
    for (const auto& [pause, bytes] : *steps_of(rooms_command())) {
      driver.now = driver.now + pause;
      driver.bytes(bytes);
      std::optional<WallTime> first;
      for (const auto& [name, room] : driver.machine.rooms())
        if (const auto lapse = room.next_lapse()) first = std::min(first.value_or(*lapse), *lapse);
      RC_ASSERT(driver.machine.next_deadline() == first);
    }
  });

  rc::prop("once everybody has been silent for long, sweeping leaves nobody, and is not due again", [] {
    Driver<RoomsPlay> driver;
    play(driver, *steps_of(rooms_command()));
    driver.now = driver.now + 24h;
    driver.apply(Sweep{});
    RC_ASSERT(!driver.machine.next_deadline());
    for (const auto& [name, room] : driver.machine.rooms()) RC_ASSERT(room.book().members.size() == 0);
  });

  rc::prop("a replay gives the same state", [] { is_deterministic<RoomsPlay>(*steps_of(rooms_command())); });
  rc::prop("they go on from a snapshot taken anywhere as if nothing had been",
           [] { goes_on_from_a_snapshot<RoomsPlay>(*steps_of(rooms_command())); });
  rc::prop("a spoilt snapshot does no harm", [] { survives_a_spoilt_snapshot<RoomsPlay>(*steps_of(rooms_command())); });
  rc::prop("a question is answered, whatever it is", [](const Bytes& question) {
    RC_ASSERT(wire::decode_any<Answer>(Driver<RoomsPlay>().machine.query(question)).has_value());
  });
}

TEST_CASE("whatever people do on an auction's floor") {
  rc::prop("its room's lines are numbered 1, 2, 3, … without a hole, and every member's name is unique", [] {
    Driver<FloorPlay> driver;
    play(driver, *steps_of(floor_command()));
    auto lines = lines_of(driver);
    are_numbered(lines);
    is_as_told(driver.machine.room(), lines["lot-7"]);
  });

  rc::prop("each bid that is told leads to one line right after it, each call is made once, the close is the last", [] {
    Driver<FloorPlay> driver;
    play(driver, *steps_of(floor_command()));
    std::vector<LineKind> calls;
    for (std::size_t i = 0; i < driver.events.size(); ++i) {
      const auto line_at = [&driver](std::size_t at) {
        return at < driver.events.size() ? std::get_if<Said>(&driver.events[at]) : nullptr;
      };
      if (std::holds_alternative<auction::NewHighest>(driver.events[i]))
        RC_ASSERT(line_at(i + 1)->line.kind == LineKind::bid);
      if (const auto* said = line_at(i); said && said->line.who == kAuctioneer && said->line.kind != LineKind::bid)
        calls.push_back(said->line.kind);
    }
    const auto goings = std::count(calls.begin(), calls.end(), LineKind::going);
    RC_ASSERT(goings <= 2);
    const bool closed = driver.machine.book().outcome().has_value();
    RC_ASSERT(calls.size() == static_cast<std::size_t>(goings) + (closed ? 1 : 0));
    if (closed) RC_ASSERT(calls.back() == LineKind::closed);
  });

  rc::prop("what the leader proposes when it is due brings both calls and the close, whatever came before", [] {
    Driver<FloorPlay> driver;
    play(driver, *steps_of(floor_command()));
    const bool closed_before = driver.machine.book().outcome().has_value();
    for (int i = 0; i < 20 && driver.machine.next_deadline(); ++i) {
      driver.now = std::max(driver.now, *driver.machine.next_deadline());
      driver.bytes(driver.machine.deadline_command());
    }
    RC_ASSERT(!driver.machine.next_deadline());
    RC_ASSERT(driver.machine.book().outcome().has_value());
    const auto goings = std::count_if(driver.events.begin(), driver.events.end(), [](const auto& event) {
      const auto* said = std::get_if<Said>(&event);
      return said && said->line.kind == LineKind::going;
    });
    if (!closed_before) RC_ASSERT(goings == 2);
  });

  rc::prop("a replay gives the same state", [] { is_deterministic<FloorPlay>(*steps_of(floor_command())); });
  rc::prop("it goes on from a snapshot taken anywhere as if nothing had been",
           [] { goes_on_from_a_snapshot<FloorPlay>(*steps_of(floor_command())); });
  rc::prop("a spoilt snapshot does no harm", [] { survives_a_spoilt_snapshot<FloorPlay>(*steps_of(floor_command())); });
  rc::prop("a question is answered, whatever it is", [](const Bytes& question) {
    RC_ASSERT(wire::decode_any<FloorPlay::Answer>(Driver<FloorPlay>().machine.query(question)).has_value());
  });
}

}  // namespace
}  // namespace gavel
