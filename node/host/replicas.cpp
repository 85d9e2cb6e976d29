#include "node/host/replicas.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/print.hpp"
#include "common/wire/envelope.hpp"
#include "node/host/node.hpp"
#include "node/host/recovery.hpp"

namespace gavel::host {
namespace {

/// A log may hold so much of what one alone may (Options::compact_bytes), however many there are.
constexpr std::size_t kLeastShare = 16;
/// Each may mean a snapshot.
constexpr std::size_t kToldAtOnce = 4;

/// Of the events that are kept beside a log of such a size: what a large entry brings about, in any case.
gateway::EventHistory::Bounds bounds_beside(std::size_t log_room) {
  constexpr std::size_t kLeast = 256U << 10U;
  gateway::EventHistory::Bounds bounds;
  bounds.bytes = std::clamp(log_room / 8, kLeast, bounds.bytes);
  return bounds;
}

bool is_beat(const order::Event& event) {
  const auto* received = std::get_if<order::Received>(&event);
  return received && std::holds_alternative<wire::Beat>(received->message);
}

}  // namespace

Topic topic_of(GroupId group, order::Lane lane) {
  Topic topic{};
  for (std::size_t i = 0; i < 8; ++i) topic[i] = static_cast<char>((group.value >> (56 - 8 * i)) & 0xFFU);
  topic[8] = static_cast<char>(lane);
  return topic;
}

Bytes topic_prefix(GroupId group) {
  const Topic topic = topic_of(group, order::Lane::beat);
  return {topic.begin(), topic.end() - 1};
}

Replicas::Replicas(const NodeSetup& setup, Counters& counters)
    : setup_(setup), counters_(counters), log_level_(setup.log_level) {}

void Replicas::start(Now now, GroupId group, bool observer, order::Recovered recovered,
                     std::unique_ptr<ServiceMachine> machine, NodeEffects& effects) {
  GAVEL_CHECK(!hosted_.contains(group), "a group lives on a node once");
  order::Setup setup;
  setup.options = setup_.options;
  setup.options.narrate = log_level_ == LogLevel::trace;
  setup.options.batch_gap = machine->batch_gap();
  const auto room = log_room();
  setup.options.compact_bytes = room;
  setup.group = group;
  // A later replica of the same group in this life must not number its stream from 1 again: it is a life of its own.
  setup.self = {setup_.self.uid, {setup_.self.incarnation.value + ++lives_}};
  const auto self = setup.self;
  setup.participation = observer ? order::Participation::observer : order::Participation::member;
  setup.seed = setup_.seed ^ (group.value * 0x9e3779b97f4a7c15ULL) ^ lives_;
  auto replica = std::make_unique<order::Replica>(std::move(setup), std::move(recovered), std::move(machine), now);
  const Slot start_slot = replica->commit();
  const Slot kept = replica->last();
  hosted_.emplace(group, Hosted{group,
                                lives_,
                                self,
                                observer,
                                std::move(replica),
                                gateway::EventHistory(start_slot, bounds_beside(room)),
                                {},
                                now.at,
                                kept,
                                now.at,
                                now.at,
                                room});
  effects.subscriptions.push_back({topic_prefix(group), true});
  if (storage_failed_ && !observer) step(now, group, order::StorageFailed{}, effects);
  if (draining_ && !observer) step(now, group, order::SetDraining{true}, effects);
  changed_.push_back(group);
}

void Replicas::start_member(Now now, GroupId group, order::Recovered recovered, std::unique_ptr<ServiceMachine> machine,
                            NodeEffects& effects) {
  if (const auto* present = find(group)) {
    GAVEL_CHECK(present->observer, "a member is not started twice");
    stop(group, effects);
  }
  start(now, group, false, std::move(recovered), std::move(machine), effects);
}

void Replicas::found(Now now, GroupId group, const wire::Config& config, std::unique_ptr<ServiceMachine> machine,
                     NodeEffects& effects) {
  order::Recovered recovered;
  recovered.snapshot = order::genesis(config, *machine);
  write(operation_for_genesis(group, *recovered.snapshot), effects);
  start_member(now, group, std::move(recovered), std::move(machine), effects);
}

void Replicas::found_from(Now now, GroupId group, order::Recovered recovered, std::unique_ptr<ServiceMachine> machine,
                          NodeEffects& effects) {
  write(operation_for_promise(group, {recovered.promised}), effects);
  write(operation_for_genesis(group, *recovered.snapshot), effects);
  start_member(now, group, std::move(recovered), std::move(machine), effects);
}

void Replicas::clear_away(GroupId group, NodeEffects& effects) {
  GAVEL_CHECK(!find(group), "a living group is stopped");
  write(operation_for_removal(group), effects);
}

void Replicas::start_observer(Now now, GroupId group, std::unique_ptr<ServiceMachine> machine, NodeEffects& effects) {
  ++counters_.observers_started;
  start(now, group, true, {}, std::move(machine), effects);
}

void Replicas::stop(GroupId group, NodeEffects& effects) {
  const auto* hosted = find(group);
  if (!hosted) return;
  if (hosted->observer)
    drop(group, {}, effects);
  else
    drop(group, operation_for_removal(group), effects);
}

void Replicas::retire(GroupId group, std::string name, Bytes archive, NodeEffects& effects) {
  drop(group, operation_for_retirement(group, std::move(name), std::move(archive)), effects);
}

void Replicas::drop(GroupId group, std::optional<store::Operation> last_write, NodeEffects& effects) {
  if (last_write) write(*std::move(last_write), effects);
  effects.subscriptions.push_back({topic_prefix(group), false});
  hosted_.erase(group);
}

Hosted* Replicas::find(GroupId group) {
  const auto it = hosted_.find(group);
  return it == hosted_.end() ? nullptr : &it->second;
}

const Hosted* Replicas::find(GroupId group) const {
  const auto it = hosted_.find(group);
  return it == hosted_.end() ? nullptr : &it->second;
}

bool Replicas::step(Now now, GroupId group, order::Event event, NodeEffects& effects) {
  auto* hosted = find(group);
  if (hosted) step(now, *hosted, std::move(event), effects);
  return hosted != nullptr;
}

void Replicas::step_all(Now now, const order::Event& event, NodeEffects& effects) {
  for (auto& [group, hosted] : hosted_) step(now, hosted, event, effects);
}

void Replicas::tick(Now now, NodeEffects& effects) {
  for (auto& [group, hosted] : hosted_)
    if (hosted.replica->next_deadline() <= now.at) step(now, hosted, order::Tick{}, effects);
}

void Replicas::beat_along(Now now, NodeEffects& effects) {
  if (!beats_pass_) return;
  for (auto& [group, hosted] : hosted_) {
    if (now.at - hosted.beaten < setup_.options.heartbeat / 2) continue;
    hosted.beaten = now.at;  // an observer does not beat, and looks round as often
    step(now, hosted, order::BeatEarly{}, effects);
  }
  beats_pass_ = false;
}

void Replicas::step(Now now, Hosted& hosted, order::Event event, NodeEffects& effects) {
  const Slot applied = hosted.replica->commit();
  const Slot last = hosted.replica->last();
  const wire::Role role = hosted.replica->role();
  beats_pass_ = beats_pass_ || is_beat(event);
  scratch_.clear();
  hosted.replica->step(now, std::move(event), scratch_);
  count_bids(hosted, applied);
  time_commits(now, hosted, last);
  note_beat(now, hosted);
  emit(hosted, effects);
  if (hosted.replica->commit() != applied || hosted.replica->role() != role) changed_.push_back(hosted.group);
}

/// A fresh request is answered with a slot that this very step applied, a repeated one with that of its first time.
void Replicas::count_bids(const Hosted& hosted, Slot applied_before) {
  if (scratch_.answers.empty() || hosted.machine().kind() != static_cast<std::uint16_t>(ServiceKind::auction)) return;
  for (const auto& answer : scratch_.answers) {
    if (answer.status != wire::AnswerStatus::ok || answer.slot <= applied_before) continue;
    if (const auto verdict = verdict_in(answer.body)) ++counters_.tally.verdicts[static_cast<std::size_t>(*verdict)];
  }
}

void Replicas::time_commits(Now now, Hosted& hosted, Slot last_before) {
  if (!hosted.replica->leads()) return hosted.times.clear();
  hosted.times.appended(now.at, last_before, hosted.replica->last());
  hosted.times.committed(now.at, hosted.replica->commit(), counters_.tally.commit);
}

void Replicas::note_beat(Now now, Hosted& hosted) {
  for (const auto& multicast : scratch_.multicasts)
    if (multicast.lane == order::Lane::beat) {
      hosted.beaten = now.at;
      beats_pass_ = true;
    }
}

void Replicas::emit(Hosted& hosted, NodeEffects& effects) {
  const wire::Envelope envelope{setup_.cluster, hosted.group, hosted.self.uid, hosted.self.incarnation};
  for (const auto& multicast : scratch_.multicasts) {
    effects.publishes.push_back({topic_of(hosted.group, multicast.lane), wire::seal(envelope, multicast.message)});
    counters_.count_out(effects.publishes.back().frame);
  }
  for (const auto& unicast : scratch_.unicasts) {
    effects.peers.push_back({unicast.to, wire::seal(envelope, unicast.message)});
    counters_.count_out(effects.peers.back().frame);
    counters_.tally.count(unicast);
  }
  GAVEL_CHECK(!hosted.observer || scratch_.persists.empty(), "an observer keeps nothing on the disk");
  for (const auto& persist : scratch_.persists) {
    write(operation_for(hosted.group, persist), effects);
    awaited_.push_back({last_ticket_, hosted.group, hosted.life, persist.ticket});
  }
  for (auto& answer : scratch_.answers) answers_.emplace_back(hosted.group, std::move(answer));
  narrate(hosted, effects);
  for (auto& event : scratch_.events) hosted.history.append({event.slot, event.index}, std::move(event.event));
}

void Replicas::narrate(Hosted& hosted, NodeEffects& effects) {
  for (auto& note : scratch_.notes) {
    counters_.tally.count(note);
    if (note.kind == order::NoteKind::snapshot_installed) hosted.history.restart(hosted.replica->base());
    if (note.kind == order::NoteKind::diverged)
      effects.alarms.push_back("group " + print(hosted.group) +
                               ": this node's state differs from the others': " + note.text);
    effects.notes.push_back({hosted.group, note.kind, std::move(note.text), hosted.replica->promised()});
  }
}

void Replicas::write(store::Operation operation, NodeEffects& effects) {
  ++counters_.disk_writes;
  effects.writes.push_back({++last_ticket_, std::move(operation)});
}

void Replicas::on_durable(Now now, DiskTicket upto, NodeEffects& effects) {
  std::map<GroupId, std::pair<std::uint64_t, order::Ticket>> reached;
  for (; !awaited_.empty() && awaited_.front().disk <= upto; awaited_.pop_front())
    reached[awaited_.front().group] = {awaited_.front().life, awaited_.front().ticket};
  for (const auto& [group, last] : reached) {
    const auto* hosted = find(group);
    if (hosted && hosted->life == last.first) step(now, group, order::Persisted{last.second}, effects);
  }
}

void Replicas::on_storage_failed(Now now, NodeEffects& effects) {
  storage_failed_ = true;
  awaited_.clear();
  for (auto& [group, hosted] : hosted_)
    if (!hosted.observer) step(now, hosted, order::StorageFailed{}, effects);
}

void Replicas::set_draining(Now now, bool draining, NodeEffects& effects) {
  if (draining_ == draining) return;
  draining_ = draining;
  step_all(now, order::SetDraining{draining}, effects);
}

void Replicas::set_log_level(Now now, LogLevel level, NodeEffects& effects) {
  effects.log_level = level;
  const bool slots = level == LogLevel::trace;
  if (slots != (log_level_ == LogLevel::trace)) step_all(now, order::SetNarration{slots}, effects);
  log_level_ = level;
}

std::size_t Replicas::log_room() const {
  const auto most = setup_.options.compact_bytes;
  const std::size_t share = setup_.log_memory / std::bit_ceil(std::max<std::size_t>(hosted_.size(), 1));
  return std::clamp(share, most / kLeastShare, most);
}

void Replicas::share_memory(Now now, NodeEffects& effects) {
  const auto room = log_room();
  std::size_t told = 0;
  for (auto& [group, hosted] : hosted_) {
    if (hosted.log_room == room) continue;
    if (told++ == kToldAtOnce) break;
    hosted.log_room = room;
    hosted.history.bound(bounds_beside(room));
    step(now, hosted, order::SetLogRoom{room}, effects);
  }
}

TimePoint Replicas::next_deadline() const {
  TimePoint next = kNever;
  for (const auto& [group, hosted] : hosted_) next = std::min(next, hosted.replica->next_deadline());
  return next;
}

}  // namespace gavel::host
