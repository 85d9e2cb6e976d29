// What a member knows of the others, from their beats and acks. Knowing is not trusting: a beat is a hint for liveness,
// and only acks, votes and logs decide anything.
#pragma once

#include <map>
#include <vector>

#include "common/base/time.hpp"
#include "common/wire/order_messages.hpp"

namespace gavel::order {

/// Who comes first, among those who could lead: the higher rank, and of equal ranks the higher uid. Terms know nothing
/// of ranks, so nothing unsafe happens when two members see them differently for a moment.
struct Standing {
  std::uint32_t rank = 0;
  Uid uid;

  auto operator<=>(const Standing&) const = default;
};

struct Peer {
  TimePoint heard = kLongAgo;  ///< its last beat
  Incarnation incarnation;
  TimePoint ranked_since = kLongAgo;  ///< since when this incarnation has been heard with its present rank
  wire::Beat beat;                    ///< the last one
  wire::Ack ack;                      ///< the furthest of its latest term
  TimePoint lost_at = kLongAgo;       ///< when the transport said that its process is gone
  bool hop_failed = false;            ///< it did not acknowledge a token; cleared by its next beat
  // A leader's memory of hand-overs to it.
  Duration hand_over_backoff{};
  TimePoint hand_over_not_before = kLongAgo;
};

class Peers {
 public:
  /// `deaf`: how long beats that a lost peer had sent before may still be on their way to here.
  Peers(Duration suspicion, Duration deaf) : suspicion_(suspicion), deaf_(deaf) {}

  Peer& at(Uid uid) { return peers_[uid]; }
  /// Null if nothing was ever heard of it.
  const Peer* find(Uid uid) const;
  bool hears(Uid uid, TimePoint now) const;
  /// With the rank that its last beat told; 0 if it was never heard.
  Standing standing(Uid uid) const;
  /// Everyone heard within the suspicion time, ascending.
  std::vector<Uid> heard(TimePoint now) const;
  const std::map<Uid, Peer>& all() const { return peers_; }
  /// A beat of an earlier incarnation than the latest known is refused, and one that a dead process left behind.
  bool beat(const wire::Member& from, const wire::Beat& beat, TimePoint now);
  /// True if it tells more than was known.
  bool ack(Uid from, const wire::Ack& ack);
  void lost(Uid uid, TimePoint now);
  /// Drops those that are in no configuration and silent since then. Should one speak again, it is new here; nothing
  /// unsafe comes of that, as only voters' acks and votes count.
  void forget(const wire::Config& config, TimePoint since);

 private:
  Duration suspicion_;
  Duration deaf_;
  std::map<Uid, Peer> peers_;
};

/// More than half of the voters.
bool is_majority(std::size_t count, const wire::Config& config);

}  // namespace gavel::order
