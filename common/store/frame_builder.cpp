#include "common/store/frame_builder.hpp"

#include <algorithm>

namespace gavel::store {
namespace {
constexpr std::array<char, kBlock> kZeros{};
}

void FrameBuilder::begin(const FrameHeader& header, const std::optional<SegmentHeader>& segment) {
  header_ = header;
  header_.body = 0;
  header_.digest = 0;
  record_headers_.clear();
  parts_.clear();
  if (segment) {
    const auto bytes = encode(*segment);
    std::copy(bytes.begin(), bytes.end(), segment_block_.begin());
    part(segment_block_.data(), segment_block_.size());
  }
  part(frame_bytes_.data(), frame_bytes_.size());
}

RecordHeader FrameBuilder::add(RecordHeader record, const Rope& bytes, std::uint64_t& at) {
  record.length = static_cast<std::uint32_t>(bytes.size());
  const auto& header = record_headers_.emplace_back(encode(record, bytes));
  part(header.data(), header.size());
  for (const auto& piece : bytes.pieces()) part(piece->data(), piece->size());
  at = kHeaderBytes + header_.body;
  header_.body += header.size() + bytes.size();
  header_.digest = fold_digest(header_.digest, record.checksum);
  return record;
}

std::span<iovec> FrameBuilder::finish() {
  frame_bytes_ = encode(header_);
  const auto length = kHeaderBytes + header_.body;
  part(kZeros.data(), static_cast<std::size_t>(round_up_to_block(length) - length));
  return parts_;
}

void FrameBuilder::part(const char* bytes, std::size_t size) {
  if (size != 0) parts_.push_back({const_cast<char*>(bytes), size});
}

}  // namespace gavel::store
