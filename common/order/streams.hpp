// The batches that a member holds, by stream (PROTOCOL.md §3): what came, up to where a stream is complete, and what
// can be ordered next. A newer incarnation of a publisher closes the older stream once one of its batches is ordered
// (§6). Payloads of ordered batches stay a while, for members that miss them. Bounded per stream (invariant 10).
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/order/batch_window.hpp"
#include "common/wire/order_messages.hpp"

namespace gavel::order {

class Streams {
 public:
  /// `window`: batches held beyond the last ordered one; `retained`: ordered ones kept for repair.
  Streams(std::size_t window, std::size_t retained) : window_(window), retained_(retained) {}

  using Marks = std::map<Uid, wire::StreamMark>;

  /// Keeps a batch. False if it is known already, belongs to a closed stream, or lies beyond the window.
  bool hold(const wire::BatchRef& ref, SharedBytes payload, const Marks& last_ordered);
  /// Null if it is not held (any more).
  SharedBytes payload(const wire::BatchRef& ref) const;
  /// The log gained an entry that orders this batch.
  void ordered(const wire::BatchRef& ref, const SharedBytes& payload);
  /// The log's tail was cut, or a snapshot came: these are the marks now.
  void settle(const Marks& last_ordered);

  /// Drops the streams of publishers that are gone for good, with what was retained for repair: who lacks that still
  /// gets it with the entries. What waits to be ordered stays.
  void forget(const Marks& last_ordered, const std::function<bool(Uid)>& gone);

  /// Up to which number every batch of the stream is held or ordered.
  BatchNumber complete(Uid publisher, Incarnation incarnation) const;
  /// The same for every stream that is not closed.
  std::vector<wire::StreamMark> complete_marks() const;
  /// Which batches come next: number order within a stream, round-robin over the publishers starting after the one that
  /// was first last time, the older incarnation of a publisher before the newer. At most `most`, and none after the one
  /// with which their payloads reach `most_bytes`: an entry must fit a frame, or nobody could ever fetch it.
  std::vector<wire::BatchRef> next(const Marks& last_ordered, std::size_t most, std::size_t most_bytes);
  /// What could be ordered now.
  struct Orderable {
    std::size_t batches = 0;
    std::size_t bytes = 0;  ///< of their payloads
  };
  Orderable orderable(const Marks& last_ordered) const;

  struct Stream {
    BatchNumber ordered;  ///< the last in the log
    BatchNumber complete;
    BatchWindow held;
  };
  using Key = std::pair<Uid, Incarnation>;
  const std::map<Key, Stream>& all() const { return streams_; }
  /// The most places for batches that any stream has; at most window + retained.
  std::size_t fullest() const;

 private:
  /// Whether trim() would leave it.
  bool is_kept(const Stream& stream, BatchNumber number) const;
  void trim(Stream& stream) const;
  void keep_two_lives(Uid publisher);

  std::size_t window_;
  std::size_t retained_;
  std::map<Key, Stream> streams_;
  Uid turn_;  ///< the publisher that was served first in the last entry
};

}  // namespace gavel::order
