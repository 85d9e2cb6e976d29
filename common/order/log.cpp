#include "common/order/log.hpp"

#include <algorithm>
#include <iterator>

#include "common/base/check.hpp"
#include "common/order/mistakes.hpp"
#include "common/wire/codec.hpp"

namespace gavel::order {

std::size_t weight(const wire::FullEntry& entry) {
  std::size_t bytes = sizeof(wire::FullEntry) + entry.entry.batches.size() * sizeof(wire::BatchRef);
  for (const auto& payload : entry.payloads) bytes += payload->size();
  return bytes;
}

void Derived::follow(Slot slot, const wire::Entry& entry) {
  if (entry.config) {
    config = *entry.config;
    config_slot = slot;
  }
  if (entry.kind == wire::EntryKind::view) view = {slot, entry.term, entry.rotation};
  for (const auto& ref : entry.batches) last_ordered[ref.publisher] = {ref.publisher, ref.incarnation, ref.number};
}

Log::Log(const wire::SnapshotRecord& snapshot) {
  start_from(snapshot);
  snapshot_ = wire::encode_shared(snapshot);
}

void Log::start_from(const wire::SnapshotRecord& snapshot) {
  blank_ = false;
  base_ = snapshot.slot;
  base_stamp_ = snapshot.stamp;
  base_derived_ = {snapshot.config, snapshot.slot, snapshot.view, {}};
  for (const auto& mark : snapshot.last_ordered) base_derived_.last_ordered[mark.publisher] = mark;
  if (broken(Mistake::snapshot_without_last_ordered)) base_derived_.last_ordered.clear();
  if (first_ > base_.next() || entries_.empty()) {
    first_ = base_.next();
    before_first_ = snapshot.term;
  }
  derive_again();
}

void Log::derive_again() {
  const auto former = derived_.last_ordered;
  derived_ = base_derived_;
  bytes_ = 0;
  for (auto slot = base_.next(); slot <= last(); ++slot) {
    derived_.follow(slot, at(slot).entry);
    bytes_ += weight(at(slot));
  }
  if (broken(Mistake::keep_last_ordered))
    for (const auto& [publisher, mark] : former) {
      auto& now = derived_.last_ordered[publisher];
      now = std::max(now, mark);
    }
}

wire::Term Log::term_at(Slot slot) const {
  if (slot.next() == first_) return before_first_;
  return at(slot).entry.term;
}

const wire::FullEntry& Log::at(Slot slot) const {
  GAVEL_CHECK(slot >= first_ && slot <= last(), "a slot outside the log was asked for");
  return entries_[slot.since(first_)];
}

Derived Log::derived_at(Slot slot) const {
  Derived derived = base_derived_;
  for (auto s = base_.next(); s <= slot; ++s) derived.follow(s, at(s).entry);
  return derived;
}

void Log::append(wire::FullEntry entry) {
  bytes_ += weight(entry);
  entries_.push_back(std::move(entry));
  derived_.follow(last(), entries_.back().entry);
}

std::vector<wire::FullEntry> Log::cut(Slot slot) {
  GAVEL_CHECK(slot >= base_, "I2: what a snapshot covers cannot be cut");
  const auto from = entries_.begin() + static_cast<std::ptrdiff_t>(slot.next().since(first_));
  std::vector<wire::FullEntry> gone(std::make_move_iterator(from), std::make_move_iterator(entries_.end()));
  entries_.erase(from, entries_.end());
  derive_again();
  return gone;
}

void Log::compact(const wire::SnapshotRecord& snapshot, Rope encoded, std::uint64_t retained,
                  std::size_t retained_bytes) {
  GAVEL_CHECK(snapshot.slot >= base_ && snapshot.slot <= last(), "a log is compacted within itself");
  std::size_t bytes = 0;
  for (auto slot = first_; slot <= snapshot.slot; ++slot) bytes += weight(at(slot));
  while (first_ <= snapshot.slot && (first_ + retained <= snapshot.slot || bytes > retained_bytes)) {
    bytes -= weight(entries_.front());
    before_first_ = entries_.front().entry.term;
    entries_.pop_front();
    ++first_;
  }
  start_from(snapshot);
  snapshot_ = std::move(encoded);
}

void Log::install(const wire::SnapshotRecord& snapshot, Rope encoded) {
  const bool agrees = !blank_ && knows(snapshot.slot) && term_at(snapshot.slot) == snapshot.term;
  if (!agrees) {
    entries_.clear();
    first_ = snapshot.slot.next();
    before_first_ = snapshot.term;
  }
  start_from(snapshot);
  snapshot_ = std::move(encoded);
}

}  // namespace gavel::order
