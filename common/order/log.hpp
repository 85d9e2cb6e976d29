// A group's log in memory: the snapshot that stands for its beginning, and the entries after it. What follows from the
// log alone is derived here and rolled back with it: the latest configuration, the view, and which batch of each stream
// was ordered last (PROTOCOL.md §3, §6). Some entries before the snapshot are kept for members slightly behind.
// Persisting is the journal's work.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/wire/order_messages.hpp"

namespace gavel::order {

/// What the log says besides the order: rolled back when a tail is cut.
struct Derived {
  wire::Config config;
  Slot config_slot;
  wire::View view;
  std::map<Uid, wire::StreamMark> last_ordered;

  void follow(Slot slot, const wire::Entry& entry);
};

class Log {
 public:
  /// A new member: nothing is known yet, not even the group's genesis.
  Log() = default;
  explicit Log(const wire::SnapshotRecord& snapshot);

  bool blank() const { return blank_; }
  /// The slot that the snapshot stands for; 0 for genesis.
  Slot base() const { return base_; }
  /// The first slot still held as an entry: at most base() + 1.
  Slot first() const { return first_; }
  Slot last() const { return {first_.value + entries_.size() - 1}; }
  /// Whether the term at `slot` is known: first() - 1 <= slot <= last().
  bool knows(Slot slot) const { return slot.next() >= first_ && slot <= last(); }
  wire::Term term_at(Slot slot) const;
  wire::Term last_term() const { return term_at(last()); }
  /// The stamp of the last entry, or of the snapshot.
  WallTime last_stamp() const { return stamp_at(last()); }
  /// base() <= slot <= last()
  WallTime stamp_at(Slot slot) const { return slot > base_ ? at(slot).entry.stamp : base_stamp_; }
  /// first() <= slot <= last()
  const wire::FullEntry& at(Slot slot) const;

  const Derived& derived() const { return derived_; }
  /// What followed from the log up to `slot`; base() <= slot <= last().
  Derived derived_at(Slot slot) const;

  void append(wire::FullEntry entry);
  /// Cuts everything after `slot` and returns it; slot >= base().
  std::vector<wire::FullEntry> cut(Slot slot);
  /// Puts a snapshot made from this very log in the place of its prefix; keeps at most `retained` entries
  /// before it, of at most `retained_bytes`.
  void compact(const wire::SnapshotRecord& snapshot, Rope encoded, std::uint64_t retained, std::size_t retained_bytes);
  /// Starts from a foreign snapshot; entries after it stay iff the log agrees with it at its slot.
  void install(const wire::SnapshotRecord& snapshot, Rope encoded);

  /// The snapshot as it stands on disk (an encoded SnapshotRecord); empty if the log is blank.
  const Rope& snapshot() const { return snapshot_; }
  /// Payload bytes held in entries after the snapshot.
  std::size_t bytes_since_snapshot() const { return bytes_; }
  std::uint64_t entries_since_snapshot() const { return last().since(base_); }

 private:
  void start_from(const wire::SnapshotRecord& snapshot);
  void derive_again();

  bool blank_ = true;
  Slot base_;
  Slot first_{1};
  wire::Term before_first_;  ///< the term of the slot before first_
  WallTime base_stamp_;
  Derived base_derived_;
  Derived derived_;
  std::deque<wire::FullEntry> entries_;
  Rope snapshot_;
  std::size_t bytes_ = 0;
};

/// What an entry's payloads weigh in memory, in bytes.
std::size_t weight(const wire::FullEntry& entry);

}  // namespace gavel::order
