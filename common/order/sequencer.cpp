#include "common/order/sequencer.hpp"

#include <algorithm>
#include <utility>

#include "common/order/mistakes.hpp"

namespace gavel::order {

bool Sequencer::owns(Slot slot) const {
  const auto& view = core_.log.derived().view;
  if (view.rotation.empty() || slot <= view.slot) return false;
  if (broken(Mistake::any_owner)) return core_.is_voter();
  return view.rotation[(slot.since(view.slot) - 1) % view.rotation.size()] == core_.setup.self;
}

bool Sequencer::may_fill() const {
  if (core_.observer() || core_.log.blank() || core_.journal.failed() || core_.diverged) return false;
  if (core_.barred == core_.promised || core_.handing_over) return false;
  // Only while the promise is the view's term, and with a log that is known to be the leader's.
  const auto& view = core_.log.derived().view;
  if (view.term != core_.promised || core_.match != core_.log.last()) return false;
  if (view.term.uid == core_.self() && core_.role != wire::Role::leader) return false;
  if (core_.log.last().since(core_.commit) >= core_.options.slots_in_flight) return false;
  return owns(core_.log.last().next());
}

/// Of one publisher alone nobody is waited for; nor in a rotation, where others fill the slots between.
void Sequencer::see_commit(std::size_t orderable) {
  const auto count = core_.log.derived().view.rotation.size() == 1 ? last_batches_ : 0;
  gathering_.served(core_.now.at, count, orderable, core_.now.at - left_);
  last_batches_ = 0;
}

bool Sequencer::gathers(const Streams::Orderable& orderable) {
  const auto& options = core_.options;
  if (orderable.batches >= options.batches_per_entry || orderable.bytes >= options.bytes_per_entry) return false;
  const auto under_way = core_.log.last().since(core_.commit);
  if (under_way >= options.slots_before_gathering * core_.log.derived().view.rotation.size()) return true;
  return waits_ = under_way == 0 && gathering_.expects_more(core_.now.at, orderable.batches);
}

bool Sequencer::fill() {
  waits_ = false;
  const bool served = last_batches_ != 0 && core_.commit >= last_slot_;
  const bool may = may_fill();
  if (!served && !may) return false;
  const auto orderable = core_.streams.orderable(core_.last_ordered());
  if (served) see_commit(orderable.batches);
  if (orderable.batches == 0 || !may || gathers(orderable)) return false;
  wire::Entry entry;
  entry.kind = wire::EntryKind::batches;
  entry.batches =
      core_.streams.next(core_.last_ordered(), core_.options.batches_per_entry, core_.options.bytes_per_entry);
  last_batches_ = entry.batches.size();
  left_ = core_.now.at;
  put(std::move(entry));
  last_slot_ = core_.log.last();
  return true;
}

void Sequencer::put(wire::Entry entry) {
  entry.term = core_.promised;
  entry.owner = core_.self();
  entry.stamp = broken(Mistake::clock_back) ? core_.now.wall : std::max(core_.now.wall, core_.log.last_stamp());
  wire::FullEntry full{entry, {}};
  for (const auto& ref : entry.batches) full.payloads.push_back(core_.streams.payload(ref));
  if (core_.narrates_slots)
    core_.say(NoteKind::ordered,
              "orders " + std::to_string(entry.batches.size()) + " batches at slot " + print(core_.log.last().next()));
  if (pending_.entries.empty()) {
    pending_.previous = core_.log.last();
    pending_.previous_term = core_.log.last_term();
  }
  core_.append(std::move(full));
  core_.match = core_.log.last();
  pending_.entries.push_back(std::move(entry));
}

void Sequencer::flush() {
  if (pending_.entries.empty()) return;
  pending_.term = pending_.entries.back().term;
  pending_.commit = core_.commit;
  if (pending_.term == core_.promised) core_.cast(Lane::order, std::move(pending_));
  pending_ = {};
}

}  // namespace gavel::order
