// Following a leader: taking its entries as Raft takes an append, whether they come by multicast, by fetch, by recovery
// or as a snapshot (PROTOCOL.md §3.4, §4). Entries whose batches have not come yet are parked, for a short
// while, in order. Keeps invariant 2 (log matching); everything that it accepts goes to the journal before anybody
// hears an ack.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "common/order/core.hpp"
#include "common/order/election.hpp"
#include "common/order/transfer.hpp"

namespace gavel::order {

class Follower {
 public:
  Follower(Core& core, Election& election, Transfer& transfer)
      : core_(core), election_(election), transfer_(transfer) {}

  void on_beat(const wire::Member& from, const wire::Beat& beat);
  void on_order(const wire::Member& from, wire::Order order);
  void on_entries(const wire::Member& from, wire::Entries entries);
  void on_chunk(const wire::Member& from, const wire::SnapshotChunk& chunk);
  /// A batch came: an entry may have waited for it.
  void on_batch_held(const wire::BatchRef& ref) {
    if (awaited_ == ref) take_parked();
  }
  /// What was parked under a lower promise than the present one goes.
  void forget_former_terms();
  /// A commit slot heard: bounded by the own match index, in the same term only.
  Slot hinted() const;

  /// Asks somebody who is ahead for what is missing: entries, or a snapshot if the applied state diverged.
  void catch_up();
  /// When `catch_up` has something to do.
  TimePoint deadline() const;
  /// The leader beats and orders nothing although it could: stop believing in it.
  void watch_for_stall();
  /// The first batch that a parked entry waits for.
  const std::optional<wire::BatchRef>& awaited() const { return awaited_; }
  std::size_t parked() const { return parked_.size(); }

 private:
  enum class Taken { all, waits_for_batch, mismatch };
  /// Appends what follows the own log; `from` is who sent it and, if `direct`, must own the slots.
  Taken take(Uid from, wire::Order& order, std::vector<wire::FullEntry>* full, bool direct);
  void take_parked();
  void fetch_from(Uid member);
  const std::vector<Uid>& ahead();
  bool patient();
  void heard_commit(const wire::Term& term, Slot commit);
  void matched(Slot slot);

  struct Parked {
    Uid from;
    wire::Order order;
  };

  Core& core_;
  Election& election_;
  Transfer& transfer_;
  std::deque<Parked> parked_;
  std::optional<wire::BatchRef> awaited_;
  Slot hinted_;
  wire::Term hinted_term_;
  wire::Term tail_refuted_;           // the term in which the own tail was found to differ from the leader's
  TimePoint lagging_since_ = kNever;  // others are ahead, and the match index has not moved since
  Slot lagging_at_;
  std::vector<Uid> ahead_;  // scratch
  Slot stall_slot_;
};

}  // namespace gavel::order
