// Puts a frame together for one vectored write: the headers are made here, the records' bytes are only pointed at.
// Used anew for each round; keeps its memory.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "common/store/record.hpp"

namespace gavel::store {

class FrameBuilder {
 public:
  /// A frame of `header` (its body and digest are filled in by finish()), behind a segment header if it is the first.
  void begin(const FrameHeader& header, const std::optional<SegmentHeader>& segment);
  /// Adds a record; the pieces of `bytes` must live until the frame was written. Returns its header as written, and
  /// `at` its offset from the frame's beginning.
  RecordHeader add(RecordHeader record, const Rope& bytes, std::uint64_t& at);
  /// The parts to write, padded to whole blocks; from the segment's beginning if begin() was given its header. Valid
  /// until the next begin().
  std::span<iovec> finish();

  std::uint64_t body_bytes() const { return header_.body; }

 private:
  void part(const char* bytes, std::size_t size);

  FrameHeader header_;
  std::array<char, kBlock> segment_block_{};
  Header frame_bytes_{};
  std::deque<std::array<char, kRecordHeaderBytes>> record_headers_;  // a deque: their addresses stay
  std::vector<iovec> parts_;
};

}  // namespace gavel::store
