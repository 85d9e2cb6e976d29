#include "tools/sniffer/watch/holes.hpp"

#include <algorithm>

#include "common/base/print.hpp"
#include "tools/sniffer/message/shown.hpp"

namespace gavel::sniffer {
namespace {

constexpr Duration kOffers = std::chrono::milliseconds(1500);  ///< a batch in flight is offered again every second

bool contains(const std::vector<Uid>& uids, Uid uid) { return std::find(uids.begin(), uids.end(), uid) != uids.end(); }

}  // namespace

void HoleWatch::on_batch(const Seen& seen, const wire::Batch& batch) {
  if (seen.from != batch.ref.publisher || seen.incarnation != batch.ref.incarnation) return;
  auto it = streams_.find(batch.ref.publisher);
  if (it == streams_.end()) {
    if (streams_.size() >= kStreams) streams_.erase(streams_.begin());
    it = streams_.emplace(batch.ref.publisher, Stream{}).first;
  }
  auto& stream = it->second;
  if (batch.ref.incarnation < stream.incarnation) return;
  if (batch.ref.incarnation > stream.incarnation) {
    stream = {};
    stream.incarnation = batch.ref.incarnation;
    stream.first = batch.ref.number;
    stream.first_at = stream.since = seen.at;
  }
  if (batch.ref.number > stream.highest) {
    stream.highest = batch.ref.number;
    stream.highest_at = seen.at;
    stream.shown = seen.number;
  }
  stream.offered = batch.ref.number;
  stream.offered_at = seen.at;
}

void HoleWatch::on_beat(const Seen& seen, const wire::Beat& beat) {
  if (members_.size() >= kStreams && !members_.contains(seen.from)) members_.erase(members_.begin());
  auto& member = members_[seen.from];
  if (seen.incarnation < member.incarnation) return;
  auto pace = member.pace;
  pace.beat(seen.incarnation, seen.at);
  member = {seen.incarnation, seen.at, beat.hears, beat.held, pace};
}

void HoleWatch::missed(Uid node, WallTime now) {
  // What it ordered, published or said was not seen: nothing that is in question now can be decided.
  streams_.erase(node);
  start_anew(now);
}

void HoleWatch::start_anew(WallTime now) {
  for (auto& [publisher, stream] : streams_) stream.since = now;
}

// Whether something else than a broken protocol may keep this stream's next batch from being ordered.
bool HoleWatch::excused(const Stream& stream, Uid publisher, const LogWatch::Leading& leader, BatchNumber next,
                        WallTime now) const {
  const auto member = members_.find(publisher);
  if (member != members_.end() && member->second.incarnation > stream.incarnation) return true;  // another life
  if (member != members_.end() && member->second.incarnation == stream.incarnation) {
    if (!member->second.lives(now)) return true;
    const bool connected = publisher == leader.term.uid ||
                           (contains(leader.hears, publisher) && contains(member->second.hears, leader.term.uid));
    return !connected;
  }
  // An observer does not beat: it lives if it offers, and is heard if the leader has what it offers, or hears somebody
  // who has.
  if (now - stream.offered_at > kOffers) return true;
  return std::none_of(members_.begin(), members_.end(), [&](const auto& item) {
    const bool reaches = item.first == leader.term.uid || contains(leader.hears, item.first);
    return reaches && item.second.lives(now) &&
           std::any_of(item.second.held.begin(), item.second.held.end(), [&](const wire::StreamMark& mark) {
             return mark.publisher == publisher && mark.incarnation == stream.incarnation && mark.number >= next;
           });
  });
}

Duration HoleWatch::scaled(Duration patience, Uid member) const {
  const auto it = members_.find(member);
  return it == members_.end() ? patience : it->second.pace.scaled(patience);
}

void HoleWatch::count_unjudged(const LogWatch::Context& context, Stream& stream, WallTime now, Duration patience) {
  if (stream.settled >= stream.highest || now - std::max(stream.known_at, stream.highest_at) < patience) return;
  ++context.findings.not_checkable;
  stream.settled = stream.highest;
}

void HoleWatch::tick(const LogWatch::Context& context, const LogWatch& log, WallTime now, Duration patience) {
  const auto* reign = log.reign();
  const auto& leading = log.leading();
  const bool led = reign != nullptr && log.is_led(now);
  if (!led) {
    for (auto& [publisher, stream] : streams_) count_unjudged(context, stream, now, scaled(patience, publisher));
    term_ = {};
    return start_anew(now);
  }
  if (leading->term != term_) {
    term_ = leading->term;
    return start_anew(now);
  }
  for (auto& [publisher, stream] : streams_) {
    const auto waits_for = std::max(scaled(patience, publisher), scaled(patience, leading->term.uid));
    auto mark = reign->ordered(publisher, stream.incarnation);
    // A new life whose first batch was seen when the reign's orders had been seen for a while: nothing of it is
    // ordered.
    if (!mark && !reign->marks.contains(publisher) && stream.first == BatchNumber{1} &&
        stream.first_at - reign->contiguous_since > waits_for)
      mark = OrderedMark{stream.incarnation, {}, true, 0};
    if (!mark) {
      count_unjudged(context, stream, now, waits_for);
      stream.ordered = {};
      stream.since = now;
      continue;
    }
    stream.known_at = now;
    const bool waits = mark->incarnation == stream.incarnation && mark->number < stream.highest;
    if (!waits) stream.settled = stream.highest;
    if (!waits || mark->number != stream.ordered || excused(stream, publisher, *leading, mark->number.next(), now)) {
      stream.ordered = mark->number;
      stream.since = now;
      continue;
    }
    if (now - stream.since < waits_for) continue;
    const bool orders_others = reign->batches_at > stream.since && now - reign->batches_at < waits_for;
    if (!orders_others) continue;
    const auto& names = context.names;
    const wire::BatchRef next{publisher, stream.incarnation, mark->number.next()};
    context.findings.add(
        Rule::hole, context.group, "batch " + shown_batch(next, names) + "/" + print(next.incarnation),
        names.group(context.group) + ": batch " + shown_batch(next, names) + " is not ordered since " +
            std::to_string((now - stream.since).count() / 1000) + " ms, though the stream goes up to " +
            print(stream.highest) + " (" + message_words(stream.shown) + "), its publisher lives, and " +
            names.node(leading->term.uid) + ", leader of term " + shown_term(leading->term, names) + ", orders others");
    stream.since = now;
  }
}

}  // namespace gavel::sniffer
