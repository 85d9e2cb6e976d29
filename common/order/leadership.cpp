#include "common/order/leadership.hpp"

#include <algorithm>

#include "common/order/membership.hpp"
#include "common/order/mistakes.hpp"

namespace gavel::order {

void Leadership::begin() {
  GAVEL_CHECK(core_.promised.uid == core_.self(), "I1: a member leads no term but its own");
  GAVEL_CHECK(!core_.journal.promising() || broken(Mistake::promise_early),
              "I1: a promise is durable before it is used");
  core_.role = wire::Role::leader;
  core_.match = core_.log.last();
  core_.handing_over = false;
  core_.appointed = election_.appointed();
  appointee_ = {};
  core_.leader_heard = core_.now.at;
  core_.leader_term = core_.promised;
  leads_since_ = majority_at_ = core_.now.at;
  higher_since_ = kNever;
  hand_over_not_before_ = core_.now.at + core_.options.hold_down;
  rounds_.clear();
  core_.say(NoteKind::elected, "leads term " + print(core_.promised) + " from slot " + print(core_.log.last().next()) +
                                   ", " + print(core_.config()));
  wire::Entry view;
  view.kind = wire::EntryKind::view;
  view.rotation = {core_.setup.self};  // one owner: a fixed sequencer
  put_(std::move(view));
  core_.beat_at = core_.now.at;
}

void Leadership::step_down(const std::string& why) {
  core_.say(NoteKind::stepped_down, "steps down from term " + print(core_.promised) + ": " + why);
  core_.role = wire::Role::follower;
  core_.barred = core_.promised;
  core_.election_lost = true;
  core_.leader_heard = kLongAgo;
  core_.handing_over = core_.appointed = false;
  core_.candidacy_at = core_.now.at + core_.random.between(0us, core_.options.election_timeout);
  core_.beat_at = core_.now.at;
}

void Leadership::on_time() {
  if (core_.role != wire::Role::leader) return;
  measure_rounds();
  if (core_.journal.failed()) return step_down("its disk failed");
  if (core_.diverged) return step_down("its state differs from the majority's");
  if (!keeps_majority()) return step_down("no majority follows");
  if (yields_to_higher_promise()) return;
  if (core_.handing_over)
    drive_hand_over();
  else
    hand_over_if_due();
}

// It counts as followers only those whose beats say that they follow it: it may be heard and hear nobody's assent.
bool Leadership::keeps_majority() {
  std::size_t followers = 0;
  for (const auto voter : core_.config().voters) {
    const bool follows = voter == core_.self() || (core_.peers.hears(voter, core_.now.at) &&
                                                   core_.peers.find(voter)->beat.following == core_.promised);
    if (follows) ++followers;
  }
  if (is_majority(followers, core_.config()) || core_.now.at - leads_since_ < core_.options.suspicion)
    majority_at_ = core_.now.at;
  return core_.now.at - majority_at_ <= core_.options.suspicion;
}

// A member whose promise ran ahead can never follow this leader again, unless it takes a higher term itself.
bool Leadership::yields_to_higher_promise() {
  bool higher = false;
  for (const auto& [uid, peer] : core_.peers.all()) {
    if (!core_.peers.hears(uid, core_.now.at)) continue;
    const auto& beat = peer.beat;
    // Of those in no configuration only one that hears this leader counts: it will follow.
    const bool concerned =
        core_.config().is_member(uid) || std::binary_search(beat.hears.begin(), beat.hears.end(), core_.self());
    if (!concerned) continue;
    if (std::max(beat.promised, beat.heard_promise) <= core_.promised) continue;
    const bool lives = beat.following == beat.promised || beat.role == wire::Role::leader;
    if (beat.promised > core_.promised && lives) {
      step_down("a leader of a higher term lives");
      return true;
    }
    higher = true;
  }
  if (!higher)
    higher_since_ = kNever;
  else if (higher_since_ == kNever)
    higher_since_ = core_.now.at;
  const bool settled = higher && core_.now.at - higher_since_ > 2 * core_.options.heartbeat;
  if (!settled || core_.handing_over) return false;
  higher_since_ = kNever;
  election_.start_next(core_.appointed ? Cause::appointment : Cause::hand_over);
  return true;
}

bool Leadership::caught_up(Uid uid) const {
  const auto* peer = core_.peers.find(uid);
  return peer != nullptr && peer->ack.term == core_.promised &&
         core_.log.last().since(peer->ack.durable) <= core_.options.caught_up;
}

// ---- handing over -----------------------------------------------------------------------------------------------

const char* Leadership::unfit(Uid uid, TimePoint at) const {
  if (!core_.config().is_voter(uid) || (!core_.goal.voters.empty() && !core_.goal.is_voter(uid))) return "is no voter";
  if (!core_.peers.hears(uid, at)) return "is not heard";
  return core_.peers.find(uid)->beat.draining ? "is draining" : nullptr;
}

bool Leadership::can_succeed(Uid uid, TimePoint at) const {
  return unfit(uid, at) == nullptr && core_.peers.find(uid)->beat.eligible && caught_up(uid);
}

std::string Leadership::objection(Uid to, TimePoint at) const {
  if (core_.role != wire::Role::leader) return print(core_.self()) + " does not lead";
  if (to == core_.self()) return print(to) + " leads already";
  if (core_.handing_over) return "the lead is going over to " + print(successor_) + " already";
  const auto* why = unfit(to, at);
  return why == nullptr ? "" : print(to) + " " + why;
}

void Leadership::transfer(Uid to) {
  if (const auto why = objection(to, core_.now.at); !why.empty())
    return core_.say(NoteKind::handing_over, "does not hand over as the operator wants: " + why);
  appointee_ = to;
  appointee_until_ = core_.now.at + core_.options.backoff_limit;
  hand_over_if_due();
}

void Leadership::transfer_if_due() {
  if (can_succeed(appointee_, core_.now.at)) return hand_over_to(appointee_, true);
  if (core_.now.at < appointee_until_ && core_.config().is_voter(appointee_)) return;
  core_.say(NoteKind::handing_over, "gives up the hand-over to " + print(appointee_) + ", which does not catch up");
  appointee_ = {};
}

// To the one of the highest standing among those who stood above this leader for the hold-down time; who leaves is less
// choosy.
void Leadership::hand_over_if_due() {
  if (core_.commit < core_.log.derived().view.slot) return;
  if (appointee_) return transfer_if_due();
  const auto now = core_.now.at;
  const bool leaves = core_.wants_to_leave();
  if (!leaves && (core_.appointed || now < hand_over_not_before_)) return;
  Uid chosen;
  for (const auto voter : core_.config().voters) {
    if (voter == core_.self() || !can_succeed(voter, now)) continue;
    const auto* peer = core_.peers.find(voter);
    if (now < peer->hand_over_not_before) continue;
    if (!leaves && core_.standing(voter) < core_.standing(core_.self())) continue;
    if (!leaves && now - std::max(peer->ranked_since, core_.ranked_since) < core_.options.hold_down) continue;
    if (!chosen || core_.standing(chosen) < core_.standing(voter)) chosen = voter;
  }
  if (chosen) hand_over_to(chosen, false);
}

void Leadership::hand_over_to(Uid chosen, bool appointed) {
  successor_ = chosen;
  appoints_ = appointed;
  core_.handing_over = true;
  asked_successor_ = false;
  hand_over_until_ = core_.now.at + 2 * core_.options.heartbeat;  // for the last of the log to reach its disk
  auto& peer = core_.peers.at(chosen);                            // assume the worst; a success makes it irrelevant
  peer.hand_over_backoff =
      std::clamp<Duration>(peer.hand_over_backoff * 2, 4 * core_.options.heartbeat, core_.options.backoff_limit);
  peer.hand_over_not_before = core_.now.at + peer.hand_over_backoff;
  core_.say(NoteKind::handing_over,
            "hands over to " + print(chosen) + (appointed ? ", as the operator wants," : "") + " and stops ordering");
  drive_hand_over();
}

void Leadership::drive_hand_over() {
  drive_at_ = core_.now.at + core_.options.heartbeat / 10;
  if (core_.now.at > hand_over_until_ || !core_.peers.hears(successor_, core_.now.at)) return give_up_hand_over();
  const auto* peer = core_.peers.find(successor_);
  if (peer->ack.term != core_.promised || peer->ack.durable != core_.log.last()) return;
  if (!asked_successor_) hand_over_until_ = core_.now.at + core_.options.election_timeout;
  asked_successor_ = true;
  core_.send(successor_, wire::HandOver{core_.promised, appoints_});
}

void Leadership::give_up_hand_over() {
  core_.say(NoteKind::handing_over, "gives up the hand-over to " + print(successor_) + " and goes on");
  core_.handing_over = false;
  if (appoints_) appointee_ = {};
}

// ---- changing the membership ------------------------------------------------------------------------------------

void Leadership::measure_rounds() {
  if (core_.role != wire::Role::leader) return;
  rounds_.keep(core_.config());
  for (const auto learner : core_.config().learners) {
    const auto* peer = core_.peers.find(learner);
    if (peer == nullptr) continue;
    const auto acked = peer->ack.term == core_.promised ? peer->ack.durable : Slot{};
    rounds_.observe({learner, peer->incarnation}, acked, core_.log.last(), core_.now.at);
  }
}

bool Leadership::change_membership() {
  if (core_.role != wire::Role::leader || core_.handing_over || core_.goal.voters.empty()) return false;
  if (core_.config() == core_.goal) return false;
  const auto& derived = core_.log.derived();
  if (derived.view.term != core_.promised) return false;
  if (core_.commit < derived.view.slot && !broken(Mistake::config_before_view)) return false;
  if (derived.config_slot > core_.commit && !broken(Mistake::config_two)) return false;
  const MembershipFacts facts{core_.self(), [this](Uid uid) { return core_.peers.hears(uid, core_.now.at); },
                              [this](Uid uid) { return caught_up(uid) || rounds_.keeps_up(uid, core_.now.at); },
                              core_.options.most_voters};
  auto next = next_config(core_.config(), core_.goal, facts);
  if (!next) return false;
  wire::Entry entry;
  entry.kind = wire::EntryKind::config;
  entry.config = std::move(next);
  put_(std::move(entry));
  return true;
}

}  // namespace gavel::order
