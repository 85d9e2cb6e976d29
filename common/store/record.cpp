#include "common/store/record.hpp"

#include <bit>
#include <cstring>

#include "common/base/check.hpp"
#include "common/base/digest.hpp"

namespace gavel::store {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the format is little-endian and is written as it lies in memory");

constexpr std::uint64_t magic(const char (&text)[9]) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8U | static_cast<unsigned char>(text[i]);
  return value;
}
constexpr auto kSegmentMagic = magic("GAVLSEG1");
constexpr auto kFrameMagic = magic("GAVLFRM1");
constexpr auto kMarkMagic = magic("GAVLMRK1");
constexpr std::size_t kChecksumAt = 56;

/// Seven numbers and their checksum: all three headers have this shape.
using Fields = std::array<std::uint64_t, 7>;

template <class T>
T number_at(BytesView bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::uint64_t checksum_of(BytesView bytes) { return digest_of(bytes).value; }

Header encode_fields(const Fields& fields) {
  Header header;
  std::memcpy(header.data(), fields.data(), kChecksumAt);
  const auto checksum = checksum_of(BytesView(header.data(), kChecksumAt));
  std::memcpy(header.data() + kChecksumAt, &checksum, sizeof checksum);
  return header;
}

std::optional<Fields> parse_fields(BytesView bytes, std::uint64_t expected_magic) {
  if (bytes.size() < kHeaderBytes || number_at<std::uint64_t>(bytes, 0) != expected_magic) return {};
  if (number_at<std::uint64_t>(bytes, kChecksumAt) != checksum_of(bytes.substr(0, kChecksumAt))) return {};
  Fields fields;
  std::memcpy(fields.data(), bytes.data(), kChecksumAt);
  return fields;
}

constexpr std::uint8_t kKeepTail = 1;
constexpr std::uint8_t kCarried = 2;

/// Of what a record's checksum covers before its bytes.
Digest digest_of_header(BytesView header) { return digest_of(header.substr(0, 24)); }

}  // namespace

Header encode(const SegmentHeader& h) {
  return encode_fields({kSegmentMagic, h.segment, h.store, h.previous_end, h.first_round, h.floor, 0});
}

Header encode(const FrameHeader& h) {
  return encode_fields({kFrameMagic, h.segment, h.store, h.round, h.floor, h.body, h.digest});
}

Header encode(const Mark& m) { return encode_fields({kMarkMagic, m.store, m.sequence, m.segment, m.end, m.round, 0}); }

std::array<char, kRecordHeaderBytes> encode(RecordHeader& h, const Rope& bytes) {
  GAVEL_CHECK(h.length == bytes.size(), "store: a record's header tells the length of its bytes");
  std::array<char, kRecordHeaderBytes> out{};
  std::memcpy(out.data(), &h.group.value, 8);
  std::memcpy(out.data() + 8, &h.slot.value, 8);
  std::memcpy(out.data() + 16, &h.length, 4);
  out[20] = static_cast<char>(h.kind);
  out[21] = static_cast<char>((h.keep_tail ? kKeepTail : 0) | (h.carried ? kCarried : 0));
  h.checksum = digest_of_rope(digest_of_header({out.data(), out.size()}), bytes).value;
  std::memcpy(out.data() + 24, &h.checksum, 8);
  return out;
}

std::optional<SegmentHeader> parse_segment_header(BytesView bytes) {
  const auto f = parse_fields(bytes, kSegmentMagic);
  if (!f) return {};
  return SegmentHeader{(*f)[1], (*f)[2], (*f)[3], (*f)[4], (*f)[5]};
}

std::optional<FrameHeader> parse_frame_header(BytesView bytes) {
  const auto f = parse_fields(bytes, kFrameMagic);
  if (!f) return {};
  return FrameHeader{(*f)[1], (*f)[2], (*f)[3], (*f)[4], (*f)[5], (*f)[6]};
}

std::optional<Mark> parse_mark(BytesView bytes) {
  const auto f = parse_fields(bytes, kMarkMagic);
  if (!f) return {};
  return Mark{(*f)[1], (*f)[2], (*f)[3], (*f)[4], (*f)[5]};
}

std::optional<ParsedRecord> parse_record(BytesView bytes) {
  if (bytes.size() < kRecordHeaderBytes) return {};
  ParsedRecord record;
  auto& h = record.header;
  h.group.value = number_at<std::uint64_t>(bytes, 0);
  h.slot.value = number_at<std::uint64_t>(bytes, 8);
  h.length = number_at<std::uint32_t>(bytes, 16);
  const auto kind = number_at<std::uint8_t>(bytes, 20);
  const auto flags = number_at<std::uint8_t>(bytes, 21);
  h.checksum = number_at<std::uint64_t>(bytes, 24);
  if (h.length > bytes.size() - kRecordHeaderBytes) return {};
  record.bytes = bytes.substr(kRecordHeaderBytes, h.length);
  if (h.checksum != digest_of(digest_of_header(bytes), record.bytes).value) return {};
  if (kind < 1 || kind > 5 || flags > (kKeepTail | kCarried)) return {};
  h.kind = static_cast<Operation::Kind>(kind);
  h.keep_tail = (flags & kKeepTail) != 0;
  h.carried = (flags & kCarried) != 0;
  return record;
}

std::uint64_t fold_digest(std::uint64_t digest, std::uint64_t record_checksum) {
  return digest_of(Digest{digest}, BytesView(reinterpret_cast<const char*>(&record_checksum), sizeof record_checksum))
      .value;
}

}  // namespace gavel::store
