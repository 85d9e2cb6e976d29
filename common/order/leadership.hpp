// Leading (PROTOCOL.md §4, §6): the first entry of a reign, counting who follows, giving way to a higher term or a
// higher uid, and changing the membership one step at a time. Ordering batches is the Sequencer's work.
#pragma once

#include <functional>

#include "common/order/core.hpp"
#include "common/order/election.hpp"

namespace gavel::order {

class Leadership {
 public:
  /// `put` appends and multicasts one entry (Sequencer::put).
  Leadership(Core& core, Election& election, std::function<void(wire::Entry)> put)
      : core_(core), election_(election), put_(std::move(put)) {}

  /// The election is won and the newest log is here: leads.
  void begin();
  void on_time();
  TimePoint deadline() const { return core_.handing_over ? drive_at_ : kNever; }
  /// An ack came: the successor may hold the whole log now.
  void on_ack() {
    if (core_.handing_over) drive_hand_over();
  }
  /// Puts the next configuration into the log if one is due and none is under way.
  bool change_membership();
  void step_down(const std::string& why);
  /// The operator wants that voter to lead.
  void transfer(Uid to);

 private:
  bool keeps_majority();
  bool yields_to_higher_promise();
  void hand_over_if_due();
  void drive_hand_over();
  bool caught_up(Uid uid) const;

  Core& core_;
  Election& election_;
  std::function<void(wire::Entry)> put_;
  TimePoint leads_since_ = kLongAgo;
  TimePoint majority_at_ = kLongAgo;
  TimePoint higher_since_ = kNever;  ///< a higher promise is seen
  Uid successor_;                    ///< of the hand-over under way
  TimePoint hand_over_until_ = kNever;
  TimePoint drive_at_ = kNever;  ///< looks at the hand-over under way again
  TimePoint hand_over_not_before_ = kLongAgo;
};

}  // namespace gavel::order
