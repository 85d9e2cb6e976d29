#include "client/core/sessions.hpp"

namespace gavel::client {

SessionId Sessions::session(GroupId group) const {
  const auto at = states_.find(group);
  return at == states_.end() ? SessionId{} : at->second.session;
}

std::vector<Sessions::Open> Sessions::open() const {
  std::vector<Open> all;
  for (const auto& [group, state] : states_)
    if (state.session) all.push_back({group, state.session, state.last});
  return all;
}

CallId Sessions::opening(GroupId group) const {
  const auto at = states_.find(group);
  return at == states_.end() ? CallId{} : at->second.opening;
}

void Sessions::open_with(GroupId group, CallId call) { states_[group].opening = call; }

void Sessions::opened(GroupId group, SessionId session) {
  State& state = states_[group];
  state = State{};
  state.session = session;
}

void Sessions::opening_failed(GroupId group) { states_[group].opening = {}; }

void Sessions::expired(GroupId group, SessionId session) {
  State& state = states_[group];
  if (state.session == session) state = State{};
}

std::optional<Sessions::Ticket> Sessions::draw(GroupId group) {
  State& state = states_[group];
  if (!state.session) return {};
  if (state.settled.size() >= window_) return {};
  state.settled.push_back(false);
  return Ticket{state.session, ++state.last};
}

void Sessions::settled(GroupId group, Ticket ticket) {
  const auto at = states_.find(group);
  if (at == states_.end() || at->second.session != ticket.session) return;
  auto& settled = at->second.settled;
  const auto behind_last = at->second.last.since(ticket.number);
  if (behind_last >= settled.size()) return;
  settled[settled.size() - 1 - behind_last] = true;
  while (!settled.empty() && settled.front()) settled.pop_front();
}

}  // namespace gavel::client
