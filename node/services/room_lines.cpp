#include "node/services/room_lines.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "node/services/mistakes.hpp"
#include "node/services/room_rules.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

struct LinesHeader {
  std::uint64_t last = 0;
  WallTime last_time;
  std::uint64_t kept = 0;
  GAVEL_FIELDS(last, last_time, kept);
};

bool is_kept(chat::LineKind kind) {
  switch (kind) {
    case chat::LineKind::said:
    case chat::LineKind::notice:
    case chat::LineKind::bid:
    case chat::LineKind::going:
    case chat::LineKind::closed:
      return true;
    case chat::LineKind::entered:
    case chat::LineKind::left:
    case chat::LineKind::lapsed:
    case chat::LineKind::serving:
      return false;
  }
  return false;
}

/// As one that was kept could be.
bool is_sound(const chat::Line& line) {
  return is_kept(line.kind) && is_plain_text(line.who, 1, chat::kMaxName) && is_sayable(line.text, chat::kMostBytes) &&
         is_entry_time(line.time);
}

}  // namespace

void RoomLines::place(const Context& context, chat::Line& line) {
  if (last_ == 0 || !house::broken(house::Mistake::lines_renumbered)) ++last_;
  last_time_ = context.time;
  line.number = last_;
  line.slot = context.slot;
  line.time = context.time;
}

void RoomLines::keep(chat::Line line, std::size_t most) {
  if (!is_kept(line.kind)) return;
  text_ += line.text.size();
  bids_ += line.kind == chat::LineKind::bid ? 1 : 0;
  kept_.push_back(std::move(line));
  if (bids_ > kKeptBids) drop_first_bid();
  keep(most);
}

void RoomLines::keep(std::size_t most) {
  while (kept_.size() > most || text_ > chat::kMostKeptText) drop(kept_.begin());
}

void RoomLines::drop(std::deque<chat::Line>::iterator line) {
  text_ -= line->text.size();
  bids_ -= line->kind == chat::LineKind::bid ? 1 : 0;
  kept_.erase(line);
}

void RoomLines::drop_first_bid() {
  drop(std::find_if(kept_.begin(), kept_.end(),
                    [](const chat::Line& line) { return line.kind == chat::LineKind::bid; }));
}

std::vector<chat::Line> RoomLines::latest(std::size_t most) const {
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, kept_.size()));
  return {kept_.end() - count, kept_.end()};
}

void RoomLines::append_to(Bytes& snapshot) const {
  append_record(snapshot, wire::encode(LinesHeader{last_, last_time_, kept_.size()}));
  for (const auto& line : kept_) append_record(snapshot, wire::encode(line));
}

Result<RoomLines> RoomLines::read_from(RecordReader& reader, std::size_t keep) {
  const auto header = reader.next_as<LinesHeader>();
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->kept > keep || header->last == std::numeric_limits<std::uint64_t>::max() ||
      !is_entry_time(header->last_time))
    return fail("the room's lines are over their limits");
  RoomLines lines;
  lines.last_ = header->last;
  lines.last_time_ = header->last_time;
  for (std::uint64_t i = 0; i < header->kept; ++i) {
    auto line = reader.next_as<chat::Line>();
    if (!line) return tl::unexpected<Error>(line.error());
    const std::uint64_t before = lines.kept_.empty() ? 0 : lines.kept_.back().number;
    if (!is_sound(*line) || line->number <= before || line->number > lines.last_)
      return fail("the room's lines are none that are kept, or out of order");
    lines.text_ += line->text.size();
    lines.bids_ += line->kind == chat::LineKind::bid ? 1 : 0;
    lines.kept_.push_back(*std::move(line));
  }
  if (lines.bids_ > kKeptBids || lines.text_ > chat::kMostKeptText)
    return fail("the room's lines are over their limits");
  return lines;
}

}  // namespace gavel
