#include "common/order/repair.hpp"

#include <algorithm>

#include "common/order/mistakes.hpp"
#include "common/wire/limits.hpp"

namespace gavel::order {
namespace {

constexpr std::uint64_t kBatchesAtOnce = 16;

}  // namespace

// ---- serving ----------------------------------------------------------------------------------------------------

void Repair::on_missing(const wire::Member& from, const wire::Missing& missing) {
  wire::Repair repair;
  std::size_t bytes = 0;
  const auto upto = std::min(missing.to, missing.from + kBatchesAtOnce);
  for (auto number = missing.from; number <= upto && bytes < wire::kMaxEntriesBytes; ++number) {
    const wire::BatchRef ref{missing.publisher, missing.incarnation, number};
    auto payload = core_.streams.payload(ref);
    if (!payload) continue;
    bytes += payload->size();
    repair.batches.push_back({ref, std::move(payload)});
  }
  if (!repair.batches.empty()) core_.send(from.uid, std::move(repair));
}

void Repair::on_fetch(const wire::Member& from, const wire::Fetch& fetch) {
  if (core_.log.blank() || core_.observer()) return;
  if (fetch.term != core_.promised && !(fetch.recovery && broken(Mistake::stale_fetch))) return;
  const auto upto = fetch.recovery ? core_.log.last() : core_.match;
  const auto previous = std::min(fetch.from.prev(), upto);
  if (!fetch.from || previous.next() < core_.log.first()) return transfer_.offer(from.uid, fetch.recovery);

  wire::Entries entries;
  entries.term = fetch.term;
  entries.previous = previous;
  entries.previous_term = core_.log.term_at(previous);
  entries.commit = core_.commit;
  entries.recovery = fetch.recovery;
  std::size_t bytes = 0;
  for (auto slot = previous.next(); slot <= upto && bytes < wire::kMaxEntriesBytes; ++slot) {
    entries.entries.push_back(core_.log.at(slot));
    bytes += weight(core_.log.at(slot));
  }
  core_.send(from.uid, std::move(entries));
}

// ---- asking -----------------------------------------------------------------------------------------------------

void Repair::notice(Uid publisher, Incarnation incarnation, BatchNumber upto) {
  const auto mark = core_.last_ordered().find(publisher);
  if (mark != core_.last_ordered().end() && mark->second.incarnation > incarnation) return;
  if (upto <= core_.streams.complete(publisher, incarnation)) return;
  const auto fresh = Gap{upto, core_.now.at + core_.options.missing_wait, core_.options.fetch_interval, 0};
  auto& gap = gaps_.emplace(Streams::Key{publisher, incarnation}, fresh).first->second;
  gap.upto = std::max(gap.upto, upto);
}

void Repair::notice_all() {
  if (const auto awaited = follower_.awaited()) notice(awaited->publisher, awaited->incarnation, awaited->number);
  for (const auto& [key, stream] : core_.streams.all())
    if (const auto beyond = core_.streams.first_beyond_gap(key.first, key.second))
      notice(key.first, key.second, beyond->prev());
  for (const auto& [uid, peer] : core_.peers.all()) {
    if (!core_.peers.hears(uid, core_.now.at)) continue;
    for (const auto& mark : peer.beat.held) notice(mark.publisher, mark.incarnation, mark.number);
  }
}

Uid Repair::whom_to_ask(Uid publisher, Incarnation incarnation, int asked) {
  if (asked == 0 && publisher != core_.self()) return publisher;
  std::vector<Uid> holders;
  for (const auto& [uid, peer] : core_.peers.all()) {
    if (!core_.peers.hears(uid, core_.now.at)) continue;
    const auto holds = std::any_of(peer.beat.held.begin(), peer.beat.held.end(), [&](const wire::StreamMark& mark) {
      return mark.publisher == publisher && mark.incarnation == incarnation &&
             mark.number > core_.streams.complete(publisher, incarnation);
    });
    if (holds || uid == core_.leader_term.uid) holders.push_back(uid);
  }
  if (holders.empty()) return publisher;
  return holders[static_cast<std::size_t>(
      core_.random.between(std::int64_t{0}, static_cast<std::int64_t>(holders.size()) - 1))];
}

void Repair::on_time() {
  notice_all();
  ask_at_ = kNever;
  for (auto it = gaps_.begin(); it != gaps_.end();) {
    auto& [key, gap] = *it;
    const auto& [publisher, incarnation] = key;
    const auto complete = core_.streams.complete(publisher, incarnation);
    const auto mark = core_.last_ordered().find(publisher);
    const bool closed = mark != core_.last_ordered().end() && mark->second.incarnation > incarnation;
    if (closed || gap.upto <= complete || gap.asked > 64) {
      it = gaps_.erase(it);
      continue;
    }
    if (core_.now.at >= gap.ask_at) {
      const auto whom = whom_to_ask(publisher, incarnation, gap.asked++);
      if (whom != core_.self()) core_.send(whom, wire::Missing{publisher, incarnation, complete.next(), gap.upto});
      gap.ask_at = core_.now.at + gap.backoff;
      gap.backoff = std::min<Duration>(gap.backoff * 2, core_.options.suspicion);
    }
    ask_at_ = std::min(ask_at_, gap.ask_at);
    ++it;
  }
}

}  // namespace gavel::order
