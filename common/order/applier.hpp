// Applies committed entries, in slot order, to the sessions and the state machine, and digests what came of it.
// Deterministic: two replicas that applied the same slots have the same digest (invariant 4). The answers to this
// node's own requests come out of it; those of other gateways are computed all the same and kept in the sessions.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "common/order/effects.hpp"
#include "common/order/sessions.hpp"
#include "common/order/state_machine.hpp"

namespace gavel::order {

/// What became of one request of a batch.
struct Outcome {
  wire::AnswerStatus status = wire::AnswerStatus::ok;
  Slot slot;
  SessionId session;
  Bytes body;
};

/// What SnapshotRecord::state holds.
struct AppliedState {
  Digest chain;  ///< over everything that was applied
  SessionList sessions;
  Rope machine;  ///< the state machine's own snapshot
  GAVEL_FIELDS(chain, sessions, machine);
};
/// A replica's digest, of which `machine` is the state machine's part.
Digest digest_of_applied(Digest chain, Digest machine);

class Applier {
 public:
  Applier(const Options& options, std::unique_ptr<StateMachine> machine);

  /// Applies the entry at `slot`. For each of its batches of `stream`, the outcomes of its requests, in order.
  struct OwnBatch {
    BatchNumber number;
    std::vector<Outcome> outcomes;
  };
  /// `view`: who serves the group from this slot on, if the entry says so.
  std::vector<OwnBatch> apply(Slot slot, const wire::FullEntry& entry, const wire::Member& stream,
                              const GroupView* view, std::vector<Happened>& events);

  const StateMachine& machine() const { return *machine_; }
  /// Whether a snapshot of this kind of service can be restored.
  bool become(std::uint16_t kind) { return machine_->become(kind); }
  Digest digest() const;
  /// The digests at the last few multiples of the digest interval.
  const std::map<Slot, Digest>& marks() const { return marks_; }
  /// The digests after the last few slots that hold a mark request.
  const std::map<Slot, Digest>& asked_marks() const { return asked_marks_; }

  /// Sessions, digest chain and state machine, whose pieces are shared.
  Rope snapshot() const;
  Result<void> restore(const Rope& snapshot);
  /// The same for a state machine to which nothing was applied yet.
  static Rope genesis(const StateMachine& initial);

 private:
  void keep(std::map<Slot, Digest>& marks, Slot slot) const;
  void tell(Slot slot);
  void apply_batch(Slot slot, WallTime time, BytesView payload, bool own, std::size_t& index,
                   std::vector<Outcome>& outcomes);
  Outcome apply_request(Slot slot, WallTime time, const wire::RequestView& request, bool own, std::size_t index);

  const Options& options_;
  Sessions sessions_;
  std::unique_ptr<StateMachine> machine_;
  Digest chain_{1};
  std::map<Slot, Digest> marks_;
  std::map<Slot, Digest> asked_marks_;
  bool mark_asked_ = false;  // in the entry at hand
  Events events_;            // of the request at hand
  std::vector<Happened>* happened_ = nullptr;
  std::uint32_t event_index_ = 0;
};

}  // namespace gavel::order
