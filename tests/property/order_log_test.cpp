// The log and the streams under random plays, against the plainest possible account of what they should say.
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "common/order/log.hpp"
#include "common/order/streams.hpp"
#include "tests/unit/order_values.hpp"

namespace gavel::order {
namespace {

struct Move {
  int kind;  // 0 to 5: append something, 6: cut, 7: compact
  std::uint64_t which;
};
std::ostream& operator<<(std::ostream& out, const Move& move) { return out << move.kind << ":" << move.which; }

rc::Gen<std::vector<Move>> moves() {
  return rc::gen::container<std::vector<Move>>(
      rc::gen::construct<Move>(rc::gen::inRange(0, 8), rc::gen::inRange<std::uint64_t>(0, 1000)));
}

bool same(const Derived& one, const Derived& other) {
  return one.config == other.config && one.view == other.view && one.last_ordered == other.last_ordered;
}

// Every entry that ever stood, by slot: what a log without snapshots would hold.
struct Plain {
  std::vector<wire::FullEntry> entries;

  Derived derived(std::size_t upto) const {
    Derived derived;
    derived.config = voters({1, 2, 3});
    for (std::size_t i = 0; i < upto; ++i) derived.follow(Slot{i + 1}, entries[i].entry);
    return derived;
  }
};

wire::FullEntry entry_for(const Move& move, Plain& plain) {
  const auto at = plain.entries.size() + 1;
  const auto now = plain.derived(plain.entries.size());
  const auto of = term(at, 1 + move.which % 3);
  if (move.kind == 0) return viewing(of);
  if (move.kind == 1) return configuring(of, voters({1, 1 + move.which % 5 + 1}));
  const Uid publisher{1 + move.which % 3};
  const auto mark = now.last_ordered.find(publisher);
  if (mark == now.last_ordered.end()) return ordering(of, {ref(publisher.value, 1, 1)});
  if (move.kind == 2) return ordering(of, {ref(publisher.value, mark->second.incarnation.value + 1, 1)});
  return ordering(of, {ref(publisher.value, mark->second.incarnation.value, mark->second.number.value + 1)});
}

TEST_CASE("P2, P5: whatever is appended, cut and compacted") {
  rc::prop("what follows from the log is what its entries say, from the beginning", [] {
    Plain plain;
    Log log(founding(voters({1, 2, 3})));
    for (const auto& move : *moves()) {
      if (move.kind < 6) {
        auto entry = entry_for(move, plain);
        plain.entries.push_back(entry);
        log.append(std::move(entry));
      } else if (move.kind == 6) {
        const auto kept = log.base() + move.which % (log.entries_since_snapshot() + 1);
        const auto gone = log.cut(kept);
        RC_ASSERT(gone.size() == plain.entries.size() - kept.value);
        plain.entries.resize(kept.value);
      } else if (log.entries_since_snapshot() > 0) {
        const auto slot = log.base() + 1 + move.which % log.entries_since_snapshot();
        const auto derived = log.derived_at(slot);
        wire::SnapshotRecord record;
        record.slot = slot;
        record.term = log.term_at(slot);
        record.config = derived.config;
        record.view = derived.view;
        for (const auto& mark : derived.last_ordered) record.last_ordered.push_back(mark.second);
        log.compact(record, share("encoded"), move.which % 4, 1U << 20U);
      }
      RC_ASSERT(log.last().value == plain.entries.size());
      RC_ASSERT(same(log.derived(), plain.derived(plain.entries.size())));
      for (auto slot = log.first(); slot <= log.last(); ++slot)
        RC_ASSERT(log.at(slot).entry == plain.entries[slot.value - 1].entry);
      if (log.first() > Slot{1})
        RC_ASSERT(log.term_at(log.first().prev()) == plain.entries[log.first().value - 2].entry.term);
    }
  });
}

TEST_CASE("P5, P10: in whatever order batches come, are ordered and cut") {
  rc::prop("each stream is ordered without a hole and without a repeat, within its bounds", [] {
    constexpr std::size_t kWindow = 8;
    constexpr std::size_t kRetained = 4;
    Streams streams(kWindow, kRetained);
    std::vector<Streams::Marks> history(1);  // after each entry
    for (const auto& move : *moves()) {
      const auto& marks = history.back();
      if (move.kind < 5) {
        const auto batch = ref(1 + move.which % 3, 1 + move.which / 3 % 2, 1 + move.which / 6 % 20);
        streams.hold(batch, share("x"), marks);
      } else if (move.kind < 7) {
        auto next = marks;
        for (const auto& batch : streams.next(marks, 1 + move.which % 5, 1U << 20U)) {
          const auto mark = next.find(batch.publisher);
          if (mark != next.end()) RC_ASSERT(mark->second.incarnation <= batch.incarnation);
          const bool continues = mark != next.end() && mark->second.incarnation == batch.incarnation;
          RC_ASSERT(batch.number.value == (continues ? mark->second.number.value + 1 : 1));
          auto payload = streams.payload(batch);
          RC_ASSERT(payload != nullptr);
          streams.ordered(batch, payload);
          next[batch.publisher] = {batch.publisher, batch.incarnation, batch.number};
        }
        history.push_back(next);
      } else {
        history.resize(history.size() - move.which % history.size());
        streams.settle(history.back());
      }
      RC_ASSERT(streams.fullest() <= kWindow + kRetained);
    }
  });
}

}  // namespace
}  // namespace gavel::order
