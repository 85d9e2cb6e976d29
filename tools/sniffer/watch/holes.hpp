// Holes in streams that are not repaired (PROTOCOL.md §10.9, the part of liveness that a sniffer can see): a batch was
// published, or one is missing before another, the publisher lives and offers it, the leader and it hear each other,
// the leader orders others, and nothing of this stream for the patience. Whatever else may explain it starts the
// patience anew: another leader, a publisher that is silent or came back in another life, messages that were missed.
// Where members beat seldom, the patience is longer. What waits for the patience while it is not known who leads, or
// what of the stream is ordered, is counted as not checkable. Bounded: kStreams publishers of a group, the newest life
// of each.
#pragma once

#include <map>

#include "tools/sniffer/message/seen.hpp"
#include "tools/sniffer/watch/findings.hpp"
#include "tools/sniffer/watch/log.hpp"
#include "tools/sniffer/watch/pace.hpp"

namespace gavel::sniffer {

class HoleWatch {
 public:
  void on_batch(const Seen& seen, const wire::Batch& batch);
  void on_beat(const Seen& seen, const wire::Beat& beat);
  void missed(Uid node, WallTime now);
  /// What was not seen explains everything: all patience starts anew.
  void start_anew(WallTime now);
  void tick(const LogWatch::Context& context, const LogWatch& log, WallTime now, Duration patience);

 private:
  static constexpr std::size_t kStreams = 256;

  struct Stream {
    Incarnation incarnation;
    BatchNumber first;  ///< that was seen
    WallTime first_at;
    BatchNumber highest;  ///< that was seen; what it only says it holds may not have come to anybody yet
    BatchNumber offered;  ///< seen last
    WallTime offered_at;
    std::uint64_t shown = 0;  ///< the message with the highest
    BatchNumber ordered;
    WallTime since;  ///< nothing of it was ordered, and nothing excuses that
    WallTime highest_at;
    WallTime known_at;    ///< what of it is ordered was known then, last
    BatchNumber settled;  ///< up to here it was judged, or counted as not checkable
  };
  struct Member {
    Incarnation incarnation;
    WallTime at;
    std::vector<Uid> hears;
    std::vector<wire::StreamMark> held;
    BeatPace pace;
    bool lives(WallTime now) const { return now - at < pace.lives(); }
  };
  bool excused(const Stream& stream, Uid publisher, const LogWatch::Leading& leader, BatchNumber next,
               WallTime now) const;
  Duration scaled(Duration patience, Uid member) const;
  static void count_unjudged(const LogWatch::Context& context, Stream& stream, WallTime now, Duration patience);

  std::map<Uid, Stream> streams_;
  std::map<Uid, Member> members_;
  wire::Term term_;
};

}  // namespace gavel::sniffer
