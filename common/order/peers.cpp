#include "common/order/peers.hpp"

#include "common/order/mistakes.hpp"

namespace gavel::order {

const Peer* Peers::find(Uid uid) const {
  const auto peer = peers_.find(uid);
  return peer == peers_.end() ? nullptr : &peer->second;
}

bool Peers::hears(Uid uid, TimePoint now) const {
  const auto* peer = find(uid);
  return peer != nullptr && now - peer->heard < suspicion_;
}

Standing Peers::standing(Uid uid) const {
  const auto* peer = find(uid);
  return {peer == nullptr ? 0 : peer->beat.rank, uid};
}

std::vector<Uid> Peers::heard(TimePoint now) const {
  std::vector<Uid> heard;
  for (const auto& [uid, peer] : peers_)
    if (now - peer.heard < suspicion_) heard.push_back(uid);
  return heard;
}

bool Peers::beat(const wire::Member& from, const wire::Beat& beat, TimePoint now) {
  auto& peer = peers_[from.uid];
  if (from.incarnation < peer.incarnation) return false;
  if (from.incarnation == peer.incarnation && now - peer.lost_at < deaf_) return false;
  if (from.incarnation != peer.incarnation || beat.rank != peer.beat.rank) peer.ranked_since = now;
  peer.incarnation = from.incarnation;
  peer.heard = now;
  if (beat.role == wire::Role::leader) peer.hand_over_backoff = {};  // it took over: what failed before is forgiven
  peer.beat = beat;
  peer.hop_failed = false;
  return true;
}

bool Peers::ack(Uid from, const wire::Ack& ack) {
  auto& known = peers_[from].ack;
  if (ack.term < known.term) return false;
  if (ack.term == known.term && ack.durable <= known.durable && ack.applied <= known.applied) return false;
  const auto durable = ack.term == known.term ? std::max(ack.durable, known.durable) : ack.durable;
  known = ack;
  known.durable = durable;  // what was durable in a term stays so, though a restarted member says less at first
  return true;
}

void Peers::lost(Uid uid, TimePoint now) {
  const auto peer = peers_.find(uid);
  if (peer == peers_.end()) return;
  peer->second.heard = kLongAgo;
  peer->second.lost_at = now;
  peer->second.hop_failed = true;
}

void Peers::forget(const wire::Config& config, TimePoint since) {
  std::erase_if(peers_, [&](const auto& item) {
    const auto& [uid, peer] = item;
    return !config.is_member(uid) && std::max(peer.heard, peer.lost_at) < since;
  });
}

bool is_majority(std::size_t count, const wire::Config& config) {
  if (broken(Mistake::half)) return count * 2 >= config.voters.size();
  return count * 2 > config.voters.size();
}

}  // namespace gavel::order
