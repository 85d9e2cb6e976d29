#include "client/cli/chat_room.hpp"

#include <algorithm>

#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

/// Between two tries to read a room anew.
constexpr Duration kLookAgain = 500ms;
/// Programs say that they stay so often in a lease.
constexpr int kTimesInALease = 3;
/// Nodes come, and are called something.
constexpr Duration kLearnNames = 5s;

}  // namespace

ChatRoom::ChatRoom(House& house, RoomPlace place, chat::Speaker who, Hooks hooks, bool names_room)
    : house_(house),
      place_(std::move(place)),
      who_(std::move(who)),
      hooks_(std::move(hooks)),
      names_room_(names_room),
      outbox_(house.connection(), place_, who_,
              {[this](const Outbox::Answered& answered) { on_answered(answered); },
               [this](const std::string& text) { hooks_.warn(text); }}) {}

ChatRoom::~ChatRoom() {
  if (staying_) house_.connection().forget(*staying_);
  if (learning_) house_.connection().forget(*learning_);
  if (watch_) house_.connection().unwatch(*watch_);
}

// ---- coming, looking, going -----------------------------------------------------------------------------------------

void ChatRoom::enter(std::uint32_t history) {
  names_ = house_.names();
  learn_at_ = bus::steady_now() + kLearnNames;
  const auto reply = require_in_room(house_, place_, chat::Enter{place_.room, who_});
  renewed(reply.rules);
  const auto told = look_into_room(house_, place_, who_, history);
  const auto& state = told.value;
  leader_ = state.leader;
  // What came before one entered is history, and told as much of as was asked for.
  tell_kept(state);
  last_told_ = std::max(last_told_, state.last);
  for (const auto& member : state.members) people_.insert(member.name);
  Row row_of_room{{"event", "room"}};
  row_of_room.update(row(state, names_));
  hooks_.tell({std::move(row_of_room), describe(state, names_)});
  watch(told.outcome.slot, state.topic);
}

chat::RoomState ChatRoom::look(std::uint32_t lines) {
  names_ = house_.names();
  return look_into_room(house_, place_, who_, lines).value;
}

void ChatRoom::leave(Duration patience) {
  outbox_.clear();
  stay_at_ = kNever;
  if (over_) return;
  const TimePoint until = bus::steady_now() + patience;
  outbox_.put(chat::Leave{place_.room, who_});
  while (!outbox_.empty() && bus::steady_now() < until) {
    if (interrupted()) fail_with(Exit::interrupted, "");
    house_.connection().turn(until);
    outbox_.tick();
  }
}

// ---- lines ----------------------------------------------------------------------------------------------------------

void ChatRoom::watch(Slot slot, const Bytes& topic) {
  if (watch_) house_.connection().unwatch(*watch_);
  // The state was read at some slot; the events from the next slot on are all that it does not hold.
  watch_ = house_.connection().watch(
      place_.group, slot, client::kWholeSlot, topic,
      {[this](const client::Event& event) { on_event(event); },
       [this](const client::Resync& resync) { (resync.slot == wire::kNoMoreEvents ? group_gone_ : missed_) = true; }});
}

void ChatRoom::on_event(const client::Event& event) {
  const auto decoded = wire::decode_any<chat::Event>(event.body);
  if (!decoded) return;
  if (const auto* said = std::get_if<chat::Said>(&*decoded)) on_line(said->line);
}

void ChatRoom::on_line(const chat::Line& line) {
  if (line.number <= last_told_) return;
  last_told_ = line.number;
  const Uid former = leader_;
  if (line.kind == chat::LineKind::serving) leader_ = line.node;
  if (line.kind == chat::LineKind::entered) people_.insert(line.who);
  if (line.kind == chat::LineKind::left || line.kind == chat::LineKind::lapsed) people_.erase(line.who);
  hooks_.tell(describe(place_.room, line, {&names_, former, names_room_}));
}

void ChatRoom::tell_kept(const chat::RoomState& state) {
  for (const auto& line : state.lines) on_line(line);
}

void ChatRoom::read_anew() {
  const auto state = look(chat::kMostKept);
  missed_ = false;
  if (!state.lines.empty() && state.lines.size() >= state.rules.keep && state.lines.front().number > last_told_ + 1)
    hooks_.warn("some lines of " + place_.room + " before number " + std::to_string(state.lines.front().number) +
                " are not kept any more");
  leader_ = state.leader;
  people_.clear();
  for (const auto& member : state.members) people_.insert(member.name);
  tell_kept(state);
  // Of what is not kept (who came and went) later events may still follow: last_told_ is not moved to state.last.
}

void ChatRoom::go_on_elsewhere() {
  const auto now = house_.auction(place_.room);
  if (now.group == place_.group) {
    over_ = Failure{Exit::not_found, "the room " + place_.room + " is closed: its auction ended, and is archived"};
    return;
  }
  group_gone_ = false;
  place_.group = now.group;
  place_.auction = now;
  outbox_.move_to(place_);
  hooks_.warn(harmless(place_.room) + " goes on from a backup; what was said since is gone");
  last_told_ = last_own_ = 0;
  enter(0);
}

// ---- what is said ---------------------------------------------------------------------------------------------------

void ChatRoom::on_answered(const Outbox::Answered& answered) {
  if (answered.reply) {
    const auto& reply = *answered.reply;
    if (reply.verdict == chat::Verdict::done) renewed(reply.rules);
    if (reply.room == place_.room) last_own_ = std::max(last_own_, reply.number);
    if (std::holds_alternative<chat::Leave>(answered.command)) return;
    if (std::holds_alternative<chat::Enter>(answered.command)) return on_reentry(reply);
  }
  if (hooks_.answered) hooks_.answered(answered);
}

void ChatRoom::on_reentry(const chat::RoomReply& reply) {
  if (reply.verdict == chat::Verdict::done) return;
  over_ = Failure{exit_for(reply.verdict),
                  "you are in " + place_.room + " no longer, and cannot come back: " + harmless(reply.message)};
  outbox_.clear();
}

void ChatRoom::renewed(const chat::RoomRules& rules) {
  if (rules.lease > Duration::zero()) stay_every_ = rules.lease / kTimesInALease;
  stay_at_ = bus::steady_now() + stay_every_;
}

void ChatRoom::stay() {
  stay_at_ = bus::steady_now() + stay_every_;
  if (staying_) return;
  staying_ =
      house_.connection().begin_command(place_.group, wire::encode_any(chat::Command(chat::Stay{place_.room, who_})),
                                        stay_every_, [this](const client::Outcome& outcome) {
                                          staying_.reset();
                                          const auto reply = wire::decode_any<chat::Reply>(outcome.body);
                                          const auto* judged = reply ? std::get_if<chat::RoomReply>(&*reply) : nullptr;
                                          if (judged == nullptr) return;
                                          if (judged->verdict == chat::Verdict::done) return renewed(judged->rules);
                                          // Not heard of for too long, e.g. because the program was stopped.
                                          outbox_.put_first(chat::Enter{place_.room, who_});
                                        });
}

void ChatRoom::learn_names() {
  learn_at_ = bus::steady_now() + kLearnNames;
  if (learning_) return;
  learning_ =
      house_.connection().begin_local(kDirectoryGroup, wire::encode_any(directory::Question(directory::AskNodes{})),
                                      kLearnNames, [this](const client::Outcome& outcome) {
                                        learning_.reset();
                                        const auto answer = wire::decode_any<directory::Answer>(outcome.body);
                                        const auto* nodes = answer ? std::get_if<directory::Nodes>(&*answer) : nullptr;
                                        if (nodes == nullptr) return;
                                        for (const auto& node : nodes->nodes) names_.learn(node.uid, node.name);
                                      });
}

void ChatRoom::tick() {
  if (over_) return;
  const TimePoint now = bus::steady_now();
  if (now >= learn_at_) learn_names();
  if (now >= stay_at_) stay();
  outbox_.tick();
  if ((!missed_ && !group_gone_) || now < look_again_) return;
  look_again_ = now + kLookAgain;
  try {
    if (group_gone_ && place_.auction)
      go_on_elsewhere();
    else
      read_anew();
  } catch (const Failure& failure) {
    if (failure.code == Exit::interrupted) throw;
    if (failure.code == Exit::not_found) over_ = failure;
    if (failure.code == Exit::rejected) outbox_.put_first(chat::Enter{place_.room, who_});
  }
}

TimePoint ChatRoom::next_deadline() const {
  if (over_) return kNever;
  TimePoint at = std::min({stay_at_, learn_at_, outbox_.next_deadline()});
  if (missed_ || group_gone_) at = std::min(at, look_again_);
  return at;
}

}  // namespace gavel::cli
