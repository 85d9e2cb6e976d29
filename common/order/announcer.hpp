// What a member says of itself: beats, at every heartbeat (a follower with nothing new to say: at every other one) and
// whenever it stops hearing its leader, and acks, whenever more of its log is durable (PROTOCOL.md §2, §4). Until a
// promise is on the disk it speaks as before it.
#pragma once

#include "common/order/core.hpp"

namespace gavel::order {

class Announcer {
 public:
  explicit Announcer(Core& core) : core_(core) {}

  void on_time();
  /// Multicasts an ack if there is more to say than in the last one.
  void ack();

 private:
  void beat();
  /// It says of a follower what the last one did, and the next comes within two heartbeats of that one. So losing one
  /// raises no suspicion.
  bool may_be_left_out(const wire::Beat& beat) const;

  Core& core_;
  bool heard_leader_ = false;
  wire::Beat spoken_;
  TimePoint spoken_at_ = kLongAgo;
  wire::Ack said_;
};

}  // namespace gavel::order
