// What a client does with each message of its gateway.
#include <algorithm>

#include "client/core/client.hpp"

namespace gavel::client {

void Client::on_frame(TimePoint now, BytesView frame) {
  now_ = now;
  if (link_ == Link::none) return;
  const auto opened = wire::open(frame, options_.cluster);
  if (!opened) {
    const auto kind = opened.error().kind;
    if (link_ == Link::connecting && (kind == wire::RefusalKind::cluster || kind == wire::RefusalKind::version))
      on_refusal(now, opened.error().message);
    else
      ++malformed_frames_;
    return;
  }
  auto message = opened->body<wire::ToClient>();
  if (!message) {
    ++malformed_frames_;
    return;
  }
  heard_ = now;
  unanswered_since_ = kNever;
  std::visit([&](auto& m) { on(now, m); }, *message);
  pump(now);
}

void Client::on_datagram(TimePoint now, BytesView datagram) {
  if (options_.only_given) return;
  const auto opened = wire::open(datagram, options_.cluster);
  if (!opened) return;
  const auto message = opened->body<wire::Discovery>();
  const auto* beacon = message ? std::get_if<wire::Beacon>(&*message) : nullptr;
  if (beacon == nullptr || !beacon->member) return;
  gateways_.add(beacon->client, false);
  connect_if_wanted(now);
}

void Client::on(TimePoint now, const wire::Welcome& welcome) {
  if (link_ != Link::connecting) return;
  link_ = Link::welcomed;
  gateway_uid_ = welcome.node;
  gateway_name_ = welcome.name;
  gateways_.worked(endpoint_);
  sent_on_to_.clear();
  redirected_ = 0;
  all_full_.clear();
  if (!options_.only_given)
    for (const std::string& endpoint : welcome.gateways) gateways_.add(endpoint, false);
  note(NoteKind::welcomed, gateway_name_ + " at " + endpoint_);
  pinged_ = now;
  watches_.refresh(now, options_.watch_refresh, [this](const wire::Watch& watch) { send(watch); });
}

void Client::on(TimePoint now, const wire::Refused& refused) {
  if (!welcomed()) return on_refusal(now, refused.reason);
  // It took this client before, and has forgotten it: hello again, there or elsewhere.
  gateways_.failed(endpoint_, now);
  leave(now, NoteKind::refused, endpoint_ + ": " + refused.reason);
}

void Client::on(TimePoint now, const wire::Redirect& redirect) {
  constexpr std::size_t kMostNamed = 8;
  constexpr std::uint32_t kMostInARow = 8;
  send_gathered();
  if (welcomed()) send(wire::Bye{});
  const bool nowhere = redirect.gateways.empty() || options_.only_given || ++redirected_ > kMostInARow;
  if (nowhere) {
    // Another one at once, if one is known; this one again after a while, and to whom no other will do it says so.
    gateways_.full(endpoint_, now + std::clamp(redirect.retry_after, Duration(50ms), Duration(5s)));
    if (redirect.gateways.empty()) all_full_ = redirect.reason;
    redirected_ = options_.only_given ? redirected_ + 1 : 0;
    return leave(now, NoteKind::sent_on, endpoint_ + ": " + redirect.reason);
  }
  sent_on_to_.clear();
  for (const std::string& endpoint : redirect.gateways) {
    gateways_.add(endpoint, false);
    if (endpoint != endpoint_ && sent_on_to_.size() < kMostNamed) sent_on_to_.push_back(endpoint);
  }
  leave(now, NoteKind::sent_on, endpoint_ + ": " + redirect.reason);
}

void Client::on_refusal(TimePoint now, const std::string& reason) {
  gateways_.refused(endpoint_, now, reason);
  leave(now, NoteKind::refused, endpoint_ + ": " + reason);
  const auto all = gateways_.all_refused();
  if (!all) return;
  std::vector<CallId> certain;
  for (const auto& [id, call] : calls_)
    if (!call.once() || call.uncertain == 0) certain.push_back(id);
  for (const CallId id : certain) fail_with(*calls_.find(id), OutcomeKind::refused, *all);
}

void Client::on(TimePoint now, wire::Answer& answer) {
  Call* call = calls_.find_wire(answer.id);
  if (call == nullptr || call->operation) return;
  const bool latest = call->is_latest(answer.id) && call->in_flight;
  // What was decided is decided, whichever attempt it answers; anything else is about that attempt alone.
  if (answer.status == wire::AnswerStatus::ok) return on_ok(*call, answer);
  if (!latest) return;
  calls_.send_again(*call);
  call->was_busy = answer.status == wire::AnswerStatus::busy;
  call->last_message = answer.message;
  const auto again_after = [&](Duration pause) {
    call->not_before = now + std::clamp(pause, Duration(1ms), Duration(1s));
  };
  switch (answer.status) {
    case wire::AnswerStatus::ok:
      return;
    case wire::AnswerStatus::expired:
      --call->uncertain;
      return on_expired(*call);
    case wire::AnswerStatus::stale:
      return fail_with(*call, OutcomeKind::unknown, "it was answered before, and the answer is no longer kept");
    case wire::AnswerStatus::busy:
      --call->uncertain;
      return again_after(answer.retry_after);
    case wire::AnswerStatus::unknown_group:
      --call->uncertain;
      return on_unknown_group(now, *call);
    case wire::AnswerStatus::malformed:
      --call->uncertain;
      if (call->kind == wire::CallKind::open) fail_waiting(call->group, OutcomeKind::malformed, answer.message);
      return fail_with(*call, call->once() && call->uncertain > 0 ? OutcomeKind::unknown : OutcomeKind::malformed,
                       answer.message);
    case wire::AnswerStatus::lost:
      return again_after(options_.retry_pause);
  }
}

void Client::on_ok(const Call& call, wire::Answer& answer) {
  if (call.kind == wire::CallKind::open) {
    const GroupId group = call.group;
    complete(call.id, {});
    if (!sessions_.session(group)) sessions_.opened(group, answer.session);
    note(NoteKind::session,
         "session " + std::to_string(answer.session.value) + " in group " + std::to_string(group.value));
    return;
  }
  Outcome outcome;
  outcome.kind = OutcomeKind::ok;
  outcome.slot = answer.slot;
  outcome.body = std::move(answer.body);
  outcome.session = call.session;
  outcome.number = call.number;
  outcome.sends = call.sends;
  outcome.gateway = gateway_uid_;
  outcome.gateway_name = gateway_name_;
  complete(call.id, std::move(outcome));
}

void Client::on_expired(Call& call) {
  sessions_.expired(call.group, call.session);
  if (call.uncertain > 0)
    return fail_with(call, OutcomeKind::unknown,
                     "its session expired, and an earlier attempt may or may not have been executed");
  // It was certainly never executed: the next session gives it a new number.
  call.session = {};
  call.number = {};
}

void Client::on_unknown_group(TimePoint now, Call& call) {
  call.not_before = now + options_.retry_pause;
  if (call.unknown_since == kNever) call.unknown_since = now;
  if (now - call.unknown_since < options_.unknown_group_patience) return;
  const std::string message = "no node knows of group " + std::to_string(call.group.value);
  if (call.kind == wire::CallKind::open) fail_waiting(call.group, OutcomeKind::unknown_group, message);
  fail_with(call, call.once() && call.uncertain > 0 ? OutcomeKind::unknown : OutcomeKind::unknown_group, message);
}

void Client::fail_waiting(GroupId group, OutcomeKind kind, const std::string& message) {
  std::vector<CallId> waiting;
  for (const auto& [id, call] : calls_)
    if (call.group == group && call.once() && !call.number) waiting.push_back(id);
  for (const CallId id : waiting) fail_with(*calls_.find(id), kind, message);
}

void Client::on(TimePoint now, wire::Pushed& pushed) {
  if (!watches_.accept(now, pushed)) return;
  effects_.emplace_back(
      Event{pushed.group, pushed.slot, pushed.index, std::move(pushed.body), std::move(pushed.topic)});
}

void Client::on(TimePoint now, const wire::PushedGap& gap) {
  if (!watches_.accept(gap)) return;
  effects_.emplace_back(Resync{gap.group, gap.slot, gap.topic});
  watches_.refresh(now, options_.watch_refresh, [this](const wire::Watch& watch) { send(watch); });
}

void Client::on(TimePoint /*now*/, const wire::Pong& /*pong*/) {}

template <class... Operation, class Message>
void Client::on_operated(const Message& message) {
  const Call* call = calls_.find_wire(message.id);
  if (call == nullptr || !call->operation || !(std::holds_alternative<Operation>(*call->operation) || ...)) return;
  Outcome outcome;
  outcome.kind = OutcomeKind::ok;
  outcome.sends = call->sends;
  outcome.gateway = gateway_uid_;
  outcome.gateway_name = gateway_name_;
  outcome.body = wire::encode(message);
  complete(call->id, std::move(outcome));
}

}  // namespace gavel::client
