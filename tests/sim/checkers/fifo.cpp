#include "tests/sim/checkers/fifo.hpp"

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

void Fifo::committed(Slot slot, const std::vector<wire::BatchRef>& batches) {
  for (const auto& batch : batches) {
    auto& last = last_[batch.publisher];
    const auto place = " of " + show(batch.publisher) + " is ordered at slot " + print(slot);
    if (batch.incarnation < last.incarnation) throw Violation(Invariant::fifo, "a stream of an earlier life" + place);
    const auto before = batch.incarnation == last.incarnation ? last.number : BatchNumber{};
    if (batch.number != before.next())
      throw Violation(Invariant::fifo, "batch " + print(batch.number) + place + ", after batch " + print(before));
    last = batch;
  }
}

}  // namespace gavel::sim
