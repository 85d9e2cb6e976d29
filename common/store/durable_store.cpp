#include "common/store/durable_store.hpp"

#include <sys/random.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/check.hpp"
#include "common/store/archives.hpp"

namespace gavel::store {
namespace {

namespace fs = std::filesystem;

Result<std::uint64_t> random_number() {
  std::uint64_t number = 0;
  while (number == 0) {
    if (::getrandom(&number, sizeof number, 0) != sizeof number) return fail("the kernel gives no random numbers");
  }
  return number;
}

Result<void> make_directory(const std::string& directory) {
  if (fs::is_directory(directory)) return {};
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return fail(directory + ": cannot be made: " + error.message());
  return sync_directory(fs::absolute(directory).parent_path().string());
}

std::uint64_t size_of(const Operation& operation) { return kRecordHeaderBytes + operation.bytes.size(); }

RecordHeader header_of(const Operation& op) {
  RecordHeader header;
  header.group = op.group;
  header.slot = op.slot;
  header.kind = op.kind;
  header.keep_tail = op.keep_tail;
  return header;
}

}  // namespace

DurableStore::DurableStore(std::string directory, DurableOptions options)
    : directory_(std::move(directory)), options_(options) {
  GAVEL_CHECK(options_.segment_bytes % kBlock == 0 && options_.segment_bytes >= 2 * kBlock,
              "store: a segment is whole blocks");
}

Result<Image> DurableStore::recover() {
  GAVEL_CHECK(!mark_, "store: a store is recovered once");
  auto image = load();
  if (!image && !failure_) (void)stop(image.error(), Condition::failed);
  return image;
}

Result<Image> DurableStore::load() {
  if (auto made = make_directory(directory_); !made) return tl::unexpected(made.error());
  auto segments = open_segments(directory_, options_.faults);
  if (!segments) return tl::unexpected(segments.error());
  auto mark = open_mark(segments->empty());
  if (!mark) return tl::unexpected(mark.error());
  auto recovery = recover_log(directory_, mark->mark(), std::move(*segments));
  if (!recovery) return damaged(recovery.error().message);
  log_ = std::move(recovery->log);
  index_ = std::move(recovery->index);
  notes_ = std::move(recovery->notes);
  mark_ = std::move(*mark);
  if (log_.head() == 0) {
    if (auto ready = idle(); !ready) return tl::unexpected(ready.error());  // the first round finds a segment
  } else {
    if (auto marked = mark_->write(log_.head(), log_.end, log_.round); !marked) return tl::unexpected(marked.error());
    if (auto synced = mark_->sync(); !synced) return tl::unexpected(synced.error());
  }
  return std::move(recovery->image);
}

/// The mark of the store, or a new one if there never was a store here.
Result<MarkFile> DurableStore::open_mark(bool without_segments) {
  constexpr auto kMeaning = "; this node may have forgotten what it promised or acknowledged";
  auto mark = MarkFile::open(directory_, options_.faults);
  if (!mark) return tl::unexpected(mark.error());
  if (*mark && (*mark)->is_damaged())
    return damaged((*mark)->path() + ": damaged at offsets 0 and " + std::to_string(kBlock) + kMeaning);
  if (*mark) return std::move(**mark);
  if (!without_segments) return damaged(directory_ + ": the log's mark is gone" + kMeaning);
  if (options_.must_exist) return damaged(directory_ + ": the log is gone" + kMeaning);
  const auto store = random_number();
  if (!store) return tl::unexpected(store.error());
  return MarkFile::create(directory_, *store, options_.faults);
}

Result<void> DurableStore::write(std::span<const Operation> operations) {
  if (failure_) return tl::unexpected(*failure_);
  GAVEL_CHECK(mark_, "store: a store is recovered before it is written to");
  GAVEL_CHECK(!round_, "store: a round ends before the next is written");
  written_.insert(written_.end(), operations.begin(), operations.end());
  return {};
}

Result<void> DurableStore::sync() {
  if (failure_) return tl::unexpected(*failure_);
  if (written_.empty()) return {};
  auto done = write_round();
  if (!done && !failure_) return stop(done.error(), Condition::failed);
  return done;
}

std::optional<DirectWrite> DurableStore::begin_sync() {
  if (failure_ || written_.empty() || !one_write_will_do()) return {};
  const auto begun = begin_round();
  GAVEL_CHECK(begun, "store: a round that neither reads nor makes a file can be begun");
  return DirectWrite{head_file().direct_fd(), direct_.gather(round_->parts), round_offset()};
}

Result<void> DurableStore::end_sync() {
  GAVEL_CHECK(round_, "store: what ends was begun");
  auto done = end_round();
  if (!done && !failure_) return stop(done.error(), Condition::failed);
  return done;
}

/// Whether the next round neither reads, nor makes a file, nor is too large for a write past the cache.
bool DurableStore::one_write_will_do() const {
  const auto body = bytes_to_write();
  if (2 * kBlock + body > DirectBuffer::kBytes || carries(floor()) || retires()) return false;
  const bool room = head_has_room(body);
  if (!room && log_.spare.empty()) return false;
  const auto& segment = room ? log_.live.at(log_.head()) : log_.spare.front();
  return segment.file.direct_fd() >= 0 && (room || segment.capacity >= capacity_for(body));
}

bool DurableStore::retires() const {
  return std::any_of(written_.begin(), written_.end(),
                     [](const Operation& operation) { return operation.kind == Operation::Kind::retire; });
}

/// Makes archives of those that are to be retired; a group whose archive cannot be kept stays.
void DurableStore::retire_all() {
  std::vector<Operation> operations;
  operations.swap(written_);
  for (auto& operation : operations) {
    if (operation.kind != Operation::Kind::retire) {
      written_.push_back(std::move(operation));
      continue;
    }
    const auto kept = write_archive(archive_directory(directory_), operation.name, *operation.bytes.joined());
    if (kept)
      written_.push_back({Operation::Kind::remove, operation.group, {}, false, {}});
    else
      notes_.push_back("the log of " + operation.name +
                       " stays, because its archive cannot be kept: " + kept.error().message);
  }
}

std::uint64_t DurableStore::bytes_to_write() const {
  std::uint64_t bytes = 0;
  for (const auto& operation : written_) bytes += size_of(operation);
  return bytes;
}

/// That of the last durable state: what a round makes dead is needed until the round is durable.
std::uint64_t DurableStore::floor() const {
  return index_.oldest_segment().value_or(std::max<std::uint64_t>(log_.head(), 1));
}

Result<void> DurableStore::begin_round() {
  Round round;
  round.floor = floor();
  std::uint64_t body = bytes_to_write();
  auto carried = choose_carried(round.floor, body);
  if (!carried) return tl::unexpected(carried.error());
  round.carried = std::move(*carried);
  for (const auto& record : round.carried) body += kRecordHeaderBytes + record.bytes.size();

  const auto segment = make_room(body, round.floor);
  if (!segment) return tl::unexpected(segment.error());
  round.opens_segment = segment->has_value();
  frame_.begin({log_.head(), mark_->mark().store, log_.round + 1, round.floor, 0, 0}, *segment);
  for (const auto& operation : written_) {
    index_.require(operation);
    add(header_of(operation), operation.bytes);
  }
  for (const auto& record : round.carried) {
    if (index_.is_live(record.header, record.from)) add(record.header, record.bytes);
  }
  round.parts = frame_.finish();
  round_ = std::move(round);
  return {};
}

/// One write, one sync; of what was begun, if something was.
Result<void> DurableStore::write_round() {
  if (!round_) {
    if (retires()) retire_all();
    if (written_.empty()) return {};
    if (auto begun = begin_round(); !begun) return begun;
  }
  auto& file = log_.live.at(log_.head()).file;
  if (auto put = file.write(round_offset(), round_->parts); !put) return put;
  if (auto synced = file.sync(); !synced) return synced;
  return end_round();
}

/// The round is durable: the mark says so, and what it frees is free.
Result<void> DurableStore::end_round() {
  const Round round = *std::exchange(round_, std::nullopt);
  written_.clear();
  const auto bytes = round_up_to_block(kHeaderBytes + frame_.body_bytes());
  log_.end += bytes;
  written_bytes_ += bytes + (round.opens_segment ? kBlock : 0);
  ++log_.round;
  if (auto marked = mark_->write(log_.head(), log_.end, log_.round); !marked) return marked;
  recycle(round.floor);
  if (log_.spare.empty() && log_bytes() < options_.log_bytes) make_spare();  // the log still grows
  return {};
}

/// Whether the log is over its bound, and something older than the head can be carried to it.
bool DurableStore::carries(std::uint64_t floor) const {
  return floor < log_.head() && log_bytes() > std::max(options_.log_bytes, 3 * index_.live_bytes());
}

/// What lives in the next frames of the oldest segment, when the log is over its bound.
Result<std::vector<DurableStore::Carried>> DurableStore::choose_carried(std::uint64_t floor, std::uint64_t body) {
  std::vector<Carried> carried;
  if (!carries(floor)) return carried;
  if (carry_from_.segment != floor) carry_from_ = {floor, kBlock};
  const auto& segment = log_.live.at(floor);
  const auto budget = std::max(options_.carry_bytes, 2 * body);
  for (std::uint64_t bytes = 0; bytes < budget && index_.oldest_segment() == floor;) {
    const auto frame = read_frame(segment, carry_from_.offset);
    if (!frame) return tl::unexpected(frame.error());
    if (!*frame && carried.empty()) {
      return damaged(segment.file.path() + ": damaged at offset " + std::to_string(carry_from_.offset) +
                     ": live records of it cannot be read any more");
    }
    if (!*frame) break;
    for (const auto& record : records_of(**frame)) {
      if (!index_.is_live(record.header, record.place)) continue;
      carried.push_back({record.header, record.place, Rope(Bytes(record.bytes))});
      carried.back().header.carried = true;
      carried.back().header.keep_tail = true;  // what a snapshot cleared then is gone; what is there now came later
      bytes += kRecordHeaderBytes + record.bytes.size();
    }
    carry_from_.offset = (*frame)->end();
  }
  return carried;
}

bool DurableStore::head_has_room(std::uint64_t body) const {
  const auto head = log_.head();
  return head != 0 && log_.end + round_up_to_block(kHeaderBytes + body) <= log_.live.at(head).capacity;
}

/// Bytes of a segment that is to begin with a frame of `body` bytes.
std::uint64_t DurableStore::capacity_for(std::uint64_t body) const {
  return std::max(options_.segment_bytes, kBlock + round_up_to_block(kHeaderBytes + body));
}

/// Makes sure that the head can take a frame of `body` bytes. The header to write first, if that is a new segment.
Result<std::optional<SegmentHeader>> DurableStore::make_room(std::uint64_t body, std::uint64_t floor) {
  if (head_has_room(body)) return std::nullopt;
  const auto head = log_.head();
  auto segment = take_spare(capacity_for(body));
  if (!segment) return tl::unexpected(segment.error());
  segment->header = {head + 1, mark_->mark().store, head == 0 ? 0 : log_.end, log_.round + 1, floor};
  const auto header = segment->header;
  log_.live.emplace(head + 1, std::move(*segment));
  log_.end = kBlock;
  return header;
}

Result<Segment> DurableStore::take_spare(std::uint64_t capacity) {
  const auto fits = [&](const Segment& segment) { return segment.capacity >= capacity; };
  auto at = std::find_if(log_.spare.begin(), log_.spare.end(), fits);
  if (at == log_.spare.end()) {
    collect_spare();
    at = std::find_if(log_.spare.begin(), log_.spare.end(), fits);
  }
  if (at == log_.spare.end()) return create_segment(directory_, capacity, options_.faults);
  auto segment = std::move(*at);
  log_.spare.erase(at);
  return segment;
}

/// Begins to make a spare segment, in a thread of its own. If there is none to be had, or under test faults, it is made
/// when it is collected.
void DurableStore::make_spare() {
  if (making_.valid()) return;
  constexpr auto kIfPossible = std::launch::async | std::launch::deferred;
  making_ = std::async(options_.faults == nullptr ? kIfPossible : std::launch::deferred,
                       [this] { return create_segment(directory_, options_.segment_bytes, options_.faults); });
}

/// Waits for the spare segment that is being made.
void DurableStore::collect_spare() {
  if (!making_.valid()) return;
  auto spare = making_.get();
  if (spare)
    log_.spare.push_back(std::move(*spare));
  else  // no failure yet: perhaps there is room again when it is needed
    notes_.push_back("no spare segment could be made: " + spare.error().message);
}

void DurableStore::add(const RecordHeader& record, const Rope& bytes) {
  std::uint64_t at = 0;
  const auto header = frame_.add(record, bytes, at);
  index_.put(header, {log_.head(), log_.end + at}, nullptr);
}

/// A durable frame names this floor: nothing rests on the segments before it any more.
void DurableStore::recycle(std::uint64_t floor) {
  const auto needed = log_.live.lower_bound(floor);
  for (auto at = log_.live.begin(); at != needed; ++at) log_.spare.push_back(std::move(at->second));
  log_.live.erase(log_.live.begin(), needed);
}

Result<void> DurableStore::idle() {
  if (failure_) return tl::unexpected(*failure_);
  GAVEL_CHECK(mark_, "store: a store is recovered before it is idle");
  if (auto synced = mark_->sync(); !synced) return stop(synced.error(), Condition::failed);
  if (auto dropped = drop_surplus(); !dropped) return stop(dropped.error(), Condition::failed);
  if (log_.spare.empty()) make_spare();
  collect_spare();
  return {};
}

/// Files that are not of the common size, and more of them than the log may need again.
Result<void> DurableStore::drop_surplus() {
  std::uint64_t kept = 0;
  const auto stays = [&](const Segment& segment) {
    if (segment.capacity != options_.segment_bytes || kept >= options_.log_bytes) return false;
    kept += segment.capacity;
    return true;
  };
  const auto surplus = std::stable_partition(log_.spare.begin(), log_.spare.end(), stays);
  if (surplus == log_.spare.end()) return {};
  for (auto at = surplus; at != log_.spare.end(); ++at) {
    std::error_code error;
    fs::remove(at->file.path(), error);
    if (error) return fail(at->file.path() + ": cannot be removed: " + error.message());
  }
  log_.spare.erase(surplus, log_.spare.end());
  return sync_directory(directory_);
}

tl::unexpected<Error> DurableStore::damaged(std::string message) {
  (void)stop(Error{std::move(message)}, Condition::damaged);
  return tl::unexpected(*failure_);
}

Result<void> DurableStore::stop(Error error, Condition condition) {
  failure_ = std::move(error);
  condition_ = condition;
  return tl::unexpected(*failure_);
}

std::vector<std::string> DurableStore::take_notes() { return std::exchange(notes_, {}); }

std::uint64_t DurableStore::log_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [number, segment] : log_.live) bytes += segment.capacity;
  return bytes;
}

std::uint64_t DurableStore::spare_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& segment : log_.spare) bytes += segment.capacity;
  return bytes;
}

Result<std::string> set_aside(const std::string& directory) {
  std::string target;
  for (int n = 1; target.empty() || fs::exists(target); ++n) target = directory + ".damaged-" + std::to_string(n);
  std::error_code error;
  fs::rename(directory, target, error);
  if (error) return fail(directory + ": cannot be set aside as " + target + ": " + error.message());
  if (auto synced = sync_directory(fs::absolute(target).parent_path().string()); !synced)
    return tl::unexpected(synced.error());
  return target;
}

}  // namespace gavel::store
