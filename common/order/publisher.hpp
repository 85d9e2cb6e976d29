// The gateway's half of ordering (PROTOCOL.md §3.1): requests gather into batches on this node's stream. A batch leaves
// at once when none is in flight, or one; otherwise requests gather until one comes back or a batch is full, so batches
// grow with load and never add latency when idle; where requests can wait (batch_gap), for a moment after the last one,
// too. The second waits at the sequencer for the entry of the first to be committed, and goes on from there at once.
// A batch is forgotten when it is seen applied; until then it is offered again, with back-off, to whoever may have
// missed it. Bounded (invariant 10): above the bound the answer is Busy.
#pragma once

#include <deque>
#include <vector>

#include "common/order/applier.hpp"
#include "common/order/effects.hpp"
#include "common/order/options.hpp"

namespace gavel::order {

class Publisher {
 public:
  Publisher(const Options& options, wire::Member self) : options_(options), self_(self) {}

  /// False: too many requests wait already.
  bool submit(Submission submission);
  bool full() const {
    return waiting_.size() >= options_.requests_waiting || waiting_bytes_ >= options_.request_bytes_waiting;
  }
  std::size_t waiting() const { return waiting_.size(); }

  /// The next batch to publish, if one should leave now.
  std::optional<wire::Batch> next_batch(TimePoint now);
  /// One of this stream's batches was applied: its answers.
  void applied(Applier::OwnBatch batch, TimePoint now, std::vector<Answered>& answers);
  /// A snapshot stands for every batch up to `number`: what became of their requests is asked for anew, in their order
  /// (§7 makes it safe).
  void covered(BatchNumber number);
  /// The oldest batch in flight, if it is time to offer it again.
  std::optional<wire::Batch> offer_again(TimePoint now);
  /// When what waits may leave because it has gathered for long enough.
  TimePoint gathered_at() const { return waiting_.empty() || gathers() ? kNever : left_at_ + options_.batch_gap; }
  TimePoint offer_at() const { return in_flight_.empty() ? kNever : offer_at_; }

 private:
  bool gathers() const {
    return in_flight_.size() >= std::min(options_.batches_before_gathering, options_.batches_in_flight);
  }

  struct Flying {
    BatchNumber number;
    SharedBytes payload;
    std::vector<Submission> requests;
  };

  const Options& options_;
  wire::Member self_;
  BatchNumber last_;
  std::deque<Submission> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::deque<Flying> in_flight_;
  TimePoint left_at_ = kLongAgo;
  TimePoint offer_at_ = kNever;
  Duration offer_backoff_{};
};

}  // namespace gavel::order
