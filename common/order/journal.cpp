#include "common/order/journal.hpp"

#include <algorithm>
#include <limits>

#include "common/order/mistakes.hpp"
#include "common/wire/codec.hpp"

namespace gavel::order {
namespace {

constexpr Slot kUnbounded{std::numeric_limits<std::uint64_t>::max()};

}  // namespace

void Journal::push(Pending pending, Rope bytes, bool keep_tail, std::vector<Persist>& out) {
  if (!keeps_ || failed_) return;
  bound_ = pending_.empty() ? bound(pending) : std::min(bound_, bound(pending));
  pending.ticket = issued_ = issued_.next();
  out.push_back({pending.ticket, pending.kind, pending.slot, std::move(bytes), keep_tail});
  pending_.push_back(std::move(pending));
}

void Journal::promise(const wire::Term& term, std::vector<Persist>& out) {
  if (!keeps_ || broken(Mistake::lose_promise)) {
    durable_promise_ = term;
    return;
  }
  ++promises_pending_;
  push({{}, PersistKind::promise, {}, false, term}, Rope(wire::encode(wire::PromiseRecord{term})), true, out);
}

void Journal::append(Slot slot, const wire::FullEntry& entry, std::vector<Persist>& out) {
  if (!keeps_ || failed_) return;
  push({{}, PersistKind::append, slot, false, {}}, Rope(wire::encode(entry)), true, out);
}

void Journal::cut(Slot last_kept, std::vector<Persist>& out) {
  push({{}, PersistKind::cut_tail, last_kept, false, {}}, {}, true, out);
}

void Journal::snapshot(Slot slot, Rope encoded, bool keep_tail, bool foreign, std::vector<Persist>& out) {
  push({{}, PersistKind::snapshot, slot, foreign, {}}, std::move(encoded), keep_tail, out);
}

void Journal::when_durable(std::function<void()> then) {
  if (failed_) return;
  if (pending_.empty() || broken(Mistake::promise_early))
    then();
  else
    waiting_.emplace_back(issued_, std::move(then));
}

std::vector<std::function<void()>> Journal::complete(Ticket upto) {
  std::vector<std::function<void()>> ready;
  if (failed_) return ready;
  while (!pending_.empty() && pending_.front().ticket <= upto) {
    if (pending_.front().kind == PersistKind::promise) {
      durable_promise_ = pending_.front().promise;
      --promises_pending_;
    }
    pending_.pop_front();
  }
  bound_ = kUnbounded;
  for (const auto& pending : pending_) bound_ = std::min(bound_, bound(pending));
  while (!waiting_.empty() && waiting_.front().first <= upto) {
    ready.push_back(std::move(waiting_.front().second));
    waiting_.pop_front();
  }
  return ready;
}

// Up to where the log may count as durable while this is on its way.
Slot Journal::bound(const Pending& pending) {
  switch (pending.kind) {
    case PersistKind::append:
      return pending.slot.prev();
    case PersistKind::cut_tail:
      return pending.slot;
    case PersistKind::snapshot:
      return pending.foreign ? Slot{} : kUnbounded;
    case PersistKind::promise:
      return kUnbounded;
  }
  return {};
}

}  // namespace gavel::order
