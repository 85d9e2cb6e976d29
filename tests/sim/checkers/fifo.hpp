// Invariant 5: the batches of a stream are ordered in number order, each at most once; once a later life of a publisher
// is in the order, an earlier one is closed.
#pragma once

#include <map>
#include <vector>

#include "common/wire/order_types.hpp"

namespace gavel::sim {

class Fifo {
 public:
  /// The batches of a slot that was committed for the first time. Slots come in their order.
  void committed(Slot slot, const std::vector<wire::BatchRef>& batches);

 private:
  std::map<Uid, wire::BatchRef> last_;
};

}  // namespace gavel::sim
