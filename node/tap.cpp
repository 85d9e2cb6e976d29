#include "node/tap.hpp"

#include <utility>

#include "node/tap_identity.hpp"

namespace gavel::node {

template <class Message>
void Tap::publish(Message message) {
  message.published = bus_.counters().published;
  bus_.publish(wire::kTapTopic, wire::seal(self_, message));
}

void Tap::on_subscribed(TimePoint now, BytesView prefix, bool wanted) {
  if (prefix != wire::kTapTopic) return;
  wanted_ = wanted;
  mark_at_ = wanted ? now : kNever;
  clients_.clear();
}

void Tap::tick(TimePoint now) {
  if (now < mark_at_) return;
  mark_at_ = now + kMarkInterval;
  publish(wire::TapMark{});
}

void Tap::copy(Uid to, BytesView frame) {
  wire::Tapped tapped;
  tapped.to = to;
  tapped.size = frame.size();
  if (const auto opened = wire::open(frame, self_.cluster)) {
    tapped.group = opened->envelope.group;
    tapped.kind = opened->kind;
  }
  if (frame.size() <= wire::kMostTapped) tapped.frame = frame;
  publish(std::move(tapped));
}

template <class Message>
void Tap::publish_identities(const Message& message, const wire::TappedClient& frame) {
  const auto publish_one = [&](const auto& one, std::size_t share) {
    wire::TappedClient tapped = frame;
    tapped.kind = std::remove_cvref_t<decltype(one)>::kKind;
    tapped.size = frame.size / share;
    note_identity(one, tapped);
    publish(std::move(tapped));
  };
  if constexpr (std::same_as<Message, wire::Calls>)
    for (const auto& one : message.calls) publish_one(one, message.calls.size());
  else if constexpr (std::same_as<Message, wire::Answers>)
    for (const auto& one : message.answers) publish_one(one, message.answers.size());
  else
    publish_one(message, 1);
}

void Tap::copy_client(BytesView routing_id, BytesView frame, bool incoming) {
  wire::TappedClient tapped;
  tapped.incoming = incoming;
  tapped.size = frame.size();
  if (const auto opened = wire::open(frame, self_.cluster)) {
    tapped.kind = opened->kind;
    if (incoming) {
      if (clients_.size() >= kMostClients) clients_.clear();
      clients_.insert_or_assign(Bytes(routing_id), ClientId{opened->envelope.from.value});
    }
    if (const auto known = clients_.find(routing_id); known != clients_.end()) tapped.client = known->second;
    const auto publish_each = [&](const auto& message) { publish_identities(message, tapped); };
    if (incoming) {
      if (const auto message = opened->body<wire::FromClient>()) return std::visit(publish_each, *message);
    } else if (const auto message = opened->body<wire::ToClient>()) {
      return std::visit(publish_each, *message);
    }
  }
  publish(std::move(tapped));
}

}  // namespace gavel::node
