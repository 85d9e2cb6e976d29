// Invariant 2: the same slot and the same term are the same entry, after the same prefix, in every log that ever was.
// And what a batch's name stands for never changes (§1).
#pragma once

#include <map>
#include <utility>

#include "tests/sim/checkers/node_log.hpp"

namespace gavel::sim {

class LogMatching {
 public:
  /// Some replica appended this at `slot`.
  void appended(Uid node, Slot slot, const LogRecord& record);
  void payload(Uid node, const wire::BatchRef& batch, Digest payload);

 private:
  std::map<std::pair<Slot, wire::Term>, LogRecord> seen_;
  std::map<wire::BatchRef, Digest> payloads_;
};

}  // namespace gavel::sim
