// Repair, both ways (PROTOCOL.md §3.2): asks for batches that this member misses, after a short wait and with back-off,
// first their publisher, then whoever holds them, and seldom when nobody seems to; and serves what others miss, batches
// and entries, from what it holds.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "common/order/core.hpp"
#include "common/order/transfer.hpp"

namespace gavel::order {

class Repair {
 public:
  Repair(Core& core, Transfer& transfer) : core_(core), transfer_(transfer) {}

  void on_missing(const wire::Member& from, const wire::Missing& missing);
  void on_fetch(const wire::Member& from, const wire::Fetch& fetch);

  /// Every batch of the stream up to `upto` exists: if one is missing here, it will be asked for.
  void notice(Uid publisher, Incarnation incarnation, BatchNumber upto);
  /// Looks no more for what such publishers' streams lack, until somebody speaks of it again.
  void forget(const std::function<bool(Uid)>& gone);
  /// Asks for what has been missing long enough.
  void on_time();
  TimePoint deadline() const { return ask_at_; }

 private:
  struct Gap {
    BatchNumber upto;
    TimePoint ask_at;
    Duration backoff;
    bool asked = false;
  };
  bool closed(const Streams::Key& stream) const;
  BatchNumber ordered(const Streams::Key& stream) const;
  /// Up to which number nothing is missing, though the stream may be forgotten here.
  BatchNumber complete(const Streams::Key& stream) const;
  void ask(const Streams::Key& stream, Gap& gap);

  Core& core_;
  Transfer& transfer_;
  std::map<Streams::Key, Gap> gaps_;
  TimePoint ask_at_ = kNever;
  std::vector<Uid> holders_;  // scratch
};

}  // namespace gavel::order
