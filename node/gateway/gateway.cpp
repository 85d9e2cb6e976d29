#include "node/gateway/gateway.hpp"

#include <utility>
#include <variant>

#include "common/base/print.hpp"
#include "common/wire/envelope.hpp"
#include "common/wire/limits.hpp"
#include "node/host/node.hpp"

namespace gavel::gateway {
namespace {

/// How long a client is to wait for a node that is only just coming to know what it is asked about.
constexpr Duration kJoining = 50ms;

/// What is wrong with a call as such, whatever its group says of it; empty if nothing is.
std::string objection_to(const wire::Call& call) {
  if (call.body.size() > wire::kMaxRequestBytes)
    return "a request of " + std::to_string(call.body.size()) + " bytes: at most " +
           std::to_string(wire::kMaxRequestBytes) + " are taken";
  const bool named = call.session && call.number;
  if (call.kind == wire::CallKind::command && !named) return "a command needs a session and a number, both from 1 on";
  return {};
}

/// Nothing was done.
wire::Answer declined(const wire::Call& call, wire::AnswerStatus status, std::string why, Duration retry_after = {}) {
  wire::Answer answer;
  answer.id = call.id;
  answer.status = status;
  answer.retry_after = retry_after;
  answer.message = std::move(why);
  return answer;
}

wire::RequestKind kind_for(wire::CallKind kind) {
  switch (kind) {
    case wire::CallKind::open:
      return wire::RequestKind::open;
    case wire::CallKind::command:
      return wire::RequestKind::command;
    case wire::CallKind::mark:
      return wire::RequestKind::mark;
    case wire::CallKind::query:
    case wire::CallKind::local:
      break;
  }
  return wire::RequestKind::query;
}

}  // namespace

Gateway::Gateway(const host::NodeSetup& setup, host::Replicas& replicas, host::Placement& placement,
                 const host::Mesh& mesh, host::Counters& counters, host::Faults& faults, host::Backups& backups,
                 host::Restorations& restorations, Report report)
    : setup_(setup),
      replicas_(replicas),
      placement_(placement),
      mesh_(mesh),
      counters_(counters),
      faults_(faults),
      backups_(backups),
      restorations_(restorations),
      report_(std::move(report)),
      calls_(setup.seed ^ 0xca115) {}

// ---- frames -----------------------------------------------------------------------------------------------------

void Gateway::on_frame(Now now, BytesView routing_id, BytesView frame, host::NodeEffects& effects) {
  const auto opened = wire::open(frame, setup_.cluster);
  if (!opened) {
    counters_.count(opened.error().kind);
    return refuse(routing_id, opened.error().message, effects);
  }
  auto message = opened->body<wire::FromClient>();
  if (!message) {
    ++counters_.refused_malformed;
    return refuse(routing_id, message.error().message, effects);
  }
  auto* client = clients_.find(routing_id);
  if (!client && !std::holds_alternative<wire::Hello>(*message))
    return refuse(routing_id, "this gateway does not know the client (any more): say hello first", effects);
  if (client) client->heard = now.at;
  std::visit([&](auto& m) { on(now, routing_id, m, effects); }, *message);
}

void Gateway::on(Now now, BytesView routing_id, const wire::Hello& hello, host::NodeEffects& effects) {
  if (!clients_.find(routing_id)) {
    if (const auto elsewhere = crowd_.judge(now.at, own(), hello, neighbours(now))) {
      ++counters_.clients_sent_on;
      return send(routing_id, *elsewhere, effects);
    }
  }
  if (!clients_.welcome(now.at, routing_id, hello))
    return refuse(routing_id, "this gateway serves " + std::to_string(Clients::kMost) + " clients and takes no more",
                  effects);
  ++counters_.clients_welcomed;
  send(routing_id, wire::Welcome{setup_.self.uid, setup_.name, mesh_.gateways(now.at)}, effects);
}

void Gateway::on(Now now, BytesView routing_id, wire::Call& call, host::NodeEffects& effects) {
  take(now, routing_id, *clients_.find(routing_id), call, effects);
}

void Gateway::take(Now now, BytesView routing_id, Client& client, wire::Call& call, host::NodeEffects& effects) {
  ++counters_.calls;
  if (auto objection = objection_to(call); !objection.empty())
    return answer(routing_id, declined(call, wire::AnswerStatus::malformed, std::move(objection)));
  switch (placement_.reach(now, call.group, effects)) {
    case host::Placement::Reach::here:
      break;
    case host::Placement::Reach::unknown:
      return answer(routing_id, declined(call, wire::AnswerStatus::unknown_group,
                                         "the directory knows no group " + print(call.group)));
    case host::Placement::Reach::not_yet:
      ++counters_.calls_busy;
      return answer(routing_id,
                    declined(call, wire::AnswerStatus::busy, "this node is still joining its cluster", kJoining));
  }
  if (!gathered_.has_room()) return answer(routing_id, busy(call));
  if (call.kind == wire::CallKind::local) return answer_locally(routing_id, call);
  submit(now, routing_id, client, call);
}

void Gateway::on(Now now, BytesView routing_id, wire::Calls& gathered, host::NodeEffects& effects) {
  if (gathered.calls.size() > wire::kMostGathered)
    return refuse(routing_id, "at most " + std::to_string(wire::kMostGathered) + " calls come in one frame", effects);
  if (!gathered_.has_room()) {  // not even to say no to each of them
    ++counters_.calls_busy;
    return;
  }
  auto& client = *clients_.find(routing_id);
  for (auto& call : gathered.calls) take(now, routing_id, client, call, effects);
}

void Gateway::on(Now now, BytesView routing_id, const wire::Watch& watch, host::NodeEffects& effects) {
  EventPlace after{watch.slot, watch.index};
  const bool from_now_on = after == EventPlace{};
  if (watch.topic.size() > kMaxTopic)
    return refuse(routing_id, "a topic has at most " + std::to_string(kMaxTopic) + " bytes", effects);
  if (placement_.given_up(watch.group))
    return send(routing_id, wire::PushedGap{watch.group, wire::kNoMoreEvents, watch.topic}, effects);
  placement_.reach(now, watch.group, effects);
  const auto* hosted = replicas_.find(watch.group);
  if (from_now_on) after = after_slot(hosted ? hosted->replica->commit() : Slot{});
  const Watches::Topic topic{watch.group, watch.topic};
  if (!watches_.watch(routing_id, topic, after))
    return refuse(routing_id, "a client watches at most " + std::to_string(Watches::kMostOfOne) + " topics", effects);
  if (hosted) watches_.pump(now.at, routing_id, topic, hosted->history, pusher(effects));
}

void Gateway::on(Now /*now*/, BytesView routing_id, const wire::Unwatch& unwatch, host::NodeEffects& /*effects*/) {
  watches_.unwatch(routing_id, {unwatch.group, unwatch.topic});
}

void Gateway::on(Now /*now*/, BytesView routing_id, const wire::Ping& ping, host::NodeEffects& effects) {
  send(routing_id, wire::Pong{ping.id}, effects);
}

void Gateway::on(Now now, BytesView routing_id, const wire::StatusQuery& query, host::NodeEffects& effects) {
  auto report = report_(now);
  report.id = query.id;
  send(routing_id, std::move(report), effects);
}

void Gateway::on(Now /*now*/, BytesView routing_id, const wire::Bye& /*bye*/, host::NodeEffects& /*effects*/) {
  clients_.forget(routing_id);
  watches_.forget(routing_id);
}

// ---- calls ------------------------------------------------------------------------------------------------------

void Gateway::submit(Now now, BytesView routing_id, Client& client, wire::Call& call) {
  Waiter waiter{Bytes(routing_id), call.id};
  const auto attached = calls_.attach(waiter, call);
  if (attached == Calls::Attached::already) return;
  if (attached == Calls::Attached::yes) {
    ++counters_.calls_attached;
    ++client.calls;
    return;
  }
  const bool no_room = attached == Calls::Attached::refused || client.calls >= Calls::kMostOfOne || calls_.full();
  if (no_room || !replicas_.find(call.group)->replica->accepts_requests()) {
    return answer(routing_id, busy(call));
  }
  ++client.calls;
  const auto id = calls_.begin(now.at, std::move(waiter), call);
  gathered_.add(call.group, {id, {kind_for(call.kind), call.session, call.number, std::move(call.body)}});
}

void Gateway::submit_gathered(Now now, host::NodeEffects& effects) {
  for (auto& [group, requests] : gathered_.take_requests())
    replicas_.step(now, group, order::Submit{std::move(requests)}, effects);
}

void Gateway::send_gathered(host::NodeEffects& effects) {
  gathered_.take_answers(
      [&](BytesView routing_id, const wire::ToClient& answers) { send(routing_id, answers, effects); });
}

wire::Answer Gateway::busy(const wire::Call& call) {
  ++counters_.calls_busy;
  return declined(call, wire::AnswerStatus::busy, "too many requests wait here already", time_to_wait());
}

void Gateway::answer_locally(BytesView routing_id, const wire::Call& call) {
  const auto& hosted = *replicas_.find(call.group);
  if (hosted.replica->blank() || !hosted.machine().has_state())
    return answer(routing_id,
                  declined(call, wire::AnswerStatus::busy, "the group's state has not arrived here yet", kJoining));
  wire::Answer message;
  message.id = call.id;
  message.slot = hosted.replica->commit();
  message.body = hosted.replica->machine().query(call.body);
  answer(routing_id, std::move(message));
}

void Gateway::on_answer(Now now, order::Answered answered) {
  wire::Answer message;
  message.status = answered.status;
  message.slot = answered.slot;
  message.body = std::move(answered.body);
  message.session = answered.session;
  if (answered.status == wire::AnswerStatus::busy) {
    ++counters_.calls_busy;
    message.retry_after = time_to_wait();
    message.message = "too many requests wait here already";
  }
  const auto finished = calls_.finish(answered.id);
  if (!finished) return;
  if (finished->commands) {
    ++counters_.tally.commands[static_cast<std::size_t>(answered.status)];
    if (answered.status == wire::AnswerStatus::ok) counters_.tally.command.observe(now.at - finished->since);
  }
  for (const auto& waiter : finished->others) answer_waiter(waiter, message);
  answer_waiter(finished->waiter, std::move(message));
}

void Gateway::answer_waiter(const Waiter& waiter, wire::Answer message) {
  auto* client = clients_.find(waiter.routing_id);
  if (!client) return;
  if (client->calls > 0) --client->calls;
  message.id = waiter.call;
  answer(waiter.routing_id, std::move(message));
}

void Gateway::on_group_gone(Now now, GroupId group) {
  gathered_.forget(group);
  for (const auto id : calls_.of_group(group)) {
    ++counters_.calls_lost;
    on_answer(now, {id, wire::AnswerStatus::lost, {}, {}, {}});
  }
}

void Gateway::answer(BytesView routing_id, wire::Answer answer) {
  ++counters_.answers;
  gathered_.add(routing_id, std::move(answer));
}

/// Longer the more wait already, so that a crowd does not come back all at once.
Duration Gateway::time_to_wait() const { return 10ms + Duration(50 * static_cast<std::int64_t>(calls_.size() / 8)); }

// ---- watchers and upkeep ----------------------------------------------------------------------------------------

Watches::Push Gateway::pusher(host::NodeEffects& effects) {
  return [this, &effects](const Bytes& routing_id, const wire::ToClient& message) {
    ++(std::holds_alternative<wire::Pushed>(message) ? counters_.pushes : counters_.push_gaps);
    // First what it asked for, then what came of it.
    gathered_.take_answers(routing_id,
                           [&](BytesView id, const wire::ToClient& answers) { send(id, answers, effects); });
    send(routing_id, message, effects);
  };
}

void Gateway::on_group_changed(Now now, GroupId group, host::NodeEffects& effects) {
  if (auto* hosted = replicas_.find(group)) watches_.pump(now.at, group, hosted->history, pusher(effects));
}

void Gateway::push(Now now, host::NodeEffects& effects) {
  const auto history_of = [this](GroupId group) -> const EventHistory* {
    const auto* hosted = replicas_.find(group);
    return hosted ? &hosted->history : nullptr;
  };
  watches_.pump_due(now.at, history_of, pusher(effects));
}

void Gateway::on_unreachable(BytesView routing_id) {
  if (!clients_.find(routing_id)) return;
  ++counters_.clients_lost;
  clients_.forget(routing_id);
  watches_.forget(routing_id);
}

void Gateway::run(Now now, host::NodeEffects& effects) {
  end_watches(effects);
  for (const GroupId group : watches_.groups()) placement_.reach(now, group, effects);
  for (const auto& routing_id : clients_.forget_idle(now.at)) {
    ++counters_.clients_idle;
    watches_.forget(routing_id);
  }
  own().leaving ? send_away(now, kSentAwayAtOnce, effects) : even_out(now, effects);
}

void Gateway::refuse(BytesView routing_id, std::string reason, host::NodeEffects& effects) {
  ++counters_.clients_refused;
  send(routing_id, wire::Refused{std::move(reason)}, effects);
}

void Gateway::send(BytesView routing_id, const wire::ToClient& message, host::NodeEffects& effects) {
  // First what it asked for, then what came of it, or where else to go.
  const bool answers = std::holds_alternative<wire::Answer>(message) || std::holds_alternative<wire::Answers>(message);
  if (!answers)
    gathered_.take_answers(routing_id, [&](BytesView id, const wire::ToClient& m) { send(id, m, effects); });
  const wire::Envelope envelope{setup_.cluster, {}, setup_.self.uid, setup_.self.incarnation};
  effects.clients.push_back({Bytes(routing_id), wire::seal(envelope, message)});
  counters_.count_out(effects.clients.back().frame);
}

}  // namespace gavel::gateway
