#include "common/store/index.hpp"

#include <string>
#include <utility>

#include "common/base/check.hpp"

namespace gavel::store {

using Kind = Operation::Kind;

void Index::require(const Operation& op) const {
  const auto at = groups_.find(op.group);
  const auto last = at == groups_.end() ? Slot{} : at->second.last();
  const auto covered = at == groups_.end() ? Slot{} : at->second.snapshot_slot;
  switch (op.kind) {
    case Kind::meta:
      GAVEL_CHECK(!op.bytes.empty(), "store: a meta record is not empty");
      return;
    case Kind::append:
      GAVEL_CHECK(!op.bytes.empty(), "store: a record has bytes");
      GAVEL_CHECK(op.slot == last.next(), "store: a record is appended right after the last one");
      return;
    case Kind::cut_tail:
      GAVEL_CHECK(op.slot >= covered, "store: a snapshot is never cut");
      return;
    case Kind::snapshot:
      GAVEL_CHECK(!op.bytes.empty(), "store: a snapshot has bytes");
      GAVEL_CHECK(op.slot >= covered, "store: a snapshot never goes back");
      return;
    case Kind::remove:
      return;
    case Kind::retire:
      break;  // never comes as far as the log
  }
  GAVEL_CHECK(false, "store: an operation is of a known kind");
}

void Index::put(const RecordHeader& record, Place place, SharedBytes bytes) {
  auto& group = groups_[record.group];
  Item item{place, record.length, std::move(bytes)};
  switch (record.kind) {
    case Kind::meta:
      replace(group.meta, std::move(item));
      break;
    case Kind::append:
      append(group, record, std::move(item));
      break;
    case Kind::cut_tail:
      erase(group.records, group.records.upper_bound(record.slot), group.records.end());
      break;
    case Kind::snapshot:
      snapshot(group, record, std::move(item));
      break;
    case Kind::remove:
    case Kind::retire:
      remove(group);
      break;
  }
  if (group.empty()) groups_.erase(record.group);
}

void Index::append(Group& group, const RecordHeader& record, Item item) {
  count(item);
  if (group.records.empty() || group.last() < record.slot) {
    group.records.emplace_hint(group.records.end(), record.slot, std::move(item));
    return;
  }
  // Of an original and its carried copy the later one counts: the other's segment may go.
  const auto [at, fresh] = group.records.try_emplace(record.slot);
  if (!fresh) forget(at->second);
  at->second = std::move(item);
}

void Index::snapshot(Group& group, const RecordHeader& record, Item item) {
  auto& records = group.records;
  erase(records, records.begin(), record.keep_tail ? records.upper_bound(record.slot) : records.end());
  group.snapshot_slot = record.slot;
  replace(group.snapshot, std::move(item));
}

void Index::remove(Group& group) {
  erase(group.records, group.records.begin(), group.records.end());
  if (group.meta) forget(*group.meta);
  if (group.snapshot) forget(*group.snapshot);
  group = {};
}

bool Index::is_live(const RecordHeader& record, Place place) const {
  const auto at = groups_.find(record.group);
  if (at == groups_.end()) return false;
  const auto& group = at->second;
  if (record.kind == Kind::meta) return group.meta && group.meta->place == place;
  if (record.kind == Kind::snapshot) return group.snapshot && group.snapshot->place == place;
  if (record.kind != Kind::append) return false;
  const auto item = group.records.find(record.slot);
  return item != group.records.end() && item->second.place == place;
}

std::optional<std::uint64_t> Index::oldest_segment() const {
  if (live_in_segment_.empty()) return {};
  return live_in_segment_.begin()->first;
}

Result<Image> Index::take_image() {
  Image image;
  for (auto& [id, group] : groups_) {
    auto& out = image[id];
    if (group.meta) out.meta = *std::exchange(group.meta->bytes, nullptr);
    out.snapshot_slot = group.snapshot_slot;
    if (group.snapshot) out.snapshot = std::exchange(group.snapshot->bytes, nullptr);
    for (auto& [slot, item] : group.records) {
      if (slot != out.last().next()) {
        return fail("group " + std::to_string(id.value) + ": the record after slot " +
                    std::to_string(out.last().value) + " is missing; the next one there is at " +
                    std::to_string(slot.value));
      }
      out.records.emplace_back(slot, std::exchange(item.bytes, nullptr));
    }
  }
  return image;
}

void Index::count(const Item& item) {
  ++live_in_segment_[item.place.segment];
  live_bytes_ += kRecordHeaderBytes + item.length;
}

void Index::forget(const Item& item) {
  const auto at = live_in_segment_.find(item.place.segment);
  GAVEL_CHECK(at != live_in_segment_.end(), "store: a live record is counted in its segment");
  if (--at->second == 0) live_in_segment_.erase(at);
  live_bytes_ -= kRecordHeaderBytes + item.length;
}

void Index::replace(std::optional<Item>& old, Item item) {
  if (old) forget(*old);
  count(item);
  old = std::move(item);
}

void Index::erase(Records& records, Records::iterator from, Records::iterator to) {
  for (auto at = from; at != to; ++at) forget(at->second);
  records.erase(from, to);
}

}  // namespace gavel::store
