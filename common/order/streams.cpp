#include "common/order/streams.hpp"

#include <algorithm>

#include "common/base/check.hpp"
#include "common/order/mistakes.hpp"

namespace gavel::order {
namespace {

BatchNumber ordered_in(const Streams::Marks& marks, Uid publisher, Incarnation incarnation) {
  const auto mark = marks.find(publisher);
  return mark != marks.end() && mark->second.incarnation == incarnation ? mark->second.number : BatchNumber{};
}

bool closed_in(const Streams::Marks& marks, Uid publisher, Incarnation incarnation) {
  const auto mark = marks.find(publisher);
  return mark != marks.end() && mark->second.incarnation > incarnation;
}

void complete_further(Streams::Stream& stream) {
  stream.complete = std::max(stream.complete, stream.ordered);
  while (stream.held.at(stream.complete.next())) ++stream.complete;
}

}  // namespace

bool Streams::hold(const wire::BatchRef& ref, SharedBytes payload, const Marks& last_ordered) {
  if (closed_in(last_ordered, ref.publisher, ref.incarnation)) return false;
  const auto mark = ordered_in(last_ordered, ref.publisher, ref.incarnation);
  auto& stream = streams_[{ref.publisher, ref.incarnation}];
  stream.ordered = mark;
  stream.complete = std::max(stream.complete, mark);
  if (ref.number <= mark || ref.number.since(mark) > window_) return false;
  if (!stream.held.put(ref.number, std::move(payload))) return false;
  complete_further(stream);
  keep_two_lives(ref.publisher);
  return true;
}

SharedBytes Streams::payload(const wire::BatchRef& ref) const {
  const auto stream = streams_.find({ref.publisher, ref.incarnation});
  return stream == streams_.end() ? nullptr : stream->second.held.at(ref.number);
}

void Streams::ordered(const wire::BatchRef& ref, const SharedBytes& payload) {
  auto& stream = streams_[{ref.publisher, ref.incarnation}];
  stream.ordered = std::max(stream.ordered, ref.number);
  trim(stream);
  if (is_kept(stream, ref.number)) stream.held.put(ref.number, payload);
  complete_further(stream);
  // What an earlier life of the publisher left is closed now.
  for (auto it = streams_.lower_bound({ref.publisher, Incarnation{}});
       it != streams_.end() && it->first.first == ref.publisher && it->first.second < ref.incarnation;)
    it = streams_.erase(it);
}

void Streams::settle(const Marks& last_ordered) {
  for (const auto& [publisher, mark] : last_ordered) streams_[{publisher, mark.incarnation}];
  for (auto it = streams_.begin(); it != streams_.end();) {
    const auto& [publisher, incarnation] = it->first;
    if (closed_in(last_ordered, publisher, incarnation)) {
      it = streams_.erase(it);
      continue;
    }
    auto& stream = it->second;
    stream.ordered = ordered_in(last_ordered, publisher, incarnation);
    stream.complete = stream.ordered;
    complete_further(stream);
    trim(stream);
    ++it;
  }
}

void Streams::forget(const Marks& last_ordered, const std::function<bool(Uid)>& gone) {
  std::erase_if(streams_, [&](const auto& item) {
    const auto& [publisher, incarnation] = item.first;
    if (!gone(publisher)) return false;
    return closed_in(last_ordered, publisher, incarnation) ||
           item.second.complete <= ordered_in(last_ordered, publisher, incarnation);
  });
}

bool Streams::is_kept(const Stream& stream, BatchNumber number) const {
  return number.since(stream.ordered) <= window_ && stream.ordered.since(number) < retained_;
}

void Streams::trim(Stream& stream) const {
  const BatchNumber last = stream.ordered + window_;  // a cut may have moved `ordered` back
  stream.complete = std::min(stream.complete, last);
  stream.held.keep({stream.ordered.since({retained_}) + 1}, last);
}

void Streams::keep_two_lives(Uid publisher) {
  auto oldest_unordered = streams_.end();
  std::size_t lives = 0;
  for (auto it = streams_.lower_bound({publisher, Incarnation{}}); it != streams_.end() && it->first.first == publisher;
       ++it) {
    ++lives;
    if (oldest_unordered == streams_.end() && !it->second.ordered) oldest_unordered = it;
  }
  if (lives > 2 && oldest_unordered != streams_.end()) streams_.erase(oldest_unordered);
}

BatchNumber Streams::complete(Uid publisher, Incarnation incarnation) const {
  const auto stream = streams_.find({publisher, incarnation});
  return stream == streams_.end() ? BatchNumber{} : stream->second.complete;
}

std::vector<wire::StreamMark> Streams::complete_marks() const {
  std::vector<wire::StreamMark> marks;
  marks.reserve(streams_.size());
  for (const auto& [key, stream] : streams_) marks.push_back({key.first, key.second, stream.complete});
  return marks;
}

std::vector<wire::BatchRef> Streams::next(const Marks& last_ordered, std::size_t most, std::size_t most_bytes) {
  // One queue a publisher: its open streams in the order of their incarnations, each from its first unordered batch on.
  struct Queue {
    Uid publisher;
    std::vector<wire::BatchRef> refs;
    std::size_t taken = 0;
  };
  std::vector<Queue> queues;
  for (const auto& [key, stream] : streams_) {
    const auto& [publisher, incarnation] = key;
    if (closed_in(last_ordered, publisher, incarnation)) continue;
    auto from = ordered_in(last_ordered, publisher, incarnation);
    if (broken(Mistake::order_twice) && payload({publisher, incarnation, from})) from = from.prev();
    auto upto = std::min(stream.complete, from + most);
    if (upto <= from) continue;
    if (queues.empty() || queues.back().publisher != publisher) queues.push_back({publisher, {}, 0});
    for (auto number = from.next(); number <= upto; ++number)
      queues.back().refs.push_back({publisher, incarnation, number});
  }
  if (queues.empty()) return {};

  const auto after = std::upper_bound(queues.begin(), queues.end(), turn_,
                                      [](Uid turn, const Queue& queue) { return turn < queue.publisher; });
  std::rotate(queues.begin(), after, queues.end());
  turn_ = queues.front().publisher;

  std::vector<wire::BatchRef> chosen;
  std::size_t bytes = 0;
  for (bool more = true; more;) {
    more = false;
    for (auto& queue : queues) {
      if (queue.taken == queue.refs.size()) continue;
      if (chosen.size() == most || bytes >= most_bytes) return chosen;
      chosen.push_back(queue.refs[queue.taken++]);
      const auto held = payload(chosen.back());
      GAVEL_CHECK(held, "I5: a batch is held until it is ordered");
      bytes += held->size();
      more = true;
    }
  }
  return chosen;
}

Streams::Orderable Streams::orderable(const Marks& last_ordered) const {
  Orderable all;
  for (const auto& [key, stream] : streams_) {
    if (closed_in(last_ordered, key.first, key.second)) continue;
    const auto from = ordered_in(last_ordered, key.first, key.second);
    for (auto number = from; number < stream.complete;) {
      const auto& held = stream.held.at(++number);
      GAVEL_CHECK(held, "I5: a batch is held until it is ordered");
      ++all.batches;
      all.bytes += held->size();
    }
  }
  return all;
}

std::size_t Streams::fullest() const {
  std::size_t most = 0;
  for (const auto& item : streams_) most = std::max(most, item.second.held.size());
  return most;
}

}  // namespace gavel::order
