// Repair, both ways (PROTOCOL.md §3.2): asks for batches that this member misses, after a short wait and with back-off,
// first their publisher, then whoever holds them; and serves what others miss, batches and entries, from what it holds.
#pragma once

#include <map>

#include "common/order/core.hpp"
#include "common/order/follower.hpp"
#include "common/order/transfer.hpp"

namespace gavel::order {

class Repair {
 public:
  Repair(Core& core, Follower& follower, Transfer& transfer) : core_(core), follower_(follower), transfer_(transfer) {}

  void on_missing(const wire::Member& from, const wire::Missing& missing);
  void on_fetch(const wire::Member& from, const wire::Fetch& fetch);

  /// Notices what is missing and asks for what has been missing long enough.
  void on_time();
  TimePoint deadline() const { return ask_at_; }

 private:
  struct Gap {
    BatchNumber upto;
    TimePoint ask_at;
    Duration backoff;
    int asked = 0;
  };
  void notice(Uid publisher, Incarnation incarnation, BatchNumber upto);
  void notice_all();
  Uid whom_to_ask(Uid publisher, Incarnation incarnation, int asked);

  Core& core_;
  Follower& follower_;
  Transfer& transfer_;
  std::map<Streams::Key, Gap> gaps_;
  TimePoint ask_at_ = kNever;
};

}  // namespace gavel::order
