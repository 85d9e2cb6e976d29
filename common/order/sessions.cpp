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

const KeptReply* Sessions::kept(const Live& session, RequestNumber number) const {
  const auto index = number.value % options_.reply_window;
  const bool is_there = index < session.replies.size() && session.replies[index].number == number;
  return is_there ? &session.replies[index] : nullptr;
}

Sessions::Found Sessions::find(SessionId id, RequestNumber number, WallTime now) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return {Standing::expired};
  auto& session = *found->second;
  session.used = now;
  order_.splice(order_.end(), order_, found->second);
  if (broken(Mistake::no_dedup)) return {Standing::fresh, nullptr, &session};
  const bool below = !number || number + options_.reply_window <= session.highest;
  if (below) return {Standing::stale, nullptr, &session};
  const auto* reply = kept(session, number);
  return {reply != nullptr ? Standing::repeated : Standing::fresh, reply, &session};
}

void Sessions::keep(Live& session, RequestNumber number, Slot slot, BytesView body) {
  session.highest = std::max(session.highest, number);
  const auto index = number.value % options_.reply_window;
  if (index >= session.replies.size()) session.replies.resize(index + 1);
  auto& reply = session.replies[index];
  reply.number = number;
  reply.slot = slot;
  reply.body.assign(body);
}

void Sessions::expire(WallTime now) {
  while (!order_.empty() && order_.front().used + options_.session_ttl < now) {
    sessions_.erase(order_.front().id);
    order_.pop_front();
  }
}

SessionList Sessions::snapshot() const {
  SessionList list;
  list.sessions.reserve(order_.size());
  for (const auto& live : order_) {
    auto& session = list.sessions.emplace_back(Session{live.id, live.used, live.highest, {}});
    session.replies.reserve(live.replies.size());
    RequestNumber number{live.highest.value - std::min(live.highest.value, options_.reply_window)};
    while (number < live.highest)
      if (const auto* reply = kept(live, ++number)) session.replies.push_back(*reply);
  }
  return list;
}

void Sessions::restore(SessionList list) {
  order_.clear();
  sessions_.clear();
  for (auto& session : list.sessions) {
    order_.push_back({session.id, session.used, session.highest, {}});
    sessions_.emplace(session.id, std::prev(order_.end()));
    for (const auto& reply : session.replies) keep(order_.back(), reply.number, reply.slot, reply.body);
    order_.back().highest = session.highest;
  }
}

}  // namespace gavel::order
