// The bytes on disk: segment headers, frames, records and marks, and their checksums (README.md has the picture). Every
// number is little-endian. Nothing here reads or writes a file, and nothing here trusts what it parses: a parse answers
// nothing unless the checksum holds and the fields make sense.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/store/log_store.hpp"

namespace gavel::store {

/// Segments grow, and frames begin, at multiples of this many bytes: the page that the kernel writes back. So a sync
/// never writes to a page that an earlier sync made durable, and a torn write cannot reach back into it.
inline constexpr std::uint64_t kBlock = 4096;
/// Segment header, frame header and mark each take this many bytes.
inline constexpr std::size_t kHeaderBytes = 64;
inline constexpr std::size_t kRecordHeaderBytes = 32;

using Header = std::array<char, kHeaderBytes>;

constexpr std::uint64_t round_up_to_block(std::uint64_t bytes) { return (bytes + kBlock - 1) / kBlock * kBlock; }

/// The first block of a segment file.
///   0 magic  8 segment  16 store  24 previous end  32 first round  40 floor  48 zero  56 checksum of bytes 0..55
struct SegmentHeader {
  std::uint64_t segment = 0;       ///< 1, 2, 3, ...; a recycled file gets the next number.
  std::uint64_t store = 0;         ///< Random, the same in all files of a store.
  std::uint64_t previous_end = 0;  ///< Where the frames of the segment before end, in bytes; 0 in the first.
  std::uint64_t first_round = 0;   ///< The round of its first frame.
  std::uint64_t floor = 0;         ///< As in FrameHeader.

  bool operator==(const SegmentHeader&) const = default;
};

/// What one sync made durable. It is followed by its records, without gaps, and by zeros up to the next block.
///   0 magic  8 segment  16 store  24 round  32 floor  40 body  48 digest  56 checksum of bytes 0..55
struct FrameHeader {
  std::uint64_t segment = 0;
  std::uint64_t store = 0;
  std::uint64_t round =
      0;  ///< Counts the syncs of the store, without gaps. A valid round proves those before it durable.
  std::uint64_t floor = 0;   ///< The oldest segment that anything still rests on, before this frame.
  std::uint64_t body = 0;    ///< Bytes of the records.
  std::uint64_t digest = 0;  ///< Of the records' checksums in order.

  bool operator==(const FrameHeader&) const = default;
};

/// One operation. It is followed by its bytes.
///   0 group  8 slot  16 length  20 kind  21 flags (1 keep tail, 2 carried)  22 zero  24 checksum of bytes 0..23 and
///   bytes
struct RecordHeader {
  GroupId group;
  Slot slot;
  std::uint32_t length = 0;
  Operation::Kind kind = Operation::Kind::meta;
  bool keep_tail = true;
  bool carried = false;  ///< A copy of what is live, written so that its old segment can go.
  std::uint64_t checksum = 0;

  bool operator==(const RecordHeader&) const = default;
};

/// How far the log is known to be durable, kept apart from it.
///   0 magic  8 store  16 sequence  24 segment  32 end  40 round  48 zero  56 checksum of bytes 0..55
struct Mark {
  std::uint64_t store = 0;
  std::uint64_t sequence = 0;  ///< Of two marks the higher one counts.
  std::uint64_t segment = 0;   ///< 0: nothing was ever synced.
  std::uint64_t end = 0;       ///< The end of the last durable frame in that segment, in bytes.
  std::uint64_t round = 0;     ///< The round of that frame.

  bool operator==(const Mark&) const = default;
};

Header encode(const SegmentHeader& header);
Header encode(const FrameHeader& header);
Header encode(const Mark& mark);
/// `checksum` is computed, not taken; it is returned in the argument.
std::array<char, kRecordHeaderBytes> encode(RecordHeader& header, const Rope& bytes);

/// Nothing unless `bytes` begins with a valid one.
std::optional<SegmentHeader> parse_segment_header(BytesView bytes);
std::optional<FrameHeader> parse_frame_header(BytesView bytes);
std::optional<Mark> parse_mark(BytesView bytes);
/// The record that `bytes` begins with: its header and its bytes, if all of it is there and the checksum holds.
struct ParsedRecord {
  RecordHeader header;
  BytesView bytes;
};
std::optional<ParsedRecord> parse_record(BytesView bytes);

/// Folds one more record into a frame's digest; begin with 0.
std::uint64_t fold_digest(std::uint64_t digest, std::uint64_t record_checksum);

}  // namespace gavel::store
