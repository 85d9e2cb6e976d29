#include "common/store/segment.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

namespace gavel::store {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kPrefix = "segment-";

/// The number in a segment file's name; 0 if it is none.
std::uint64_t number_in(const std::string& name) {
  std::uint64_t number = 0;
  if (!name.starts_with(kPrefix)) return 0;
  const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : 0;
}

Result<std::vector<std::uint64_t>> list(const std::string& directory) {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  fs::directory_iterator at(directory, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    if (const auto number = number_in(at->path().filename().string())) numbers.push_back(number);
  }
  if (error) return fail(directory + ": cannot be listed: " + error.message());
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::string path_of(const std::string& directory, std::uint64_t number) {
  auto digits = std::to_string(number);
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  return directory + "/" + std::string(kPrefix) + digits;
}

Result<void> fill_with_zeros(File& file, std::uint64_t bytes) {
  const Bytes zeros(std::size_t{1} << 18U, '\0');
  for (std::uint64_t at = 0; at < bytes; at += zeros.size()) {
    const auto length = std::min<std::uint64_t>(zeros.size(), bytes - at);
    if (auto written = file.write(at, BytesView(zeros.data(), length)); !written) return written;
  }
  return file.sync();
}

Result<Segment> open_segment(const std::string& path, Faults* faults) {
  auto file = File::open(path, false, faults);
  if (!file) return tl::unexpected(file.error());
  // What an earlier life wrote and did not sync is made durable, and then read from the disk and not from the cache.
  if (auto synced = file->sync(); !synced) return tl::unexpected(synced.error());
  file->drop_cache();
  file->bypass_cache();
  const auto size = file->size();
  if (!size) return tl::unexpected(size.error());
  const auto header = file->read(0, kHeaderBytes);
  if (!header) return tl::unexpected(header.error());
  return Segment{std::move(*file), *size / kBlock * kBlock, parse_segment_header(*header).value_or(SegmentHeader{})};
}

/// The records' checksums and their digest hold, and they fill the body exactly.
bool is_whole(const FrameHeader& header, BytesView body) {
  std::uint64_t digest = 0;
  while (!body.empty()) {
    const auto record = parse_record(body);
    if (!record) return false;
    digest = fold_digest(digest, record->header.checksum);
    body.remove_prefix(kRecordHeaderBytes + record->bytes.size());
  }
  return digest == header.digest;
}

}  // namespace

Result<std::optional<Frame>> read_frame(const Segment& segment, std::uint64_t offset) {
  if (offset + kBlock > segment.capacity) return std::nullopt;
  const auto head = segment.file.read(offset, kHeaderBytes);
  if (!head) return tl::unexpected(head.error());
  const auto header = parse_frame_header(*head);
  if (!header || header->segment != segment.header.segment || header->store != segment.header.store)
    return std::nullopt;
  if (header->body > segment.capacity - offset - kHeaderBytes) return std::nullopt;
  auto body = segment.file.read(offset + kHeaderBytes, header->body);
  if (!body) return tl::unexpected(body.error());
  if (body->size() != header->body || !is_whole(*header, *body)) return std::nullopt;
  return Frame{*header, offset, std::move(*body)};
}

std::vector<PlacedRecord> records_of(const Frame& frame) {
  std::vector<PlacedRecord> records;
  BytesView rest = frame.body;
  auto offset = frame.offset + kHeaderBytes;
  while (const auto record = parse_record(rest)) {
    records.push_back({record->header, record->bytes, {frame.header.segment, offset}});
    const auto length = kRecordHeaderBytes + record->bytes.size();
    offset += length;
    rest.remove_prefix(length);
  }
  return records;
}

Result<std::uint64_t> highest_round(const File& file, std::uint64_t store, std::uint64_t offset, std::uint64_t end) {
  std::uint64_t highest = 0;
  for (; offset + kHeaderBytes <= end; offset += kBlock) {
    const auto bytes = file.read(offset, kHeaderBytes);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto header = parse_frame_header(*bytes);
    if (header && header->store == store) highest = std::max(highest, header->round);
  }
  return highest;
}

Result<std::vector<Segment>> open_segments(const std::string& directory, Faults* faults) {
  const auto numbers = list(directory);
  if (!numbers) return tl::unexpected(numbers.error());
  std::vector<Segment> segments;
  for (const auto number : *numbers) {
    auto segment = open_segment(path_of(directory, number), faults);
    if (!segment) return tl::unexpected(segment.error());
    segments.push_back(std::move(*segment));
  }
  return segments;
}

Result<Segment> create_segment(const std::string& directory, std::uint64_t capacity, Faults* faults) {
  const auto numbers = list(directory);
  if (!numbers) return tl::unexpected(numbers.error());
  const auto path = path_of(directory, numbers->empty() ? 1 : numbers->back() + 1);
  auto file = File::open(path, true, faults);
  if (!file) return tl::unexpected(file.error());
  // From the first piece on: a cache full of zeros, synced at once, would hold up every other sync.
  file->bypass_cache();
  auto made = fill_with_zeros(*file, capacity);
  if (made) made = sync_directory(directory);
  if (!made) {
    std::error_code ignored;
    fs::remove(path, ignored);  // the space that it took is better free
    return tl::unexpected(made.error());
  }
  return Segment{std::move(*file), capacity, {}};
}

}  // namespace gavel::store
