// The log store on disk: one log for all groups of the node, in segment files that are recycled in place, and a mark of
// how far it is durable (README.md has the format and why). A round is everything written between two syncs: one frame,
// one vectored write, one fdatasync, whatever the number of groups. What is live in the oldest segment is carried
// forward when the log grows over its bound, so a group that never snapshots pins nothing (invariants 6 and 10).
#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/store/file.hpp"
#include "common/store/frame_builder.hpp"
#include "common/store/log_store.hpp"
#include "common/store/recovery.hpp"

namespace gavel::store {

struct DurableOptions {
  /// Bytes of a segment file, a multiple of kBlock. A round that is larger gets a segment of its own size.
  std::uint64_t segment_bytes = std::uint64_t{4} << 20U;
  /// Bytes of segments in use that the log may grow to before live records are carried forward. It grows beyond that
  /// only while what is live fills more than a third of it.
  std::uint64_t log_bytes = std::uint64_t{64} << 20U;
  /// Most bytes, about, that are carried forward in one round; never less than twice what the round itself writes.
  std::uint64_t carry_bytes = std::uint64_t{256} << 10U;
  /// There was a log: that nothing is found is damage, not a new store.
  bool must_exist = false;
  /// Failures on purpose, for tests; null in production. Must outlive the store.
  Faults* faults = nullptr;
};

class DurableStore final : public LogStore {
 public:
  /// `directory` is made if it is not there. Nothing is read before recover().
  explicit DurableStore(std::string directory, DurableOptions options = {});

  Result<Image> recover() override;
  Result<void> write(std::span<const Operation> operations) override;
  Result<void> sync() override;
  std::optional<DirectWrite> begin_sync() override;
  Result<void> end_sync() override;
  Result<void> idle() override;
  Condition condition() const override { return condition_; }
  std::uint64_t written_bytes() const override { return written_bytes_; }
  std::vector<std::string> take_notes() override;

  /// Bytes of the segments in use, and of those that are ready to be recycled.
  std::uint64_t log_bytes() const;
  std::uint64_t spare_bytes() const;

 private:
  /// A live record of the oldest segment, on its way to the head.
  struct Carried {
    RecordHeader header;
    Place from;
    Rope bytes;
  };
  /// What a sync makes durable: a frame that lies ready to be written to the head.
  struct Round {
    std::uint64_t floor = 0;
    bool opens_segment = false;  ///< its first block, too
    std::vector<Carried> carried;
    std::span<iovec> parts;
  };

  Result<MarkFile> open_mark(bool without_segments);
  Result<Image> load();
  bool retires() const;
  void retire_all();
  std::uint64_t bytes_to_write() const;
  std::uint64_t floor() const;
  bool one_write_will_do() const;
  Result<void> begin_round();
  Result<void> end_round();
  Result<void> write_round();
  const File& head_file() const { return log_.live.at(log_.head()).file; }
  std::uint64_t round_offset() const { return round_->opens_segment ? 0 : log_.end; }
  bool carries(std::uint64_t floor) const;
  Result<std::vector<Carried>> choose_carried(std::uint64_t floor, std::uint64_t body);
  bool head_has_room(std::uint64_t body) const;
  std::uint64_t capacity_for(std::uint64_t body) const;
  Result<std::optional<SegmentHeader>> make_room(std::uint64_t body, std::uint64_t floor);
  Result<Segment> take_spare(std::uint64_t capacity);
  void make_spare();
  void collect_spare();
  void add(const RecordHeader& record, const Rope& bytes);
  void recycle(std::uint64_t floor);
  Result<void> drop_surplus();
  tl::unexpected<Error> damaged(std::string message);
  Result<void> stop(Error error, Condition condition);

  const std::string directory_;
  const DurableOptions options_;
  Condition condition_ = Condition::healthy;
  std::optional<Error> failure_;
  std::vector<std::string> notes_;

  std::optional<MarkFile> mark_;
  Log log_;
  Index index_;
  std::vector<Operation> written_;
  std::uint64_t written_bytes_ = 0;
  FrameBuilder frame_;
  std::optional<Round> round_;  // begun, and not durable yet
  DirectBuffer direct_;
  Place carry_from_;                     // the next frame of the oldest segment to look at
  std::future<Result<Segment>> making_;  // the next spare, while others are written
};

/// Moves the log in `directory`, damaged files and all, to a new directory beside it, whose path it returns, so that it
/// can be examined while the node joins anew under another uid.
Result<std::string> set_aside(const std::string& directory);

}  // namespace gavel::store
