// Invariant 10: queues stay within their limits: the replica's own account of them, what one step asks for, and what
// waits for its disk.
#pragma once

#include "common/order/effects.hpp"

namespace gavel::sim {

class Boundedness {
 public:
  /// `overfull`: the name of a queue beyond its bound, or nothing. `unsynced`: writes that wait for the disk.
  void stepped(Uid node, const char* overfull, const order::Effects& effects, std::size_t unsynced) const;
  /// Requests that a gateway took and has not answered: in proportion to how many may wait.
  void owed(Uid node, std::size_t requests, const order::Options& options) const;

  std::size_t most_effects = 4096;
  std::size_t most_unsynced = 65536;
};

}  // namespace gavel::sim
