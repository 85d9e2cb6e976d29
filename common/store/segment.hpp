// One segment: a file of fixed size whose first block says which part of the log it holds, and then frames. Reading
// gives only what is whole: a frame whose header, place or any checksum does not hold is not there. What its absence
// means (torn, damaged, or simply the end) is for recovery.hpp to say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/store/file.hpp"
#include "common/store/index.hpp"
#include "common/store/record.hpp"

namespace gavel::store {

struct Segment {
  File file;
  std::uint64_t capacity = 0;  ///< Bytes, a multiple of kBlock.
  SegmentHeader header;        ///< All zero: none that is valid.
};

/// A whole frame as it was read.
struct Frame {
  FrameHeader header;
  std::uint64_t offset = 0;
  Bytes body;

  /// Where the next frame may begin, in bytes.
  std::uint64_t end() const { return offset + round_up_to_block(kHeaderBytes + header.body); }
};

/// A record of a frame, as it lies in the segment.
struct PlacedRecord {
  RecordHeader header;
  BytesView bytes;  ///< Into the frame.
  Place place;
};

/// The frame that begins at `offset`; nothing if there is no whole one of this segment. An error: it cannot be read.
Result<std::optional<Frame>> read_frame(const Segment& segment, std::uint64_t offset);
std::vector<PlacedRecord> records_of(const Frame& frame);

/// The highest round for which `file` has a valid frame header of this store in a block from `offset` on; 0: none. The
/// frames themselves need not be whole: a header alone proves that a round was begun.
Result<std::uint64_t> highest_round(const File& file, std::uint64_t store, std::uint64_t offset, std::uint64_t end);

/// Opens every segment file in the directory, in the order of their names.
Result<std::vector<Segment>> open_segments(const std::string& directory, Faults* faults);
/// Makes a new file of `capacity` bytes of zeros, so that writing into it later changes no metadata; durable on return.
Result<Segment> create_segment(const std::string& directory, std::uint64_t capacity, Faults* faults);

}  // namespace gavel::store
