#include "common/order/sessions.hpp"

#include <algorithm>

#include "common/order/mistakes.hpp"

namespace gavel::order {

SessionId Sessions::id_at(Slot slot, std::size_t index_in_entry) {
  // Requests of one entry are fewer than 2^20: batches_per_entry times kMaxBatchRequests.
  return SessionId{(slot.value << 20U) | (index_in_entry + 1)};
}

void Sessions::open(SessionId id, WallTime now) {
  if (sessions_.size() >= options_.sessions) {
    sessions_.erase(order_.front().id);
    order_.pop_front();
  }
  order_.push_back({id, now, {}, {}});
  sessions_.emplace(id, std::prev(order_.end()));
}

Sessions::Found Sessions::find(SessionId id, RequestNumber number, WallTime now) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return {Standing::expired};
  auto& session = *found->second;
  session.used = now;
  order_.splice(order_.end(), order_, found->second);
  if (broken(Mistake::no_dedup)) return {Standing::fresh};
  const auto kept = std::find_if(session.replies.begin(), session.replies.end(),
                                 [number](const KeptReply& reply) { return reply.number == number; });
  if (kept != session.replies.end()) return {Standing::repeated, &*kept};
  if (number + options_.reply_window <= session.highest) return {Standing::stale};
  return {Standing::fresh};
}

void Sessions::keep(SessionId id, KeptReply reply) {
  auto& session = *sessions_.at(id);
  session.highest = std::max(session.highest, reply.number);
  session.replies.push_back(std::move(reply));
  std::erase_if(session.replies,
                [&](const KeptReply& kept) { return kept.number + options_.reply_window <= session.highest; });
}

void Sessions::expire(WallTime now) {
  while (!order_.empty() && order_.front().used + options_.session_ttl < now) {
    sessions_.erase(order_.front().id);
    order_.pop_front();
  }
}

SessionList Sessions::snapshot() const { return {{order_.begin(), order_.end()}}; }

void Sessions::restore(SessionList list) {
  order_.clear();
  sessions_.clear();
  for (auto& session : list.sessions) {
    order_.push_back(std::move(session));
    sessions_.emplace(order_.back().id, std::prev(order_.end()));
  }
}

}  // namespace gavel::order
