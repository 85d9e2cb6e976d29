#include "common/order/commitment.hpp"

#include <algorithm>

#include "common/order/mistakes.hpp"

namespace gavel::order {

// The highest slot that the acks of a majority of the voters, in the present term, reach, and whose entry is of that
// term.
Slot Commitment::counted() {
  const auto& config = core_.config();
  auto& acked = acked_;
  acked.clear();
  const auto count = [&](Uid uid) {
    if (uid == core_.self()) {
      // An observer may be a voter already by the log: what it holds is on no disk.
      const bool counts = !core_.observer() && !core_.journal.failed() && !core_.journal.promising();
      return acked.push_back(counts ? core_.ack_slot() : Slot{});
    }
    const auto* peer = core_.peers.find(uid);
    const bool counts = peer != nullptr && (peer->ack.term == core_.promised || broken(Mistake::ack_any_term));
    acked.push_back(counts ? peer->ack.durable : Slot{});
  };
  for (const auto voter : config.voters) count(voter);
  if (broken(Mistake::count_learners))
    for (const auto learner : config.learners) count(learner);
  if (broken(Mistake::count_unlisted))
    for (const auto& [uid, peer] : core_.peers.all())
      if (!config.is_member(uid)) count(uid);
  if (acked.empty()) return {};
  std::sort(acked.rbegin(), acked.rend());
  const auto majority = (config.voters.size() - (broken(Mistake::half) ? 1 : 0)) / 2;
  const auto slot = std::min(acked[majority], core_.match);  // I3: of this term, or it could still be replaced
  if (slot <= core_.commit || !core_.log.knows(slot)) return {};
  if (core_.log.term_at(slot) != core_.promised && !broken(Mistake::old_term)) return {};
  return slot;
}

bool Commitment::advance(Slot hinted) {
  if (core_.log.blank() || core_.diverged) return false;
  const auto upto = std::min(std::max(counted(), std::min(hinted, core_.match)), core_.log.last());
  if (upto <= core_.commit) return false;
  while (core_.commit < upto) apply(core_.commit.next());
  const auto& view = core_.log.derived().view;
  if (core_.role == wire::Role::leader && view.term == core_.promised && core_.commit >= view.slot)
    core_.election_lost = core_.overruled = false;
  compact();
  return true;
}

void Commitment::compact() {
  if (!core_.log.blank() && !core_.diverged && snapshot_due()) core_.make_snapshot();
}

// Only what is committed can go: a long uncommitted tail must not cause a snapshot at every step.
bool Commitment::snapshot_due() const {
  const auto& options = core_.options;
  const auto& log = core_.log;
  const auto committed = core_.commit.since(log.base());
  if (committed >= options.compact_entries) return true;
  return log.bytes_since_snapshot() >= core_.log_bound() && 2 * committed >= log.entries_since_snapshot();
}

void Commitment::apply(Slot slot) {
  const auto& entry = core_.log.at(slot);
  std::optional<GroupView> view;
  if (entry.entry.kind == wire::EntryKind::view || entry.entry.kind == wire::EntryKind::config)
    view = {entry.entry.term.uid, core_.log.derived_at(slot).config.voters};
  auto own = core_.applier.apply(slot, entry, core_.setup.self, view ? &*view : nullptr, core_.out->events);
  core_.commit = slot;
  if (core_.narrates_slots) core_.say(NoteKind::committed, "commits slot " + print(slot));
  for (auto& batch : own) core_.publisher.applied(std::move(batch), core_.now.at, core_.out->answers);
}

void Commitment::compare(const wire::Ack& ack) {
  if (!ack.digest_slot) return;
  const auto mine = core_.applier.marks().find(ack.digest_slot);
  if (mine == core_.applier.marks().end() || core_.diverged) return;
  if (mine->second == ack.digest) return;
  // They disagree. A digest that a majority of the voters shares is right, if it is not mine.
  std::size_t against = 0;
  for (const auto voter : core_.config().voters) {
    const auto* peer = core_.peers.find(voter);
    if (voter != core_.self() && peer != nullptr && peer->ack.digest_slot == ack.digest_slot &&
        peer->ack.digest == ack.digest)
      ++against;
  }
  if (!is_majority(against, core_.config())) {
    if (against == 0 || core_.config().voters.size() != 2 || disputed_ == ack.digest_slot) return;
    disputed_ = ack.digest_slot;  // of two, nobody can say who is wrong
    core_.say(NoteKind::diverged, "disagrees with the only other voter about the state at slot " +
                                      print(ack.digest_slot) + ": one of the two is damaged");
    return;
  }
  core_.diverged = true;
  core_.say(NoteKind::diverged, "differs from the majority's state at slot " + print(ack.digest_slot) +
                                    ": it stops serving and takes the state again");
}

}  // namespace gavel::order
