// How a leader sees that a learner keeps up with a log that grows all the time (PROTOCOL.md §6, after Raft). Its
// catching up goes in rounds: each ends when the learner's disk holds what the leader's log held when the round began.
// A learner that lags by a constant time never reaches the end of the log under load, but its rounds become short.
#pragma once

#include <map>

#include "common/base/time.hpp"
#include "common/wire/order_messages.hpp"

namespace gavel::order {

class Rounds {
 public:
  /// `limit`: what a round takes less than, if the learner keeps up.
  explicit Rounds(Duration limit) : limit_(limit) {}

  /// A new reign: what earlier acks said counts for nothing.
  void clear() { rounds_.clear(); }
  /// Forgets those who are not learners (any more).
  void keep(const wire::Config& config);
  /// The learner's disk holds the leader's log up to `acked`, and that log goes up to `last`. Another incarnation
  /// starts over. Acks may be lost, as each covers all before it; the next one then ends a round late.
  void observe(const wire::Member& learner, Slot acked, Slot last, TimePoint now);
  /// Its last round was short, and the present one is not longer yet.
  bool keeps_up(Uid learner, TimePoint now) const;

 private:
  struct Round {
    Incarnation incarnation;
    Slot upto;
    TimePoint began;
    bool last_was_short = false;
  };

  Duration limit_;
  std::map<Uid, Round> rounds_;
};

}  // namespace gavel::order
