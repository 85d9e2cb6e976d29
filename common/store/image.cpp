#include "common/store/image.hpp"

#include <algorithm>

#include "common/base/check.hpp"

namespace gavel::store {
namespace {

bool same_bytes(const SharedBytes& a, const SharedBytes& b) { return a == b || (a && b && *a == *b); }

void append(Recovered& group, const Operation& op) {
  GAVEL_CHECK(op.bytes, "store: a record has bytes");
  GAVEL_CHECK(op.slot == group.last().next(), "store: a record is appended right after the last one");
  group.records.emplace_back(op.slot, op.bytes);
}

void cut_tail(Image& image, const Operation& op) {
  const auto at = image.find(op.group);
  if (at == image.end()) return;
  auto& group = at->second;
  GAVEL_CHECK(op.slot >= group.snapshot_slot, "store: a snapshot is never cut");
  while (!group.records.empty() && group.records.back().first > op.slot) group.records.pop_back();
  if (group.meta.empty() && !group.snapshot && group.records.empty()) image.erase(at);
}

void snapshot(Recovered& group, const Operation& op) {
  GAVEL_CHECK(op.bytes, "store: a snapshot has bytes");
  GAVEL_CHECK(op.slot >= group.snapshot_slot, "store: a snapshot never goes back");
  auto& records = group.records;
  const auto covered = [&](const auto& record) { return record.first <= op.slot; };
  if (!op.keep_tail) records.clear();
  records.erase(records.begin(), std::find_if_not(records.begin(), records.end(), covered));
  group.snapshot_slot = op.slot;
  group.snapshot = op.bytes;
}

}  // namespace

void apply_to(Image& image, const Operation& op) {
  using Kind = Operation::Kind;
  switch (op.kind) {
    case Kind::meta:
      GAVEL_CHECK(op.bytes && !op.bytes->empty(), "store: a meta record is not empty");
      image[op.group].meta = *op.bytes;
      return;
    case Kind::append:
      return append(image[op.group], op);
    case Kind::cut_tail:
      return cut_tail(image, op);
    case Kind::snapshot:
      return snapshot(image[op.group], op);
    case Kind::remove:
    case Kind::retire:
      image.erase(op.group);
      return;
  }
  GAVEL_CHECK(false, "store: an operation is of a known kind");
}

bool same(const Recovered& a, const Recovered& b) {
  const auto same_record = [](const auto& x, const auto& y) {
    return x.first == y.first && same_bytes(x.second, y.second);
  };
  return a.meta == b.meta && a.snapshot_slot == b.snapshot_slot && same_bytes(a.snapshot, b.snapshot) &&
         std::equal(a.records.begin(), a.records.end(), b.records.begin(), b.records.end(), same_record);
}

bool same(const Image& a, const Image& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first && same(x.second, y.second); });
}

}  // namespace gavel::store
