// The log store: what a node must still know after it died. It keeps, for every group that lives on the node, one small
// meta record (the promise), a snapshot, and the records after it. It deals in bytes and knows nothing of the ordering
// protocol; what "durable" rests on is decided here and nowhere else (PROTOCOL.md §8, invariant 6).
// Used by one thread at a time, not always the same one. What was written and not yet synced may be lost in a crash,
// but only from its end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/base/rope.hpp"

namespace gavel::store {

/// One change to what is kept of one group. Operations of one group take effect in the order given.
struct Operation {
  enum class Kind : std::uint8_t {
    meta = 1,      ///< `bytes`, not empty, replaces the group's meta record; `slot` is not used.
    append = 2,    ///< `bytes` is the record at `slot`, which must be the one after the last.
    cut_tail = 3,  ///< Records after `slot` go; `slot` is the last that stays, and not before the snapshot's.
    snapshot = 4,  ///< `bytes` replaces every record up to `slot`; those after it stay if `keep_tail`.
    remove = 5,    ///< Everything of the group goes, the meta record too.
    /// `bytes` is kept as the archive `name`; when that is durable, the group is removed. If it cannot be, the group
    /// stays, and there is a note. Other operations go on either way.
    retire = 6,
  };

  Kind kind = Kind::meta;
  GroupId group;
  Slot slot;
  bool keep_tail = true;
  Rope bytes;
  std::string name = {};  ///< Of an archive.
};

/// What is kept of one group (a group of which nothing is kept does not appear). `records` are contiguous: the first is
/// at snapshot_slot + 1.
struct Recovered {
  Bytes meta;          ///< Empty: none was ever written.
  Slot snapshot_slot;  ///< 0: no snapshot.
  Rope snapshot;       ///< Empty: no snapshot.
  std::vector<std::pair<Slot, Rope>> records;

  Slot last() const { return records.empty() ? snapshot_slot : records.back().first; }
};

using Image = std::map<GroupId, Recovered>;

/// Why a store does not serve. A damaged one must not be served under the node's old uid: it may have forgotten a
/// promise.
enum class Condition : std::uint8_t {
  healthy,
  failed,   ///< A write or a sync failed (disk full, I/O error): nothing is durable any more until a restart.
  damaged,  ///< Something that had been synced is not there, or not as it was.
};

/// A write past the kernel's cache, of whole blocks, for others to carry out. What it names lives until
/// LogStore::end_sync().
struct DirectWrite {
  int fd = -1;
  BytesView bytes;
  std::uint64_t offset = 0;
};

class LogStore {
 public:
  virtual ~LogStore() = default;

  /// Once, before anything is written. What it returns is durable. A torn last write (never synced) is cut and noted.
  /// An error names the file, the offset and what it means; condition() then tells damage from the rest.
  virtual Result<Image> recover() = 0;
  /// Takes the operations in; not durable before the next sync(). Breaking an operation's precondition is our bug.
  virtual Result<void> write(std::span<const Operation> operations) = 0;
  /// Makes everything written durable: one sync, whatever the number of groups. After a failure, here or in write(),
  /// every later call fails in the same words, for a sync that failed once cannot be repeated.
  virtual Result<void> sync() = 0;
  /// Begins a sync() of which a single write is all that waits for a device, and says which one. Whoever called carries
  /// it out, in a way that what is written is durable, and calls end_sync(); or sync(), if that failed: it writes the
  /// same once more, in its own way. Nothing else before that. Nothing: there is nothing to sync, or it takes more than
  /// one write; call sync().
  virtual std::optional<DirectWrite> begin_sync() { return {}; }
  /// What begin_sync() asked for is durable. The outcome is that of sync().
  virtual Result<void> end_sync() { return {}; }
  /// Whether write() and sync() may wait for a device. If not, a call of both costs less than a hand-over to a thread.
  virtual bool waits() const { return true; }
  /// Called when there is nothing to do for a while: upkeep that would otherwise delay a sync.
  virtual Result<void> idle() { return {}; }

  virtual Condition condition() const = 0;
  /// Bytes given to the disk by sync() since recover(); a store that has none counts none.
  virtual std::uint64_t written_bytes() const { return 0; }
  /// What the operator should know (a torn write that was cut, for one), in order; each is returned once.
  virtual std::vector<std::string> take_notes() { return {}; }
};

}  // namespace gavel::store
