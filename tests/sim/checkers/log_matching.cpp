#include "tests/sim/checkers/log_matching.hpp"

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

void LogMatching::appended(Uid node, Slot slot, const LogRecord& record) {
  const auto [it, fresh] = seen_.try_emplace({slot, record.term}, record);
  if (fresh || it->second == record) return;
  const auto place = "slot " + print(slot) + " of " + show(record.term);
  if (it->second.entry != record.entry)
    throw Violation(Invariant::log_matching, show(node) + " holds another entry at " + place);
  throw Violation(Invariant::log_matching, show(node) + " holds another prefix before " + place);
}

void LogMatching::payload(Uid node, const wire::BatchRef& batch, Digest payload) {
  const auto [it, fresh] = payloads_.try_emplace(batch, payload);
  if (!fresh && it->second != payload)
    throw Violation(Invariant::log_matching, show(node) + " holds other bytes for batch " + print(batch.number) +
                                                 " of " + show(batch.publisher));
}

}  // namespace gavel::sim
