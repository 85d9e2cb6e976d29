#include "common/order/follower.hpp"

#include <algorithm>

#include "common/order/mistakes.hpp"

namespace gavel::order {
// ---- hearing ----------------------------------------------------------------------------------------------------

void Follower::on_beat(const wire::Member& from, const wire::Beat& beat) {
  const bool heard_before = core_.hears_leader();
  if (!core_.peers.beat(from, beat, core_.now.at)) return;
  core_.highest_round = std::max({core_.highest_round, beat.promised.round, beat.heard_promise.round});
  if (beat.promised) core_.group_lives();
  // A leader's word, or that of anybody who follows it, is enough to follow.
  const bool leads = beat.role == wire::Role::leader && beat.promised.uid == from.uid;
  if (leads ? beat.promised > core_.promised : beat.following == beat.promised && beat.following > core_.promised) {
    core_.promise(beat.promised);
    core_.say(NoteKind::followed, "follows term " + print(beat.promised) + ", heard from " + print(from.uid));
  }
  if (leads && beat.promised == core_.promised && core_.role != wire::Role::leader) {
    core_.leader_heard = core_.now.at;
    core_.leader_term = beat.promised;
    core_.election_lost = core_.election_lost && core_.stalled;
    core_.overruled = core_.overruled && core_.stalled;
    core_.candidacy_at = core_.now.at + core_.options.suspicion + core_.candidacy_delay();
    if (!heard_before && !core_.stalled) {
      core_.stalled_since = core_.now.at;
      core_.beat_at = core_.now.at;  // tell at once whom I follow
    }
  }
  heard_commit(beat.promised, beat.commit);
}

void Follower::heard_commit(const wire::Term& term, Slot commit) {
  if (term != core_.promised) return;
  hinted_ = hinted_term_ == term ? std::max(hinted_, commit) : commit;
  hinted_term_ = term;
}

Slot Follower::hinted() const { return hinted_term_ == core_.promised ? hinted_ : Slot{}; }

// ---- taking -----------------------------------------------------------------------------------------------------

void Follower::on_order(const wire::Member& from, wire::Order order) {
  core_.highest_round = std::max(core_.highest_round, order.term.round);
  if (order.term < core_.promised && !broken(Mistake::take_lower)) return;
  if (order.term > core_.promised) {
    core_.promise(order.term);
    if (from.uid == order.term.uid) {
      core_.leader_heard = core_.now.at;
      core_.leader_term = order.term;
      core_.candidacy_at = core_.now.at + core_.options.suspicion;
      core_.beat_at = core_.now.at;
    }
  }
  if (core_.role != wire::Role::follower && order.term == core_.promised) return;
  const auto term = order.term;
  const auto commit = order.commit;
  if (parked_.size() < core_.options.orders_parked) parked_.push_back({from.uid, std::move(order)});
  take_parked();
  heard_commit(term, commit);
}

void Follower::take_parked() {
  awaited_.reset();
  while (!parked_.empty()) {
    auto& [from, order] = parked_.front();
    if (order.term < core_.promised && !broken(Mistake::take_lower)) {
      parked_.pop_front();
      continue;
    }
    const auto taken = take(from, order, nullptr, true);
    if (taken == Taken::waits_for_batch) return;
    const auto sender = from;
    parked_.pop_front();
    if (taken == Taken::mismatch) fetch_from(sender);
  }
}

void Follower::on_entries(const wire::Member& from, wire::Entries entries) {
  if (entries.recovery) {
    if (!election_.recovering(entries.term)) return;
  } else if (entries.term != core_.promised || core_.role != wire::Role::follower) {
    return;
  }
  const auto before = core_.match;
  const auto agreed = entries.previous + entries.entries.size();
  wire::Order order{entries.term, entries.previous, entries.previous_term, {}, entries.commit};
  const auto taken = take(from.uid, order, &entries.entries, false);
  if (entries.recovery) {
    core_.match = std::max(std::min(before, core_.log.last()), core_.commit);
    if (taken == Taken::all) election_.on_recovered(from.uid, agreed);
    return;
  }
  heard_commit(entries.term, entries.commit);
  take_parked();
  if (taken == Taken::all ? entries.entries.empty() : tail_refuted_ == core_.promised || core_.log.blank()) return;
  if (taken == Taken::mismatch) tail_refuted_ = core_.promised;  // from the point of agreement, then
  core_.fetch_not_before = core_.now.at;                         // there may be more
  if (!ahead().empty()) fetch_from(from.uid);
}

void Follower::on_chunk(const wire::Member& from, const wire::SnapshotChunk& chunk) {
  if (chunk.recovery) {
    if (!election_.recovering(chunk.term)) return;
  } else if (chunk.term != core_.promised || core_.role != wire::Role::follower) {
    return;
  }
  const bool wanted =
      core_.log.blank() || chunk.slot > core_.commit || (core_.diverged && chunk.slot >= core_.log.base());
  if (!wanted) return;
  auto whole = transfer_.on_chunk(from.uid, chunk);
  if (!whole) return;
  const auto before = core_.match;
  if (!core_.install(whole->snapshot, whole->encoded)) return;
  if (core_.diverged) core_.say(NoteKind::repaired, "has taken its state again from " + print(from.uid));
  core_.diverged = false;
  if (chunk.recovery) {
    core_.match = std::max(std::min(before, core_.log.last()), core_.commit);
    election_.on_recovered(from.uid, whole->snapshot.slot);
    return;
  }
  take_parked();
  core_.fetch_not_before = core_.now.at;
  fetch_from(from.uid);
}

void Follower::forget_former_terms() {
  if (parked_.empty() || parked_.front().order.term >= core_.promised || broken(Mistake::take_lower)) return;
  take_parked();
}

Follower::Taken Follower::take(Uid from, wire::Order& order, std::vector<wire::FullEntry>* full, bool direct) {
  if (core_.log.blank()) return Taken::mismatch;  // the genesis first
  auto& log = core_.log;
  if (order.previous > log.last()) return Taken::mismatch;
  if (order.previous >= log.base() && log.term_at(order.previous) != order.previous_term &&
      !broken(Mistake::no_previous))
    return Taken::mismatch;

  auto slot = order.previous;
  const auto count = full ? full->size() : order.entries.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto& entry = full ? (*full)[i].entry : order.entries[i];
    if (broken(Mistake::entry_term) && entry.term < core_.promised) return Taken::mismatch;
    ++slot;
    if (slot <= log.base()) continue;
    if (slot <= log.last()) {
      if (log.term_at(slot) == entry.term) continue;
      core_.cut_to(slot.prev());
    }
    wire::FullEntry whole;
    if (full) {
      if ((*full)[i].payloads.size() != entry.batches.size()) return Taken::mismatch;
      whole = std::move((*full)[i]);
    } else {
      // It comes from the slot's owner: of a view that I know, or the view itself from its leader.
      const auto& view = log.derived().view;
      const bool owned = entry.kind == wire::EntryKind::view
                             ? from == entry.term.uid
                             : view.term == entry.term && !view.rotation.empty() &&
                                   (view.rotation[(slot.since(view.slot) - 1) % view.rotation.size()].uid == from ||
                                    broken(Mistake::any_owner));
      if (direct && !owned) {
        matched(slot.prev());
        return Taken::mismatch;
      }
      for (const auto& ref : entry.batches) {
        auto payload = core_.streams.payload(ref);
        if (!payload) {
          awaited_ = ref;
          order.entries.erase(order.entries.begin(), order.entries.begin() + static_cast<std::ptrdiff_t>(i));
          order.previous = slot.prev();
          order.previous_term = log.term_at(order.previous);
          matched(order.previous);
          return Taken::waits_for_batch;
        }
        whole.payloads.push_back(std::move(payload));
      }
      whole.entry = entry;
    }
    core_.append(std::move(whole));
  }
  if (broken(Mistake::cut_always) && direct && slot < log.last() && slot >= core_.commit) core_.cut_to(slot);
  matched(std::min(slot, log.last()));
  return Taken::all;
}

void Follower::matched(Slot slot) {
  if (slot <= core_.match) return;
  core_.match = slot;
  core_.stalled_since = core_.now.at;
}

// ---- catching up ------------------------------------------------------------------------------------------------

// After a restart, or under a new leader, the own tail is often the leader's: the first question is for what follows
// it, so that what is here already does not travel again. If it is refuted, the next is for what follows the match
// index.
void Follower::fetch_from(Uid member) {
  if (core_.now.at < core_.fetch_not_before || transfer_.receiving()) return;
  core_.fetch_not_before = core_.now.at + core_.options.fetch_interval;
  auto from = tail_refuted_ == core_.promised ? core_.match.next() : core_.log.last().next();
  if (core_.log.blank()) from = {};
  core_.send(member, wire::Fetch{core_.promised, from, false});
}

const std::vector<Uid>& Follower::ahead() {
  ahead_.clear();
  for (const auto& [uid, peer] : core_.peers.all()) {
    if (!core_.peers.hears(uid, core_.now.at) || peer.beat.promised != core_.promised) continue;
    const bool acked_more = peer.ack.term == core_.promised && peer.ack.durable > core_.match;
    const bool leads_more = peer.beat.role == wire::Role::leader && peer.beat.last > core_.match;
    if (acked_more || leads_more || core_.log.blank() || core_.diverged) ahead_.push_back(uid);
  }
  return ahead_;
}

// Whoever takes entries all the time is always a little behind: only who stands still asks.
bool Follower::patient() {
  if (core_.log.blank() || core_.diverged) return false;
  if (lagging_since_ == kNever || lagging_at_ != core_.match) {
    lagging_since_ = core_.now.at;
    lagging_at_ = core_.match;
  }
  return core_.now.at - lagging_since_ < core_.options.fetch_interval;
}

void Follower::catch_up() {
  if (core_.role != wire::Role::follower || ahead().empty()) {
    lagging_since_ = kNever;
    return;
  }
  if (patient() || core_.now.at < core_.fetch_not_before || transfer_.receiving()) return;
  const auto chosen = ahead_[static_cast<std::size_t>(
      core_.random.between(std::int64_t{0}, static_cast<std::int64_t>(ahead_.size()) - 1))];
  if (core_.diverged) {
    core_.fetch_not_before = core_.now.at + core_.options.fetch_interval;
    core_.send(chosen, wire::SnapshotFetch{core_.promised, {}, 0, false});
    return;
  }
  fetch_from(chosen);
}

TimePoint Follower::deadline() const {
  if (lagging_since_ == kNever || transfer_.receiving()) return kNever;
  return std::max(lagging_since_ + core_.options.fetch_interval, core_.fetch_not_before);
}

void Follower::watch_for_stall() {
  const bool waits = core_.role != wire::Role::leader && core_.commit == core_.match &&
                     core_.match == core_.log.last() && core_.streams.orderable(core_.last_ordered()).batches > 0;
  if (!waits || stall_slot_ != core_.log.last()) {
    stall_slot_ = core_.log.last();
    core_.stalled_since = core_.now.at;
    if (core_.role != wire::Role::leader) core_.stalled = false;
    return;
  }
  if (core_.now.at - core_.stalled_since <= core_.options.stall || core_.stalled || !core_.hears_leader()) return;
  core_.stalled = true;
  core_.beat_at = core_.now.at;
  core_.candidacy_at = core_.now.at + core_.candidacy_delay();
  core_.say(NoteKind::stalled, "finds that the leader beats, and orders nothing");
}

}  // namespace gavel::order
