#include "tests/sim/house/room_checks.hpp"

#include <algorithm>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
std::string name_of(std::uint64_t number) { return "line " + std::to_string(number); }

/// What stands at this number or behind it, and is no bid of the auctioneer, is kept.
std::uint64_t kept_from(const RoomBook& room) {
  const auto& kept = room.lines.kept();
  const auto bids = static_cast<std::size_t>(
      std::count_if(kept.begin(), kept.end(), [](const auto& line) { return line.kind == chat::LineKind::bid; }));
  if (kept.size() < room.rules.keep && bids < kKeptBids) return 1;
  return kept.empty() ? room.lines.last() + 1 : kept.front().number;
}
}  // namespace

// ---- what clients say and hear

std::int64_t RoomChecks::begins(const Text& text) {
  begun_.emplace(text.words(), text);
  return known_.begin();
}

void RoomChecks::told(std::int64_t begun_at, const Text& text, std::uint64_t number) {
  known_.command_ends(text.words(), begun_at, static_cast<std::int64_t>(number));
  if (!told_.try_emplace(number, text.words()).second)
    throw Violation(Invariant::exactly_once, "two texts were told that they are " + name_of(number));
  if (const auto line = lines_.find(number); line != lines_.end()) check_told(number, line->second);
  const auto stands = stands_.find(text.words());
  if (stands != stands_.end() && stands->second != number)
    throw Violation(Invariant::exactly_once, "'" + text.words() + "' was told that it is " + name_of(number) +
                                                 ", and stands as " + name_of(stands->second));
}

void RoomChecks::check_told(std::uint64_t number, const chat::Line& line) const {
  const auto told = told_.find(number);
  if (told == told_.end() || (line.kind == chat::LineKind::said && line.text == told->second)) return;
  throw Violation(Invariant::durability, name_of(number) + " is not '" + told->second + "', which was told that it is");
}

void RoomChecks::read(std::int64_t begun_at, const chat::RoomState& state) {
  known_.read_ends(begun_at, static_cast<std::int64_t>(state.last), static_cast<std::int64_t>(last_));
  for (const auto& line : state.lines) note("who asks", line);
}

void RoomChecks::heard(std::size_t watcher, const chat::Line& line, bool gap) {
  auto& last = heard_[watcher];
  if (line.number <= last) throw Violation(Invariant::exactly_once, "a watcher hears twice of " + name_of(line.number));
  if (!gap && line.number != last + 1)
    throw Violation(Invariant::total_order, "a watcher hears of " + name_of(line.number) + " after " + name_of(last));
  if (line.number > last_)
    throw Violation(Invariant::total_order, "a watcher hears of " + name_of(line.number) + ", and no replica has it");
  last = line.number;
  note("a watcher", line);
}

// ---- what replicas hold

void RoomChecks::holds(Uid node, const RoomBook& room, std::uint64_t seen) {
  last_ = std::max(last_, room.lines.last());
  const auto& kept = room.lines.kept();
  auto first = kept.end();
  while (first != kept.begin() && std::prev(first)->number > seen) --first;
  for (; first != kept.end(); ++first) note(show(node), *first);
}

void RoomChecks::ends_with(Uid node, const RoomBook& room) const {
  if (room.lines.last() != last_)
    throw Violation(Invariant::total_order, show(node) + " has " + std::to_string(room.lines.last()) + " lines of " +
                                                room.name + ", another " + std::to_string(last_));
  const auto& kept = room.lines.kept();
  for (auto told = told_.lower_bound(kept_from(room)); told != told_.end(); ++told) {
    const auto line = std::lower_bound(kept.begin(), kept.end(), told->first,
                                       [](const chat::Line& one, std::uint64_t number) { return one.number < number; });
    if (line == kept.end() || line->number != told->first)
      throw Violation(Invariant::durability,
                      show(node) + " lacks " + name_of(told->first) + " of " + room.name + ", which was acknowledged");
    check_told(told->first, *line);
  }
}

void RoomChecks::note(const std::string& who, const chat::Line& line) {
  const auto [it, fresh] = lines_.try_emplace(line.number, line);
  if (!fresh) {
    if (it->second.fields() != line.fields())
      throw Violation(Invariant::total_order, who + " has another " + name_of(line.number));
    return;
  }
  if (line.number == 0) throw Violation(Invariant::total_order, who + " has a line without a number");
  check_told(line.number, line);
  if (line.kind == chat::LineKind::said) {
    if (!begun_.contains(line.text))
      throw Violation(Invariant::exactly_once, name_of(line.number) + " was never said: " + line.text);
    if (!stands_.try_emplace(line.text, line.number).second)
      throw Violation(Invariant::exactly_once, "'" + line.text + "' stands twice, as " +
                                                   name_of(stands_.at(line.text)) + " and as " + name_of(line.number));
  }
  follow();
}

// ---- line by line

void RoomChecks::follow() {
  for (auto at = lines_.find(next_); at != lines_.end() && at->first == next_; ++at, ++next_) follow(at->second);
}

void RoomChecks::end() {
  for (auto at = lines_.lower_bound(next_); at != lines_.end(); at = lines_.lower_bound(next_)) {
    if (at->first != next_) {
      whole_ = false;
      here_.clear();
      next_ = at->first;
    }
    follow();
  }
}

void RoomChecks::follow(const chat::Line& line) {
  if (line.slot < slot_ || line.time < time_)
    throw Violation(Invariant::total_order,
                    name_of(line.number) + " is of an earlier slot or time than the one before");
  slot_ = line.slot;
  time_ = line.time;
  switch (line.kind) {
    case chat::LineKind::entered:
      if (!may_be_here(line.who, false))
        throw Violation(Invariant::exactly_once,
                        line.who + " comes in with " + name_of(line.number) + ", and is in the room already");
      here_[line.who] = true;
      return;
    case chat::LineKind::left:
    case chat::LineKind::lapsed:
    case chat::LineKind::said:
      if (!may_be_here(line.who, true))
        throw Violation(Invariant::exactly_once, line.who + " of " + name_of(line.number) + " is not in the room");
      here_[line.who] = line.kind == chat::LineKind::said;
      return line.kind == chat::LineKind::said ? follow_text(line) : void();
    default:
      return;
  }
}

void RoomChecks::follow_text(const chat::Line& line) {
  const auto& text = begun_.at(line.text);
  const auto [it, first] = said_.try_emplace(text.client, text.number);
  if (!first && std::exchange(it->second, text.number) >= text.number)
    throw Violation(Invariant::fifo, "'" + line.text + "' stands behind what its client said later");
}

/// Whoever never came in is not here, unless there are lines that nobody knows.
bool RoomChecks::may_be_here(const std::string& name, bool here) const {
  const auto at = here_.find(name);
  if (at != here_.end()) return at->second == here;
  return !whole_ || !here;
}

}  // namespace gavel::sim
