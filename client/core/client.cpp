#include "client/core/client.hpp"

#include <algorithm>

#include "common/wire/limits.hpp"

namespace gavel::client {

Client::Client(Options options, Random random)
    : options_(std::move(options)),
      envelope_{options_.cluster, {}, Uid{options_.id.value}, {}},
      gateways_(options_.avoid, options_.avoid_max, options_.max_gateways, random),
      sessions_(options_.window) {
  for (const std::string& endpoint : options_.gateways) gateways_.add(endpoint, true);
}

// ---- what the user asks for -----------------------------------------------------------------------------------------

CallId Client::command(TimePoint now, GroupId group, Bytes body, Duration timeout) {
  return begin(now, wire::CallKind::command, group, std::move(body), timeout);
}
CallId Client::query(TimePoint now, GroupId group, Bytes body, Duration timeout) {
  return begin(now, wire::CallKind::query, group, std::move(body), timeout);
}
CallId Client::local(TimePoint now, GroupId group, Bytes body, Duration timeout) {
  return begin(now, wire::CallKind::local, group, std::move(body), timeout);
}
CallId Client::mark(TimePoint now, GroupId group, Duration timeout) {
  return begin(now, wire::CallKind::mark, group, {}, timeout);
}
CallId Client::status(TimePoint now, Duration timeout) { return operate(now, wire::StatusQuery{}, timeout); }
CallId Client::clients(TimePoint now, Duration timeout) { return operate(now, wire::ClientsQuery{}, timeout); }
CallId Client::transfer(TimePoint now, GroupId group, Uid to, Duration timeout) {
  return operate(now, wire::TransferLead{0, group, to}, timeout);
}
CallId Client::set_faults(TimePoint now, wire::SetFaults faults, Duration timeout) {
  return operate(now, std::move(faults), timeout);
}
CallId Client::backup(TimePoint now, GroupId group, std::uint64_t offset, Duration timeout) {
  return operate(now, wire::BackupQuery{0, group, offset}, timeout);
}

CallId Client::restore(TimePoint now, wire::RestorePiece piece, Duration timeout) {
  return operate(now, std::move(piece), timeout);
}

CallId Client::set_log_level(TimePoint now, const std::string& level, Duration timeout) {
  return operate(now, wire::SetLogLevel{0, level}, timeout);
}

CallId Client::begin(TimePoint now, wire::CallKind kind, GroupId group, Bytes body, Duration timeout) {
  Call call;
  call.kind = kind;
  call.group = group;
  call.body = std::move(body);
  call.deadline = now + timeout;
  return add(now, std::move(call));
}

CallId Client::operate(TimePoint now, wire::FromClient operation, Duration timeout) {
  Call call;
  call.kind = wire::CallKind::local;
  call.operation = std::move(operation);
  call.deadline = now + timeout;
  return add(now, std::move(call));
}

CallId Client::add(TimePoint now, Call call) {
  const bool too_large = call.body.size() > wire::kMaxRequestBytes;
  if (too_large || calls_.size() >= options_.max_calls) {
    call.id = calls_.draw_id();
    if (too_large)
      fail_with(call, OutcomeKind::too_large,
                "a request of " + std::to_string(call.body.size()) + " bytes: at most " +
                    std::to_string(wire::kMaxRequestBytes) + " are allowed");
    else
      fail_with(call, OutcomeKind::busy, std::to_string(options_.max_calls) + " calls of this client are open already");
    return call.id;
  }
  now_ = now;
  const CallId id = calls_.add(std::move(call)).id;
  connect_if_wanted(now);
  pump(now);
  return id;
}

void Client::cancel(TimePoint now, CallId id) {
  now_ = now;
  const Call* call = calls_.find(id);
  if (call != nullptr) fail_with(*call, OutcomeKind::cancelled, "cancelled");
  pump(now);
}

void Client::watch(TimePoint now, GroupId group, Slot slot, std::uint32_t index, Bytes topic) {
  watches_.add({group, std::move(topic)}, slot, index);
  tick(now);
}

void Client::unwatch(GroupId group, const Bytes& topic) {
  watches_.remove({group, topic});
  if (welcomed()) send(wire::Unwatch{group, topic});
}

void Client::close(TimePoint /*now*/) {
  if (link_ == Link::none) return;
  send_gathered();
  if (welcomed()) send(wire::Bye{});
  end_link();
  effects_.emplace_back(Disconnect{});
}

// ---- time -----------------------------------------------------------------------------------------------------------

void Client::tick(TimePoint now) {
  now_ = now;
  const bool lapse = calls_.next_lapse() <= now;
  if (lapse) expire_calls(now);
  check_link(now);
  if (lapse) calls_.find_next_lapse();
  connect_if_wanted(now);
  if (!welcomed()) return;
  watches_.refresh(now, options_.watch_refresh, [this](const wire::Watch& watch) { send(watch); });
  pump(now);
  ping_if_due(now);
}

TimePoint Client::next_deadline() const {
  TimePoint at = calls_.next_lapse();
  if (welcomed()) at = std::min(at, calls_.resend_at());
  if (!gathered_.calls.empty()) at = std::min(at, frame_left_ + options_.gather);
  if (link_ == Link::connecting) at = std::min(at, linked_since_ + options_.connect_timeout);
  if (link_ == Link::none && anything_wanted()) {
    at = std::min(at, sent_on_to_.empty() ? gateways_.next_choice() : kLongAgo);
    if (!options_.only_given) at = std::min(at, probed_ + options_.probe_interval);
  }
  if (welcomed()) {
    at = std::min({at, watches_.next_refresh(options_.watch_refresh), std::max(pinged_, heard_) + ping_interval()});
    if (unanswered_since_ != kNever) at = std::min(at, unanswered_since_ + options_.silence_timeout);
  }
  return at;
}

// ---- the link -------------------------------------------------------------------------------------------------------

void Client::connect_if_wanted(TimePoint now) {
  if (link_ != Link::none || !anything_wanted()) return;
  const auto endpoint = next_gateway(now);
  if (!endpoint) {
    if (options_.only_given || now - probed_ < options_.probe_interval) return;
    probed_ = now;
    effects_.emplace_back(Probe{wire::seal(envelope_, wire::Probe{})});
    return;
  }
  link_ = Link::connecting;
  endpoint_ = *endpoint;
  linked_since_ = now;
  effects_.emplace_back(Connect{endpoint_});
  note(NoteKind::connecting, endpoint_);
  send(wire::Hello{options_.id, options_.name, options_.stays, redirected_});
}

std::optional<std::string> Client::next_gateway(TimePoint now) {
  if (sent_on_to_.empty()) return gateways_.choose(now);
  std::string endpoint = std::move(sent_on_to_.front());
  sent_on_to_.erase(sent_on_to_.begin());
  return endpoint;
}

void Client::leave(TimePoint now, NoteKind why, const std::string& text) {
  note(why, text);
  end_link();
  connect_if_wanted(now);
  if (link_ == Link::none) effects_.emplace_back(Disconnect{});
}

void Client::end_link() {
  forget_gathered();
  link_ = Link::none;
  unanswered_since_ = kNever;
  calls_.send_all_again();
  watches_.forget_link();
}

void Client::on_gateway_lost(TimePoint now) {
  now_ = now;
  if (link_ == Link::none) return;
  gateways_.failed(endpoint_, now);
  leave(now, NoteKind::gateway_lost, endpoint_ + (link_ == Link::connecting ? " cannot be reached" : " is gone"));
}

void Client::check_link(TimePoint now) {
  if (link_ == Link::connecting && now - linked_since_ >= options_.connect_timeout) {
    gateways_.failed(endpoint_, now);
    leave(now, NoteKind::gateway_silent, endpoint_ + " does not answer");
  }
  if (!welcomed()) return;
  if (unanswered_since_ != kNever && now - unanswered_since_ >= options_.silence_timeout) {
    gateways_.failed(endpoint_, now);
    leave(now, NoteKind::gateway_silent, endpoint_ + " fell silent");
    return;
  }
  if (calls_.next_lapse() > now) return;
  bool slow = false;
  for (auto& [id, call] : calls_) {
    if (!call.in_flight || call.attempt_deadline > now) continue;
    calls_.send_again(call);
    call.not_before = now;
    // Its own state is all that a local read is about: another gateway's would be another answer.
    slow = slow || call.kind != wire::CallKind::local;
  }
  if (!slow || options_.only_given || !gateways_.has_other(endpoint_, now)) return;
  gateways_.failed(endpoint_, now);
  leave(now, NoteKind::gateway_slow, endpoint_ + " does not get it answered");
}

Duration Client::ping_interval() const {
  if (calls_.size() > 0) return options_.ping_busy;
  return watches_.size() > 0 ? options_.ping_watching : options_.ping_idle;
}

void Client::ping_if_due(TimePoint now) {
  if (!welcomed() || now - std::max(pinged_, heard_) < ping_interval()) return;
  pinged_ = now;
  if (unanswered_since_ == kNever) unanswered_since_ = now;
  send(wire::Ping{++ping_id_});
}

// ---- calls ----------------------------------------------------------------------------------------------------------

void Client::expire_calls(TimePoint now) {
  std::vector<CallId> due;
  for (const auto& [id, call] : calls_)
    if (call.deadline <= now) due.push_back(id);
  for (const CallId id : due) {
    const Call& call = *calls_.find(id);
    const Call* opening = calls_.find(sessions_.opening(call.group));
    const Call& last_word = call.sends == 0 && opening != nullptr ? *opening : call;
    if (call.once() && call.uncertain > 0)
      fail_with(call, OutcomeKind::unknown,
                "it was sent, and no answer came in time; it may or may not have been executed");
    else if (!welcomed() && !all_full_.empty())
      fail_with(call, OutcomeKind::busy, all_full_);
    else if (last_word.was_busy)
      fail_with(call, OutcomeKind::busy, "the cluster is busy: " + last_word.last_message);
    else if (last_word.sends == 0)
      fail_with(call, OutcomeKind::unreachable,
                gateways_.endpoints().empty()
                    ? "no node was found"
                    : "none of the " + std::to_string(gateways_.endpoints().size()) + " known nodes could be reached");
    else
      fail_with(call, OutcomeKind::no_answer,
                call.kind == wire::CallKind::local ? "the node did not answer in time"
                                                   : "no leader or no majority answered in time");
  }
}

void Client::pump(TimePoint now) {
  if (!welcomed()) return;
  // A session's opening is added at the end, and is reached by the same round.
  calls_.send([&](Call& call) {
    if (call.not_before > now) return false;
    if (call.once() && !call.number && !number(call)) return false;
    transmit(now, call);
    return true;
  });
}

/// False: it has to wait for a session, or for its window.
bool Client::number(Call& call) {
  const auto ticket = sessions_.draw(call.group);
  if (ticket) {
    call.session = ticket->session;
    call.number = ticket->number;
  } else if (!sessions_.session(call.group)) {
    ensure_session(call);
  }
  return ticket.has_value();
}

void Client::ensure_session(const Call& waiting) {
  if (Call* opening = calls_.find(sessions_.opening(waiting.group))) {
    opening->deadline = std::max(opening->deadline, waiting.deadline);
    return;
  }
  Call open;
  open.kind = wire::CallKind::open;
  open.is_own = true;
  open.group = waiting.group;
  open.deadline = waiting.deadline;
  sessions_.open_with(waiting.group, calls_.add(std::move(open)).id);
}

void Client::transmit(TimePoint now, Call& call) {
  Duration patience = options_.attempt_timeout;
  for (std::uint32_t i = 0; i < call.sends && patience < options_.attempt_timeout_max; ++i) patience += patience / 2;
  ++call.sends;
  ++call.uncertain;
  call.not_before = kLongAgo;
  call.attempt_deadline = now + std::min(patience, options_.attempt_timeout_max);
  if (call.operation)
    std::visit(
        [&](auto& operation) {
          if constexpr (requires { operation.id = call.wire_id(); }) operation.id = call.wire_id();
          send(operation);
        },
        *call.operation);
  else
    gather({call.wire_id(), call.group, call.kind, call.session, call.number, call.body});
}

void Client::gather(wire::Call call) {
  gathered_bytes_ += wire::gathered_bytes(call);
  gathered_.calls.push_back(std::move(call));
  if (gathered_bytes_ >= wire::kGatheredBytes || gathered_.calls.size() == wire::kMostGathered) send_gathered();
}

bool Client::may_send_gathered() const {
  return calls_.in_flight() <= gathered_.calls.size() || now_ >= frame_left_ + options_.gather;
}

void Client::send_gathered() {
  if (gathered_.calls.empty()) return;
  frame_left_ = now_;
  if (gathered_.calls.size() == 1)
    effects_.emplace_back(Send{wire::seal(envelope_, gathered_.calls.front())});
  else
    effects_.emplace_back(Send{wire::seal(envelope_, gathered_)});
  gathered_.calls.clear();
  gathered_bytes_ = 0;
}

/// The link is gone, and they never left.
void Client::forget_gathered() {
  for (const wire::Call& unsent : gathered_.calls) {
    Call* call = calls_.find_wire(unsent.id);
    if (call == nullptr || !call->is_latest(unsent.id)) continue;
    --call->sends;
    --call->uncertain;
  }
  gathered_.calls.clear();
  gathered_bytes_ = 0;
}

void Client::complete(CallId id, Outcome outcome) {
  const Call* call = calls_.find(id);
  if (call != nullptr) {
    if (call->number) sessions_.settled(call->group, {call->session, call->number});
    if (call->kind == wire::CallKind::open && sessions_.opening(call->group) == id)
      sessions_.opening_failed(call->group);
    const bool is_own = call->is_own;
    calls_.erase(id);
    if (is_own) return;
  }
  effects_.emplace_back(Completed{id, std::move(outcome)});
}

void Client::fail_with(const Call& call, OutcomeKind kind, std::string message) {
  Outcome outcome;
  outcome.kind = kind;
  outcome.session = call.session;
  outcome.number = call.number;
  outcome.sends = call.sends;
  outcome.gateway = gateway_uid_;
  outcome.gateway_name = gateway_name_;
  outcome.message = std::move(message);
  complete(call.id, std::move(outcome));
}

}  // namespace gavel::client
