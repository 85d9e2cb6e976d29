#include "node/host/tally.hpp"

#include <algorithm>
#include <variant>

namespace gavel::host {
namespace {

/// How an encoded reply to a bid begins; the byte after it is the verdict (a small number is one byte in msgpack).
Bytes beginning_of_bid_reply() {
  auction::BidReply one;
  one.verdict = auction::Verdict::accepted;
  auction::BidReply other;
  other.verdict = auction::Verdict::too_low;
  const Bytes a = wire::encode_any(auction::Reply(one));
  const Bytes b = wire::encode_any(auction::Reply(other));
  return {a.begin(), std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first};
}

}  // namespace

void Tally::count(const order::Unicast& unicast) {
  if (std::holds_alternative<wire::Missing>(unicast.message)) ++missed_batches;
  if (std::holds_alternative<wire::Fetch>(unicast.message)) ++missed_entries;
  if (std::holds_alternative<wire::SnapshotFetch>(unicast.message)) ++missed_snapshots;
}

std::optional<auction::Verdict> verdict_in(BytesView reply) {
  static const Bytes kBeginning = beginning_of_bid_reply();
  if (!reply.starts_with(kBeginning) || reply.size() == kBeginning.size()) return {};
  const auto verdict = static_cast<auction::Verdict>(reply[kBeginning.size()]);
  if (!is_known(verdict)) return {};
  return verdict;
}

void CommitTimes::appended(TimePoint at, Slot before, Slot last) {
  if (before < last && waiting_.size() < kMost) waiting_.push_back({before, last, at});
}

void CommitTimes::committed(TimePoint at, Slot commit, Histogram& histogram) {
  for (; !waiting_.empty() && waiting_.front().before < commit; waiting_.pop_front()) {
    auto& first = waiting_.front();
    histogram.observe(at - first.at, std::min(first.last, commit).since(first.before));
    if (commit >= first.last) continue;
    first.before = commit;
    return;
  }
}

}  // namespace gavel::host
