// Snapshots on their way, in pieces, to a member that is too far behind (PROTOCOL.md §8). The receiver pulls piece
// after piece; the sender keeps the snapshot that it is serving even if it makes a newer one meanwhile.
#pragma once

#include <optional>

#include "common/order/core.hpp"

namespace gavel::order {

class Transfer {
 public:
  explicit Transfer(Core& core) : core_(core) {}

  // ---- sender
  /// Sends the first piece of the present snapshot.
  void offer(Uid to, bool recovery);
  void on_fetch(Uid from, const wire::SnapshotFetch& fetch);

  // ---- receiver
  struct Whole {
    wire::SnapshotRecord snapshot;
    Rope encoded;
  };
  /// Takes a piece and asks for the next; the snapshot when it was the last one. Whether it is wanted is the caller's
  /// check.
  std::optional<Whole> on_chunk(Uid from, const wire::SnapshotChunk& chunk);
  /// Whether a transfer from `from` made progress lately.
  bool receiving(Uid from) const;
  bool receiving() const { return arriving_ && receiving(arriving_->from); }
  void on_time();
  TimePoint deadline() const;

 private:
  void send_piece(Uid to, std::uint64_t offset, bool recovery);
  void ask_next();

  struct Serving {
    Slot slot;
    Digest digest;
    Rope bytes;
    TimePoint used;
  };
  struct Arriving {
    Uid from;
    wire::Term term;
    Slot slot;
    std::uint64_t size = 0;
    Digest digest;
    bool recovery = false;
    Bytes bytes;
    TimePoint progress;
    TimePoint ask_at = kNever;
  };

  Core& core_;
  std::optional<Serving> serving_;
  std::optional<Arriving> arriving_;
};

}  // namespace gavel::order
