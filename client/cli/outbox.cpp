#include "client/cli/outbox.hpp"

#include <algorithm>

#include "common/bus/clock.hpp"
#include "node/services/room_rules.hpp"

namespace gavel::cli {
namespace {

/// So long something is tried.
constexpr Duration kTries = 60s;
/// Between two tries of what was certainly not done.
constexpr Duration kPause = 250ms;
/// Without an acknowledgement for so long, the user is told.
constexpr Duration kWorthSaying = 3s;
/// Whoever talks a lot is told so often that the room slows them down.
constexpr Duration kTellPaceEvery = 20s;

bool was_certainly_not_done(client::OutcomeKind kind) {
  return kind == client::OutcomeKind::no_answer || kind == client::OutcomeKind::unreachable ||
         kind == client::OutcomeKind::busy || kind == client::OutcomeKind::unknown_group;
}

}  // namespace

Outbox::Outbox(Connection& connection, RoomPlace place, chat::Speaker who, Hooks hooks)
    : connection_(connection), place_(std::move(place)), who_(std::move(who)), hooks_(std::move(hooks)) {}

Outbox::~Outbox() { clear(); }

void Outbox::put(chat::Command command) {
  queue_.push_back({to_room(std::move(command), place_.room)});
  tick();
}

void Outbox::put_first(chat::Command command) {
  queue_.insert(queue_.begin() + (call_ ? 1 : 0), {to_room(std::move(command), place_.room)});
  tick();
}

void Outbox::clear() {
  if (const auto call = std::exchange(call_, std::nullopt)) connection_.forget(*call);
  queue_.clear();
}

void Outbox::move_to(const RoomPlace& place) {
  if (const auto call = std::exchange(call_, std::nullopt)) connection_.forget(*call);
  place_ = place;
  for (Waiting& one : queue_) one.command = to_room(std::move(one.command), place.room);
}

void Outbox::tick() {
  const TimePoint now = bus::steady_now();
  if (queue_.empty()) return;
  Waiting& first = queue_.front();
  if (call_ && !first.warned && now >= first.sent + kWorthSaying) {
    first.warned = true;
    hooks_.warn("no acknowledgement from " + place_.room +
                " yet; it goes on being tried, there is no need to repeat it");
  }
  if (!call_ && now >= not_before_) send();
}

TimePoint Outbox::next_deadline() const {
  if (queue_.empty()) return kNever;
  if (!call_) return not_before_;
  return queue_.front().warned ? kNever : queue_.front().sent + kWorthSaying;
}

void Outbox::send() {
  const TimePoint now = bus::steady_now();
  Waiting& first = queue_.front();
  if (first.sent == kNever) first.sent = now;
  const Duration left = std::max<Duration>(first.sent + kTries - now, kPause);
  call_ = connection_.begin_command(place_.group, wire::encode_any(first.command), left,
                                    [this](const client::Outcome& outcome) { on_outcome(outcome); });
}

void Outbox::on_outcome(const client::Outcome& outcome) {
  call_.reset();
  const TimePoint now = bus::steady_now();
  if (outcome.kind == client::OutcomeKind::ok) {
    auto reply = wire::decode_any<chat::Reply>(outcome.body);
    auto* judged = reply ? std::get_if<chat::RoomReply>(&*reply) : nullptr;
    if (judged != nullptr) return on_reply(std::move(*judged), outcome);
  }
  if (was_certainly_not_done(outcome.kind) && now < queue_.front().sent + kTries) return again_at(now + kPause);
  answer({}, outcome);
}

void Outbox::on_reply(chat::RoomReply reply, const client::Outcome& outcome) {
  Waiting& first = queue_.front();
  if (reply.verdict == chat::Verdict::too_fast) {
    const TimePoint now = bus::steady_now();
    first.sent = kNever;
    again_at(now + reply.wait);
    if (now < pace_told_ + kTellPaceEvery) return;
    pace_told_ = now;
    return hooks_.warn(harmless(reply.message) + "; what you say goes out by itself then");
  }
  const bool is_about_being_in =
      !std::holds_alternative<chat::Enter>(first.command) && !std::holds_alternative<chat::Leave>(first.command);
  if (reply.verdict == chat::Verdict::not_present && is_about_being_in && !std::exchange(first.entered_again, true)) {
    queue_.push_front({chat::Enter{place_.room, who_}});
    return tick();
  }
  answer(std::move(reply), outcome);
}

void Outbox::answer(std::optional<chat::RoomReply> reply, const client::Outcome& outcome) {
  Waiting done = std::move(queue_.front());
  queue_.pop_front();
  const Answered answered{std::move(done.command), std::move(reply), outcome, done.sent, bus::steady_now()};
  if (hooks_.answered) hooks_.answered(answered);
  tick();
}

}  // namespace gavel::cli
