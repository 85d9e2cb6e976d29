#include "client/cli/gallery.hpp"

#include <algorithm>

#include "client/cli/room_calls.hpp"

namespace gavel::cli {
namespace {

/// After a gap.
constexpr std::uint32_t kLinesToLookAt = 200;

bool is_told_here(chat::LineKind kind) {
  return kind == chat::LineKind::said || kind == chat::LineKind::going || kind == chat::LineKind::notice;
}

}  // namespace

Gallery::Gallery(House& house, directory::Auction auction, std::function<void(const Telling&)> tell)
    : house_(house),
      auction_(std::move(auction)),
      tell_(std::move(tell)),
      likes_(house, auction_.id, [this](const likes::Count& count) {
        if (count.total > 0) tell_(describe(count));
      }) {}

Gallery::~Gallery() {
  if (watch_) house_.connection().unwatch(*watch_);
}

void Gallery::open() {
  read_room(false);
  open_likes();
}

void Gallery::open_likes() {
  if (!likes_.is_watching()) likes_.begin();
}

void Gallery::read_room(bool tell_it) {
  const RoomPlace place{auction_.id, auction_.group, auction_};
  const auto told = look_into_room(house_, place, {}, tell_it ? kLinesToLookAt : 0);
  missed_ = false;
  if (tell_it)
    for (const auto& line : told.value.lines) on_line(line);
  last_ = std::max(last_, told.value.last);
  // Whoever is in the room hears it already.
  if (watch_ || house_.connection().is_watched(auction_.group, told.value.topic)) return;
  watch_ = house_.connection().watch(
      auction_.group, told.outcome.slot, client::kWholeSlot, told.value.topic,
      {[this](const client::Event& event) {
         const auto decoded = wire::decode_any<chat::Event>(event.body);
         const auto* said = decoded ? std::get_if<chat::Said>(&*decoded) : nullptr;
         if (said != nullptr) on_line(said->line);
       },
       [this](const client::Resync& resync) { missed_ = resync.slot != wire::kNoMoreEvents; }});
}

void Gallery::on_line(const chat::Line& line) {
  if (line.number <= last_) return;
  last_ = line.number;
  if (is_told_here(line.kind)) tell_(describe(auction_.id, line, {nullptr, {}, true}));
}

void Gallery::catch_up() {
  if (missed_) read_room(true);
  likes_.catch_up();
}

}  // namespace gavel::cli
