// Invariant 4: no two replicas apply different entries at a slot; their states agree after it, their commands took
// effect alike, their watchers were told the same; and entry time never goes back. The first replica to apply a slot
// decides what the others are compared with.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"
#include "tests/sim/checkers/node_log.hpp"

namespace gavel::sim {

/// A command that a replica's state machine executed.
struct Executed {
  SessionId session;
  RequestNumber number;
  Bytes command;
  Bytes reply;

  bool operator==(const Executed&) const = default;
};

class TotalOrder {
 public:
  Slot last() const { return {decided_.size()}; }
  const std::vector<LogRecord>& decided() const { return decided_; }
  WallTime stamp(Slot slot) const { return stamps_[slot.value - 1]; }

  /// A replica applied `slot`; true if it is the first to do so.
  bool applied(Uid node, Slot slot, const LogRecord& record, WallTime stamp);
  /// What the replica's state machine executed there.
  void executed(Uid node, Slot slot, const std::vector<Executed>& commands);
  /// The replica's state after everything up to `slot`.
  void state(Uid node, Slot slot, Digest digest);
  /// The digest that the replica keeps for a mark in `slot`, which it applied; nothing if it keeps none.
  void marked(Uid node, Slot slot, std::optional<Digest> digest);
  /// What the replica told those who watch.
  void happened(Uid node, Slot slot, std::uint32_t index, const Bytes& body);

 private:
  std::vector<LogRecord> decided_;
  std::vector<WallTime> stamps_;
  std::map<Slot, std::vector<Executed>> executed_;
  std::map<Slot, Digest> states_;
  std::map<Slot, std::optional<Digest>> marks_;
  std::map<std::pair<Slot, std::uint32_t>, Bytes> events_;
};

}  // namespace gavel::sim
