// Leading (PROTOCOL.md §4, §6): the first entry of a reign, counting who follows, giving way to a higher term, to a
// higher standing or to the operator's choice, and changing the membership one step at a time. Ordering batches is the
// Sequencer's work.
#pragma once

#include <functional>
#include <string>

#include "common/order/core.hpp"
#include "common/order/election.hpp"
#include "common/order/rounds.hpp"

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
  /// An ack came: the successor may hold the whole log now, or a learner what it lacked.
  void on_ack() {
    measure_rounds();
    if (core_.handing_over) drive_hand_over();
  }
  /// Puts the next configuration into the log if one is due and none is under way.
  bool change_membership();
  void step_down(const std::string& why);
  /// The operator wants that voter to lead: hands over as soon as it has caught up, within the back-off limit.
  void transfer(Uid to);
  /// Why a transfer would not begin now; empty if it would.
  std::string objection(Uid to, TimePoint at) const;

 private:
  bool keeps_majority();
  bool yields_to_higher_promise();
  void hand_over_if_due();
  void transfer_if_due();
  void hand_over_to(Uid chosen, bool appointed);
  void drive_hand_over();
  void give_up_hand_over();
  /// Why that member cannot succeed, now or later; null if it can.
  const char* unfit(Uid uid, TimePoint at) const;
  /// Close to the end of the log.
  /// It is fit, eligible now, and has caught up.
  bool can_succeed(Uid uid, TimePoint at) const;
  bool caught_up(Uid uid) const;
  void measure_rounds();

  Core& core_;
  Election& election_;
  std::function<void(wire::Entry)> put_;
  Rounds rounds_{core_.options.catch_up_round};
  TimePoint leads_since_ = kLongAgo;
  TimePoint majority_at_ = kLongAgo;
  TimePoint higher_since_ = kNever;  ///< a higher promise is seen
  Uid appointee_;                    ///< the operator wants it, and it has not caught up yet
  TimePoint appointee_until_ = kNever;
  Uid successor_;                 ///< of the hand-over under way
  bool appoints_ = false;         ///< it is the operator's choice
  bool asked_successor_ = false;  ///< it holds the whole log, and was told to start
  TimePoint hand_over_until_ = kNever;
  TimePoint drive_at_ = kNever;  ///< looks at the hand-over under way again
  TimePoint hand_over_not_before_ = kLongAgo;
};

}  // namespace gavel::order
