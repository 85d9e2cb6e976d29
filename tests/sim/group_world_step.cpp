// One step of one replica, and what becomes of its effects: writes first, then what the checkers find, then what
// leaves.
#include <algorithm>
#include <utility>

#include "common/wire/envelope.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/group_world.hpp"
#include "tests/sim/note_counts.hpp"

namespace gavel::sim {
namespace {
const std::string kCluster = "sim";
constexpr GroupId kGroup{7};
/// The wall clocks start here: some day in 2023.
constexpr std::int64_t kWallStart = 1'700'000'000'000'000;

/// Null for beats and acks, of which there are too many.
const char* name_of_kind(std::uint64_t kind) {
  switch (kind) {
    case wire::Batch::kKind:
      return "batch";
    case wire::Order::kKind:
      return "order";
    case wire::Missing::kKind:
      return "missing: has anybody this batch?";
    case wire::Repair::kKind:
      return "repair: here it is";
    case wire::Token::kKind:
      return "token";
    case wire::TokenAck::kKind:
      return "token received";
    case wire::Rejected::kKind:
      return "rejected: more is promised";
    case wire::HandOver::kKind:
      return "hand-over: start an election";
    case wire::Fetch::kKind:
      return "fetch: what comes next?";
    case wire::Entries::kKind:
      return "entries";
    case wire::SnapshotChunk::kKind:
      return "a piece of a snapshot";
    case wire::SnapshotFetch::kKind:
      return "the next piece of the snapshot?";
    default:
      return nullptr;
  }
}

Path path_of(order::Lane lane) {
  switch (lane) {
    case order::Lane::batch:
      return Path::batch;
    case order::Lane::order:
      return Path::order;
    case order::Lane::ack:
      return Path::ack;
    case order::Lane::beat:
      return Path::beat;
  }
  return Path::unicast;
}
}  // namespace

Now GroupWorld::now_at(const SimNode& node) const {
  return {timeline.now(), WallTime{kWallStart + timeline.now().time_since_epoch().count() + node.skew.count()}};
}

void GroupWorld::step_later(SimNode& node, Duration delay, std::function<order::Event()> event) {
  const auto when = std::max(timeline.now() + delay, node.paused_until);
  timeline.at(when, [this, &node, life = node.incarnation, event = std::move(event)] {
    if (!node.up || node.incarnation != life) return;
    if (node.paused_until > timeline.now()) return step_later(node, Duration(0), event);
    step(node, event());
  });
}

void GroupWorld::step(SimNode& node, order::Event event) {
  effects_.clear();
  node.replica->step(now_at(node), std::move(event), effects_);
  absorb(node);
}

void GroupWorld::absorb(SimNode& node) {
  tell(node);
  promised_ = false;
  for (auto& operation : effects_.persists) {
    promised_ = promised_ || operation.kind == order::PersistKind::promise;
    node.disk.write(checks.note_write(node, std::move(operation)));
  }
  Found found;
  try {
    found = checks.stepped(node, effects_);
  } catch (const Violation&) {
    if (!unchecked_) throw;
  }
  raise_moments(node, found);
  for (const auto& config : found.configurations)
    for (auto& other : nodes)
      if (other.exists && !other.gone && !other.observer && !config.is_member(other.uid) && !goal_.is_member(other.uid))
        timeline.after(random.between(Duration(20ms), Duration(400ms)), [this, &other] { retire(other); });
  sync(node);
  send(node);
  answer(node);
  checks.boundedness.owed(node.uid, node.submitted.size(), plan.options);
  plan_tick(node);
}

void GroupWorld::tell(SimNode& node) {
  for (const auto& note : effects_.notes) {
    count(statistics, note.kind);
    if (narrator) narrator.say(node.uid, note.text);
  }
}

void GroupWorld::raise_moments(SimNode& node, const Found& found) {
  if (!on_moment) return;
  if (promised_) on_moment(node, Moment::promise);
  const bool adopted = std::any_of(effects_.notes.begin(), effects_.notes.end(),
                                   [](const order::Note& note) { return note.kind == order::NoteKind::adopted; });
  if (adopted) on_moment(node, Moment::adopt);
  for (const auto& entry : found.own_entries)
    on_moment(node, entry.kind == wire::EntryKind::view     ? Moment::view
                    : entry.kind == wire::EntryKind::config ? Moment::config
                                                            : Moment::order);
  if (found.first_commit) on_moment(node, Moment::commit);
}

void GroupWorld::send(SimNode& node) {
  const wire::Envelope envelope{kCluster, kGroup, node.uid, node.incarnation};
  for (const auto& multicast : effects_.multicasts) {
    const auto frame = share(wire::seal(envelope, multicast.message));
    if (onlooker_) onlooker_->sent(timeline.now(), node.uid, {}, path_of(multicast.lane), frame);
    for (const auto& other : nodes)
      if (other.exists && other.index != node.index)
        network.send(node.index, other.index, path_of(multicast.lane), frame);
  }
  for (const auto& unicast : effects_.unicasts) {
    if (unicast.to == node.uid || !unicast.to || unicast.to.value > nodes.size())
      throw Violation(Invariant::contract, show(node.uid) + " sends a message to " + show(unicast.to));
    const auto frame = share(wire::seal(envelope, unicast.message));
    if (onlooker_) onlooker_->sent(timeline.now(), node.uid, unicast.to, Path::unicast, frame);
    network.send(node.index, unicast.to.value - 1, Path::unicast, frame);
  }
}

void GroupWorld::answer(SimNode& node) {
  for (auto& answered : effects_.answers) {
    const auto it = node.submitted.find(answered.id);
    if (it == node.submitted.end()) {
      if (on_answer)
        on_answer(node, answered);
      else
        throw Violation(Invariant::contract, show(node.uid) + " answers a request twice, or one that nobody made");
      continue;
    }
    const auto origin = it->second;
    node.submitted.erase(it);
    if (onlooker_) onlooker_->answered(timeline.now(), node.uid, origin.client, origin.call, answered);
    if (!healed_ && chance_.chance(0.05)) continue;
    timeline.after(chance_.between(Duration(50us), Duration(400us)), [this, origin, answered = std::move(answered)] {
      clients->answered(origin.client, origin.call, answered);
    });
  }
}

void GroupWorld::deliver(Index from, Index to, const SharedBytes& frame) {
  auto& node = nodes[to];
  if (!node.up) {
    // A DEALER keeps what it has for a peer that is not there, and delivers it late.
    if (node.exists && !node.gone && chance_.chance(0.1))
      timeline.after(chance_.between(Duration(5ms), Duration(300ms)), [this, from, to, frame] {
        if (nodes[to].up) deliver(from, to, frame);
      });
    return;
  }
  if (node.paused_until > timeline.now())
    return timeline.at(node.paused_until, [this, from, to, frame] { deliver(from, to, frame); });
  const auto opened = wire::open(*frame, kCluster);
  if (!opened) throw Violation(Invariant::contract, "a frame is refused: " + opened.error().message);
  auto message = opened->body<wire::OrderMessage>();
  if (!message) throw Violation(Invariant::contract, "a message cannot be read back: " + message.error().message);
  if (show_messages && narrator)
    if (const auto* what = name_of_kind(opened->kind))
      narrator.say(node.uid, "<- " + show(opened->envelope.from) + " " + what);
  step(node, order::Received{{opened->envelope.from, opened->envelope.incarnation}, std::move(*message)});
}

void GroupWorld::sync(SimNode& node) {
  const auto newest = node.disk.newest();
  if (node.syncing || node.disk_failed || !newest) return;
  node.syncing = true;
  auto time = chance_.between(plan.sync_least, plan.sync_most);
  if (timeline.now() < node.slow_until) time += chance_.between(Duration(5ms), Duration(60ms));
  timeline.after(time, [this, &node, life = node.incarnation, upto = *newest] {
    if (!node.up || node.incarnation != life || node.disk_failed) return;
    node.disk.synced(upto);
    node.syncing = false;
    step_later(node, Duration(0), [upto] { return order::Persisted{upto}; });
    sync(node);
  });
}

void GroupWorld::plan_tick(SimNode& node) {
  const auto due = node.replica->next_deadline();
  if (due >= node.tick_at || due == kNever) return;
  node.tick_at = std::max(due, timeline.now()) + chance_.between(Duration(0), Duration(500us));
  timeline.at(node.tick_at, [this, &node, life = node.incarnation, when = node.tick_at] {
    if (!node.up || node.incarnation != life || node.tick_at != when) return;
    node.tick_at = kNever;
    if (node.paused_until > timeline.now()) return step_later(node, Duration(0), [] { return order::Tick{}; });
    if (node.replica->next_deadline() > timeline.now()) return plan_tick(node);
    step(node, order::Tick{});
  });
}

}  // namespace gavel::sim
