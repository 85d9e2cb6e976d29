#include "common/order/replica.hpp"

#include <algorithm>

#include "common/order/announcer.hpp"
#include "common/order/commitment.hpp"
#include "common/order/core.hpp"
#include "common/order/election.hpp"
#include "common/order/follower.hpp"
#include "common/order/leadership.hpp"
#include "common/order/mistakes.hpp"
#include "common/order/repair.hpp"
#include "common/order/sequencer.hpp"
#include "common/order/transfer.hpp"

namespace gavel::order {

wire::SnapshotRecord genesis(const wire::Config& config, const StateMachine& initial) {
  wire::SnapshotRecord record;
  record.config = config;
  record.service = initial.kind();
  record.state = Applier::genesis(initial);
  return record;
}

namespace {

// A round is the last one plus one: no group lives to see this many. A sender that claims more is broken, and must not
// take the others with it.
constexpr std::uint64_t kMaxRound = 1ULL << 48U;

template <class Message>
bool is_plausible(const Message& message) {
  if constexpr (requires { message.term; })
    return message.term.round < kMaxRound;
  else if constexpr (requires { message.heard_promise; })
    return std::max(message.promised.round, message.heard_promise.round) < kMaxRound;
  else if constexpr (requires { message.promised; })
    return message.promised.round < kMaxRound;
  else
    return true;
}

}  // namespace

// The parts, in the order in which they stand on each other, and the routing between them. Nothing is decided here.
struct Replica::Parts {
  Parts(Setup setup, Recovered recovered, std::unique_ptr<StateMachine> machine, Now now)
      : core(std::move(setup), std::move(recovered), std::move(machine), now) {}

  void on(Received& received) {
    std::visit(
        [&](auto& message) {
          if (is_plausible(message)) on_message(received.from, message);
        },
        received.message);
  }
  void on(const Persisted& persisted) {
    for (auto& then : core.journal.complete(persisted.upto)) then();
  }
  void on(const StorageFailed& /*event*/) {
    if (core.journal.failed()) return;
    core.journal.fail();
    core.say(NoteKind::storage_failed, "has lost its disk: it acks, promises and leads no more");
  }
  void on(Submit& submit) {
    for (auto& one : submit.requests) {
      const auto id = one.id;
      if (core.diverged || !core.publisher.submit(std::move(one)))
        core.out->answers.push_back({id, wire::AnswerStatus::busy, {}, {}, {}});
    }
  }
  void on(const PeerLost& lost) {
    core.peers.lost(lost.uid, core.now.at);
    election.on_peer_lost(lost.uid);
    if (core.promised.uid != lost.uid || core.role != wire::Role::follower) return;
    core.leader_heard = kLongAgo;  // or the candidate that was to become leader is gone
    core.candidacy_at = core.now.at + core.candidacy_delay();
  }
  void on(SetGoal& goal) {
    core.goal = std::move(goal.config);
    std::sort(core.goal.voters.begin(), core.goal.voters.end());
    std::sort(core.goal.learners.begin(), core.goal.learners.end());
  }
  void on(const SetDraining& event) {
    if (core.draining == event.draining) return;
    core.draining = event.draining;
    core.beat_at = core.now.at;
  }
  void on(const SetLoad& load) { core.load = load.clients; }
  void on(const SetLogRoom& room) {
    core.log_room = room.bytes;
    commitment.compact();
  }
  void on(const SetNarration& wish) { core.narrates_slots = wish.slots; }
  void on(const SetRank& wish) { core.set_rank(wish.rank); }
  void on(const TransferTo& wish) { leadership.transfer(wish.uid); }
  void on(const Tick& /*tick*/) {}
  void on(const BeatEarly& /*event*/) { due = core.beat_at = core.now.at; }

  void on_message(const wire::Member& /*from*/, wire::Batch& batch) {
    const auto ref = batch.ref;
    if (!core.streams.hold(ref, std::move(batch.payload), core.last_ordered())) return;
    follower.on_batch_held(ref);
    if (core.streams.complete(ref.publisher, ref.incarnation) < ref.number)
      repair.notice(ref.publisher, ref.incarnation, ref.number.prev());
  }
  void on_message(const wire::Member& from, wire::Order& order) { follower.on_order(from, std::move(order)); }
  void on_message(const wire::Member& from, wire::Ack& ack) { on_ack(from.uid, ack); }
  void on_message(const wire::Member& from, wire::Beat& beat) {
    const auto ack = beat.ack;
    follower.on_beat(from, beat);
    if (ack) on_ack(from.uid, *ack);
    for (const auto& mark : beat.held) repair.notice(mark.publisher, mark.incarnation, mark.number);
    follower.catch_up();
    if (!core.hears_leader()) election.consider();  // the gate may have opened
  }
  void on_message(const wire::Member& from, wire::Missing& missing) { repair.on_missing(from, missing); }
  void on_message(const wire::Member& from, wire::Repair& repaired) {
    for (auto& batch : repaired.batches) on_message(from, batch);
  }
  void on_message(const wire::Member& from, wire::Token& token) { election.on_token(from, std::move(token)); }
  void on_message(const wire::Member& /*from*/, wire::TokenAck& ack) { election.on_token_ack(ack); }
  void on_message(const wire::Member& /*from*/, wire::Rejected& rejected) { election.on_rejected(rejected); }
  void on_message(const wire::Member& from, wire::HandOver& message) { election.on_hand_over(from, message); }
  void on_message(const wire::Member& from, wire::Fetch& fetch) { repair.on_fetch(from, fetch); }
  void on_message(const wire::Member& from, wire::Entries& entries) { follower.on_entries(from, std::move(entries)); }
  void on_message(const wire::Member& from, wire::SnapshotChunk& chunk) { follower.on_chunk(from, chunk); }
  void on_message(const wire::Member& from, wire::SnapshotFetch& fetch) { transfer.on_fetch(from.uid, fetch); }

  void on_ack(Uid from, const wire::Ack& ack) {
    core.highest_round = std::max(core.highest_round, ack.term.round);
    core.peers.ack(from, ack);
    commitment.compare(ack);  // repeated ones too: this member may have applied that slot meanwhile
    leadership.on_ack();
  }

  // Forgets who left long ago. The replicated state keeps the number of its last batch: that may never be ordered
  // again.
  void forget_strangers() {
    if (core.now.at < core.forget_at) return;
    core.forget_at = core.now.at + core.options.forget_after / 4;
    core.peers.forget(core.config(), core.now.at - core.options.forget_after);
    const auto gone = [this](Uid uid) {
      return uid != core.self() && !core.config().is_member(uid) && core.peers.find(uid) == nullptr;
    };
    core.streams.forget(core.last_ordered(), gone);
    repair.forget(gone);
  }

  // Whatever is due by now.
  void on_time() {
    transfer.on_time();
    follower.watch_for_stall();
    announcer.on_time();
    election.on_time();
    leadership.on_time();
    follower.catch_up();
    repair.on_time();
    forget_strangers();
    if (auto batch = core.publisher.offer_again(core.now.at)) core.cast(Lane::batch, std::move(*batch));
  }

  // Lets follow what follows from what happened, until nothing more does.
  void settle() {
    follower.forget_former_terms();
    if (const auto& awaited = follower.awaited())
      repair.notice(awaited->publisher, awaited->incarnation, awaited->number);
    if (election.take_victory()) leadership.begin();
    for (bool more = true; more;) {
      more = commitment.advance(follower.hinted());
      while (auto batch = core.publisher.next_batch(core.now.at)) {
        core.streams.hold(batch->ref, batch->payload, core.last_ordered());
        core.cast(Lane::batch, std::move(*batch));
        more = true;
      }
      while (sequencer.may_fill() && leadership.change_membership()) more = true;
      if (sequencer.fill()) more = true;
      if (election.take_victory()) {
        leadership.begin();
        more = true;
      }
    }
    sequencer.flush();
    announcer.ack();
  }

  Core core;
  Transfer transfer{core};
  Election election{core, transfer};
  Follower follower{core, election, transfer};
  Repair repair{core, transfer};
  Sequencer sequencer{core};
  Leadership leadership{core, election, [this](wire::Entry entry) { sequencer.put(std::move(entry)); }};
  Commitment commitment{core};
  Announcer announcer{core};
  TimePoint due = kLongAgo;
};

Replica::Replica(Setup setup, Recovered recovered, std::unique_ptr<StateMachine> machine, Now now)
    : parts_(std::make_unique<Parts>(std::move(setup), std::move(recovered), std::move(machine), now)) {}
Replica::~Replica() = default;

void Replica::step(Now now, Event event, Effects& effects) {
  auto& parts = *parts_;
  parts.core.now = now;
  parts.core.out = &effects;
  std::visit([&](auto& happened) { parts.on(happened); }, event);
  const bool urgent = std::holds_alternative<Tick>(event) || std::holds_alternative<PeerLost>(event);
  if (urgent || now.at >= parts.due) parts.on_time();
  parts.settle();
  parts.due = next_deadline();
  parts.core.out = nullptr;
}

TimePoint Replica::next_deadline() const {
  const auto& parts = *parts_;
  auto next = std::min({parts.election.deadline(), parts.transfer.deadline(), parts.repair.deadline(),
                        parts.core.publisher.offer_at(), parts.core.publisher.gathered_at(), parts.core.beat_at});
  return std::min({next, parts.follower.deadline(), parts.leadership.deadline(), parts.sequencer.deadline()});
}

// ---- the state as it stands -------------------------------------------------------------------------------------

wire::Role Replica::role() const { return parts_->core.role; }
wire::Term Replica::promised() const { return parts_->core.promised; }
Slot Replica::first() const { return parts_->core.log.first(); }
Slot Replica::base() const { return parts_->core.log.base(); }
bool Replica::blank() const { return parts_->core.log.blank(); }
Slot Replica::last() const { return parts_->core.log.last(); }
Slot Replica::commit() const { return parts_->core.commit; }
const wire::Config& Replica::config() const { return parts_->core.log.derived().config; }
const wire::View& Replica::view() const { return parts_->core.log.derived().view; }
const wire::Entry& Replica::entry(Slot slot) const { return parts_->core.log.at(slot).entry; }
const StateMachine& Replica::machine() const { return parts_->core.applier.machine(); }
wire::SnapshotRecord Replica::snapshot() const { return parts_->core.snapshot(); }
const std::map<Slot, Digest>& Replica::marks() const { return parts_->core.applier.asked_marks(); }
bool Replica::appointed() const { return leads() && parts_->core.appointed; }
std::string Replica::transfer_objection(Uid to, TimePoint at) const { return parts_->leadership.objection(to, at); }
Digest Replica::digest() const { return parts_->core.applier.digest(); }

Uid Replica::leader(TimePoint at) const {
  const auto& core = parts_->core;
  if (core.role == wire::Role::leader) return core.self();
  const bool hears = core.leader_term == core.promised && at - core.leader_heard < core.options.suspicion;
  return hears ? core.leader_term.uid : Uid{};
}

bool Replica::accepts_requests() const { return !parts_->core.diverged && !parts_->core.publisher.full(); }

const char* Replica::overfull() const {
  const auto& core = parts_->core;
  const auto& options = core.options;
  if (core.publisher.waiting() > options.requests_waiting + options.batches_in_flight * wire::kMaxBatchRequests)
    return "requests waiting at the gateway";
  if (core.streams.fullest() > options.stream_window + options.batches_retained) return "batches held of one stream";
  if (parts_->follower.parked() > options.orders_parked) return "orders parked";
  if (core.role == wire::Role::leader && core.log.last().since(core.commit) > options.slots_in_flight + 8 &&
      core.log.derived().view.slot <= core.commit)
    return "slots ordered and not committed";
  return nullptr;
}

wire::GroupStatus Replica::status(TimePoint at) const {
  const auto& core = parts_->core;
  wire::GroupStatus status;
  status.group = core.setup.group;
  status.service = core.applier.machine().kind();
  status.role = core.role;
  status.observer = core.observer();
  status.promised = core.promised;
  status.leader = leader(at);
  status.first = core.log.first();
  status.last = core.log.last();
  status.commit = status.applied = core.commit;
  if (!core.applier.marks().empty()) {
    status.digest_slot = core.applier.marks().rbegin()->first;
    status.digest = core.applier.marks().rbegin()->second;
  }
  for (const auto& [slot, digest] : marks()) status.marks.push_back({slot, digest});
  status.config = core.log.derived().config;
  const auto add = [&](Uid uid, bool voter) {
    if (uid == core.self()) {
      status.members.push_back({uid, voter, true, core.role, core.ack_slot(), core.commit, core.load, core.draining});
      return;
    }
    const auto* peer = core.peers.find(uid);
    if (peer == nullptr) {
      status.members.push_back({uid, voter, false, wire::Role::follower, {}, {}, 0, false});
      return;
    }
    const bool current = peer->ack.term == core.promised;
    status.members.push_back({uid, voter, at - peer->heard < core.options.suspicion, peer->beat.role,
                              current ? peer->ack.durable : Slot{}, current ? peer->ack.applied : Slot{},
                              peer->beat.load, peer->beat.draining});
  };
  for (const auto uid : status.config.voters) add(uid, true);
  for (const auto uid : status.config.learners) add(uid, false);
  status.way = parts_->election.way();
  return status;
}

}  // namespace gavel::order
