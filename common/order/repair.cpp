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
  const auto count = std::min(missing.to.since(missing.from.prev()), kBatchesAtOnce);
  for (std::uint64_t i = 0; i < count && bytes < wire::kMaxEntriesBytes; ++i) {
    const wire::BatchRef ref{missing.publisher, missing.incarnation, missing.from + i};
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
  // (An answer carries about as much as one entry may: never more than a frame takes.)
  const auto most = std::min(wire::kMaxEntriesBytes, core_.options.bytes_per_entry);
  for (auto slot = previous.next(); slot <= upto && bytes < most; ++slot) {
    entries.entries.push_back(core_.log.at(slot));
    bytes += weight(core_.log.at(slot));
  }
  core_.send(from.uid, std::move(entries));
}

// ---- asking -----------------------------------------------------------------------------------------------------

bool Repair::closed(const Streams::Key& stream) const {
  const auto mark = core_.last_ordered().find(stream.first);
  return mark != core_.last_ordered().end() && mark->second.incarnation > stream.second;
}

BatchNumber Repair::ordered(const Streams::Key& stream) const {
  const auto mark = core_.last_ordered().find(stream.first);
  const bool known = mark != core_.last_ordered().end() && mark->second.incarnation == stream.second;
  return known ? mark->second.number : BatchNumber{};
}

BatchNumber Repair::complete(const Streams::Key& stream) const {
  return std::max(core_.streams.complete(stream.first, stream.second), ordered(stream));
}

void Repair::forget(const std::function<bool(Uid)>& gone) {
  std::erase_if(gaps_, [&](const auto& item) { return gone(item.first.first); });
}

void Repair::notice(Uid publisher, Incarnation incarnation, BatchNumber upto) {
  const Streams::Key stream{publisher, incarnation};
  if (upto <= complete(stream) || closed(stream)) return;
  const auto fresh = Gap{{}, core_.now.at + core_.options.missing_wait, core_.options.fetch_interval, false};
  auto& gap = gaps_.emplace(stream, fresh).first->second;
  gap.upto = std::max(gap.upto, std::min(upto, ordered(stream) + core_.options.stream_window));
  ask_at_ = std::min(ask_at_, gap.ask_at);
}

// The publisher first, unless it is known to be dead; then anybody who says that it holds more, or must, as the leader
// that ordered it. If there is nobody, the batch is probably lost for good, as its requests are sent again elsewhere.
void Repair::ask(const Streams::Key& stream, Gap& gap) {
  const auto& [publisher, incarnation] = stream;
  const auto held_upto = complete(stream);
  holders_.clear();
  for (const auto& [uid, peer] : core_.peers.all()) {
    if (!core_.peers.hears(uid, core_.now.at)) continue;
    const auto holds = std::any_of(peer.beat.held.begin(), peer.beat.held.end(), [&](const wire::StreamMark& mark) {
      return mark.publisher == stream.first && mark.incarnation == stream.second && mark.number > held_upto;
    });
    if (holds || uid == core_.leader_term.uid) holders_.push_back(uid);
  }
  auto whom = publisher;
  const bool dead =
      publisher == core_.self() || (core_.peers.find(publisher) && !core_.peers.hears(publisher, core_.now.at));
  if (!holders_.empty() && (gap.asked || dead))
    whom = holders_[static_cast<std::size_t>(
        core_.random.between(std::int64_t{0}, static_cast<std::int64_t>(holders_.size()) - 1))];
  if (whom != core_.self()) core_.send(whom, wire::Missing{publisher, incarnation, held_upto.next(), gap.upto});
  gap.asked = true;
  gap.ask_at = core_.now.at + gap.backoff;
  gap.backoff =
      std::min<Duration>(gap.backoff * 2, holders_.empty() ? core_.options.backoff_limit : core_.options.suspicion);
}

void Repair::on_time() {
  ask_at_ = kNever;
  for (auto it = gaps_.begin(); it != gaps_.end();) {
    auto& [stream, gap] = *it;
    if (closed(stream) || gap.upto <= complete(stream)) {
      it = gaps_.erase(it);
      continue;
    }
    if (core_.now.at >= gap.ask_at) ask(stream, gap);
    ask_at_ = std::min(ask_at_, gap.ask_at);
    ++it;
  }
}

}  // namespace gavel::order
