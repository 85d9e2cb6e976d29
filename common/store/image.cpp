#include "common/store/image.hpp"

#include <algorithm>

#include "common/base/check.hpp"

namespace gavel::store {
namespace {

void append(Recovered& group, const Operation& op) {
  GAVEL_CHECK(!op.bytes.empty(), "store: a record has bytes");
  GAVEL_CHECK(op.slot == group.last().next(), "store: a record is appended right after the last one");
  group.records.emplace_back(op.slot, op.bytes);
}

void cut_tail(Image& image, const Operation& op) {
  const auto at = image.find(op.group);
  if (at == image.end()) return;
  auto& group = at->second;
  GAVEL_CHECK(op.slot >= group.snapshot_slot, "store: a snapshot is never cut");
  while (!group.records.empty() && group.records.back().first > op.slot) group.records.pop_back();
  if (group.meta.empty() && group.snapshot.empty() && group.records.empty()) image.erase(at);
}

void snapshot(Recovered& group, const Operation& op) {
  GAVEL_CHECK(!op.bytes.empty(), "store: a snapshot has bytes");
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
      GAVEL_CHECK(!op.bytes.empty(), "store: a meta record is not empty");
      image[op.group].meta = *op.bytes.joined();
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
  return a.meta == b.meta && a.snapshot_slot == b.snapshot_slot && a.snapshot == b.snapshot && a.records == b.records;
}

bool same(const Image& a, const Image& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first && same(x.second, y.second); });
}

}  // namespace gavel::store
