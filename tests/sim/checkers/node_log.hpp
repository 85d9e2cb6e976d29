// A checker's copy of one replica's log in memory, kept from what the replica asks its disk to write: for every slot
// from 1 on, the term, a digest of the entry, and a digest of the whole prefix up to it. Prefixes that the replica gave
// up for a snapshot stay here.
#pragma once

#include <vector>

#include "common/base/digest.hpp"
#include "common/wire/order_types.hpp"

namespace gavel::sim {

struct LogRecord {
  wire::Term term;
  Digest entry;   ///< of the entry, payloads apart
  Digest prefix;  ///< of everything up to and including it

  bool operator==(const LogRecord&) const = default;
};

class NodeLog {
 public:
  Slot last() const { return {records_.size()}; }
  /// 0 < slot <= last()
  const LogRecord& at(Slot slot) const { return records_[slot.value - 1]; }
  bool has(Slot slot, const LogRecord& record) const { return slot <= last() && at(slot) == record; }

  const LogRecord& append(wire::Term term, Digest entry) {
    const Digest before = records_.empty() ? Digest{} : records_.back().prefix;
    const std::uint64_t words[] = {before.value, entry.value, term.round, term.uid.value};
    records_.push_back({term, entry, digest_of(BytesView(reinterpret_cast<const char*>(words), sizeof words))});
    return records_.back();
  }
  void cut(Slot last) { records_.resize(last.value); }
  /// Everything up to `slot` is what was decided there; what follows stays or goes.
  void restore(Slot slot, const std::vector<LogRecord>& decided, bool keep_tail) {
    if (!keep_tail) records_.clear();
    if (records_.size() < slot.value) records_.resize(slot.value);
    for (std::size_t i = 0; i < slot.value; ++i) records_[i] = decided[i];
  }

 private:
  std::vector<LogRecord> records_;
};

}  // namespace gavel::sim
