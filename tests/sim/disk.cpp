#include "tests/sim/disk.hpp"

#include <utility>

#include "common/base/check.hpp"
#include "common/base/print.hpp"
#include "common/wire/codec.hpp"
#include "tests/sim/checkers/violation.hpp"

namespace gavel::sim {

void Disk::Contents::apply(const Write& write) {
  const auto& op = write.operation;
  switch (op.kind) {
    case order::PersistKind::promise:
      promise = op.bytes;
      break;
    case order::PersistKind::append:
      if (op.slot != last().next())
        throw Violation(Invariant::contract, "slot " + print(op.slot) + " written after slot " + print(last()));
      entries.push_back(write);
      break;
    case order::PersistKind::cut_tail:
      if (op.slot < base || op.slot > last())
        throw Violation(Invariant::contract, "a tail cut to slot " + print(op.slot) + " of a log from " + print(base) +
                                                 " to " + print(last()));
      entries.resize(op.slot.since(base));
      break;
    case order::PersistKind::snapshot:
      if (op.keep_tail && op.slot >= base && op.slot <= last())
        entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(op.slot.since(base)));
      else
        entries.clear();
      snapshot = op.bytes;
      base = op.slot;
      break;
  }
}

std::optional<order::Ticket> Disk::newest() const {
  if (pending_.empty()) return std::nullopt;
  return pending_.back().operation.ticket;
}

void Disk::synced(order::Ticket upto) {
  for (; !pending_.empty() && pending_.front().operation.ticket <= upto; pending_.pop_front())
    safe_.apply(pending_.front());
}

bool Disk::crash(Random& random) {
  const bool torn = !pending_.empty();
  for (auto kept = random.between(0, static_cast<std::int64_t>(pending_.size())); kept > 0; --kept) {
    safe_.apply(pending_.front());
    pending_.pop_front();
  }
  pending_.clear();
  return torn;
}

void Disk::lose_last() {
  if (!safe_.entries.empty()) safe_.entries.pop_back();
}

bool Disk::holds(Slot slot, Digest entry) const {
  if (slot <= safe_.base) return true;
  return slot <= safe_.last() && safe_.entries[slot.since(safe_.base) - 1].entry == entry;
}

namespace {
template <class T>
T decoded(const Rope& bytes) {
  auto record = wire::decode<T>(*bytes.joined());
  if (!record) throw Violation(Invariant::contract, "a record on disk cannot be read back: " + record.error().message);
  return std::move(*record);
}
}  // namespace

order::Recovered Disk::read() const {
  order::Recovered out;
  if (!safe_.promise.empty()) out.promised = decoded<wire::PromiseRecord>(safe_.promise).promised;
  if (!safe_.snapshot.empty()) out.snapshot = decoded<wire::SnapshotRecord>(safe_.snapshot);
  for (const auto& entry : safe_.entries) out.entries.push_back(decoded<wire::FullEntry>(entry.operation.bytes));
  return out;
}

void Disk::found(const wire::SnapshotRecord& genesis) { safe_.snapshot = wire::encode_shared(genesis); }

}  // namespace gavel::sim
