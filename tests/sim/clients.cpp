#include "tests/sim/clients.hpp"

#include <algorithm>
#include <utility>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

Clients::Clients(const Plan& plan, Timeline& timeline, Random random, Checkers checkers, Statistics& statistics,
                 Send send)
    : plan_(plan),
      timeline_(timeline),
      random_(random),
      check_(checkers),
      statistics_(statistics),
      send_(std::move(send)),
      clients_(plan.clients) {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    auto& client = clients_[i];
    client.left = random_.between(plan.least_requests, plan.most_requests);
    client.late = plan.late_requests;
    client.slow = random_.chance(0.3);
    client.burst = plan.bursts;
    timeline_.after(random_.between(Duration(0), Duration(50ms)), [this, i] { tick(i); });
  }
}

void Clients::tick(std::size_t index) {
  timeline_.after(10ms, [this, index] { tick(index); });
  repeat(index);
  begin(index);
}

void Clients::repeat(std::size_t index) {
  std::vector<CallId> due;
  for (const auto& [id, call] : clients_[index].calls)
    if (call.again <= timeline_.now()) due.push_back(id);
  for (const auto id : due) {
    auto& call = clients_[index].calls.at(id);
    ++call.tries;
    ++statistics_.retries;
    call.again = timeline_.now() + 150ms + call.tries * Duration(20ms);
    send_(index, id, call.request);
  }
}

bool Clients::window_full(const Client& client) const {
  auto lowest = client.number.next();
  for (const auto& [id, call] : client.calls)
    if (call.request.kind == wire::RequestKind::command) lowest = std::min(lowest, call.request.number);
  return client.number.next().since(lowest) + 1 > plan_.options.reply_window;
}

void Clients::begin(std::size_t index) {
  auto& client = clients_[index];
  const bool more = client.left > 0 || (healed_ && client.late > 0);
  if (!more || timeline_.now() < client.next) return;
  if (!client.session) {
    if (client.calls.empty()) start(index, {wire::RequestKind::open, {}, {}, {}});
    return;
  }
  const int many = client.burst ? 16 : 1;
  for (int i = 0; i < many && client.left + (healed_ ? client.late : 0) > 0; ++i) {
    const bool read = client.burst ? i > 1 : random_.chance(0.15);
    if (!client.burst && client.calls.size() >= (client.slow ? 1U : 2U)) return;
    if (client.calls.size() >= 32 || (!read && window_full(client))) return;
    --(client.left > 0 ? client.left : client.late);
    if (read && !client.burst && random_.chance(0.3)) {
      start(index, {wire::RequestKind::mark, {}, {}, {}});
    } else if (read) {
      start(index, {wire::RequestKind::query, {}, {}, "total"});
    } else {
      client.number = client.number.next();
      start(index, {wire::RequestKind::command, client.session, client.number, "op " + std::to_string(++operations_)});
    }
  }
  client.next = timeline_.now() + random_.between(Duration(1ms), client.slow ? Duration(200ms) : Duration(40ms));
}

void Clients::start(std::size_t index, wire::Request request) {
  const auto id = next_call_++;
  const auto now = timeline_.now();
  clients_[index].calls.emplace(id, Call{request, now, now + 150ms, check_.linearizability.begin(), 0});
  send_(index, id, request);
}

void Clients::answered(std::size_t index, CallId id, const order::Answered& answer) {
  auto& client = clients_[index];
  const auto it = client.calls.find(id);
  if (it == client.calls.end()) return;  // an answer to a repeat came first
  auto& call = it->second;
  switch (answer.status) {
    case wire::AnswerStatus::busy:
      call.again = timeline_.now() + 30ms;
      return;
    case wire::AnswerStatus::lost:
      call.again = timeline_.now() + 2ms;
      return;
    case wire::AnswerStatus::expired:
      // Outcomes are unknown now: what was under way took effect at most once. Reads go on.
      std::erase_if(client.calls, [](const auto& c) { return c.second.request.kind == wire::RequestKind::command; });
      client.session = {};
      client.number = {};
      return;
    case wire::AnswerStatus::ok:
      if (call.request.kind == wire::RequestKind::open)
        opened(client, answer);
      else
        ended(call, answer);
      client.calls.erase(it);
      return;
    case wire::AnswerStatus::stale:
    case wire::AnswerStatus::unknown_group:
    case wire::AnswerStatus::malformed:
      throw Violation(Invariant::exactly_once, "a live request is refused with status " +
                                                   std::to_string(static_cast<int>(answer.status)) + ": '" +
                                                   call.request.body + "'");
  }
}

void Clients::opened(Client& client, const order::Answered& answer) {
  if (!answer.session) throw Violation(Invariant::contract, "a session was opened and has no id");
  client.session = answer.session;
  client.number = {};
}

void Clients::ended(const Call& call, const order::Answered& answer) {
  ++statistics_.acknowledged;
  if (call.request.kind == wire::RequestKind::mark) return check_.durability.acknowledged(answer.slot);
  const auto value = std::stoll(answer.body.empty() ? "-1" : answer.body);
  if (call.request.kind == wire::RequestKind::query) {
    check_.linearizability.read_ends(call.begun_at, value, static_cast<std::int64_t>(check_.exactly_once.count()));
    return;
  }
  check_.exactly_once.acknowledged(call.request.body, answer.body);
  check_.linearizability.command_ends(call.request.body, call.begun_at, value);
  check_.durability.acknowledged(answer.slot);
}

void Clients::heal(bool quiet) {
  healed_ = true;
  for (auto& client : clients_) client.left = quiet ? 0 : std::min<std::int64_t>(client.left, 3);
}

bool Clients::done() const {
  return std::all_of(clients_.begin(), clients_.end(),
                     [](const Client& c) { return c.calls.empty() && c.left == 0 && c.late == 0; });
}

std::string Clients::pending() const {
  std::size_t calls = 0;
  std::int64_t left = 0;
  for (const auto& client : clients_) calls += client.calls.size(), left += client.left + client.late;
  return std::to_string(calls) + " requests unanswered, " + std::to_string(left) + " still to come";
}

}  // namespace gavel::sim
