#include "common/order/announcer.hpp"

#include <algorithm>

namespace gavel::order {

void Announcer::on_time() {
  if (core_.observer()) {  // it tells nobody, and looks round as often
    if (core_.now.at >= core_.beat_at) core_.beat_at = core_.now.at + core_.options.heartbeat;
    return;
  }
  const bool hears = core_.hears_leader();
  if (heard_leader_ && !hears) {
    core_.beat_at = core_.now.at;  // tell at once
    if (core_.leader_term == core_.promised && !core_.stalled)
      core_.say(NoteKind::suspected, "suspects its leader " + print(core_.leader_term.uid));
  }
  heard_leader_ = hears;
  if (core_.now.at >= core_.beat_at) beat();
}

void Announcer::beat() {
  // Of a new group's first beats some are lost: the others have not subscribed yet.
  core_.beat_at = core_.now.at + (core_.founding() ? core_.options.hop_timeout / 3 : core_.options.heartbeat);
  wire::Beat beat;
  beat.promised = core_.promised;
  beat.role = core_.role;
  beat.following = core_.hears_leader() ? core_.promised : wire::Term{};
  beat.last = core_.log.last();
  beat.hears = core_.peers.heard(core_.now.at);
  for (const auto uid : beat.hears)
    if (core_.config().is_member(uid))
      beat.heard_promise = std::max(beat.heard_promise, core_.peers.find(uid)->beat.promised);
  beat.draining = core_.wants_to_leave() || core_.journal.failed();
  beat.eligible = core_.eligible();
  beat.commit = core_.commit;
  beat.held = core_.streams.complete_marks();
  beat.load = core_.load;
  beat.rank = core_.rank;
  if (core_.journal.promising()) {  // as before the promise; a later term's commit slot must not go under the old one
    beat.promised = core_.journal.durable_promise();
    beat.role = wire::Role::follower;
    beat.following = {};
    beat.commit = {};
  } else if (!core_.journal.failed() && !core_.log.blank()) {
    beat.ack = core_.own_ack();
  }
  if (may_be_left_out(beat)) {
    core_.beat_at = std::min(core_.beat_at, spoken_at_ + 2 * core_.options.heartbeat);
    return;
  }
  spoken_at_ = core_.now.at;
  spoken_ = beat;
  core_.cast(Lane::beat, std::move(beat));
}

bool Announcer::may_be_left_out(const wire::Beat& beat) const {
  const auto heartbeat = core_.options.heartbeat;
  const bool alone = core_.now.at - spoken_at_ < heartbeat + heartbeat / 2;
  const bool follows = beat.role == wire::Role::follower && beat.following;
  return alone && follows && core_.options.suspicion >= 5 * heartbeat && beat == spoken_;
}

void Announcer::ack() {
  if (core_.observer() || core_.journal.failed() || core_.journal.promising() || core_.log.blank()) return;
  auto ack = core_.own_ack();
  if (ack.term == said_.term && ack.durable <= said_.durable) return;
  said_ = ack;
  core_.cast(Lane::ack, std::move(ack));
}

}  // namespace gavel::order
