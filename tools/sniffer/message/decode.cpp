#include "tools/sniffer/message/decode.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "common/wire/envelope.hpp"

namespace gavel::sniffer {
namespace {

constexpr std::array<std::string_view, kLanes> kLaneNames{"batch",   "order",  "ack",    "beat",
                                                          "unicast", "client", "beacon", "tap"};

/// The topic is 8 bytes of group id and the lane's letter.
Lane lane_of_topic(BytesView topic) {
  switch (topic.empty() ? '\0' : topic.back()) {
    case 'b':
      return Lane::batch;
    case 'o':
      return Lane::order;
    case 'a':
      return Lane::ack;
    case 'h':
      return Lane::beat;
    default:
      return Lane::tap;
  }
}

template <class... T>
void learn_names(std::map<std::uint64_t, std::string>& names, std::type_identity<std::variant<T...>> /*family*/) {
  (names.emplace(T::kKind, wire::type_name<T>()), ...);
}

std::map<std::uint64_t, std::string> all_names() {
  std::map<std::uint64_t, std::string> names;
  learn_names(names, std::type_identity<wire::OrderMessage>{});
  learn_names(names, std::type_identity<wire::Discovery>{});
  learn_names(names, std::type_identity<wire::FromClient>{});
  learn_names(names, std::type_identity<wire::ToClient>{});
  learn_names(names, std::type_identity<wire::TapMessage>{});
  return names;
}

std::optional<Slots> following(Slot previous, std::size_t count) {
  if (count == 0) return std::nullopt;
  return Slots{previous.next(), previous + count};
}

// What stands out of a message: its term, its slots, its stream. By default, nothing.
struct Marks {
  std::optional<wire::Term> term;
  std::optional<Slots> slots;
  std::optional<wire::BatchRef> batch;
};
template <class Message>
Marks marks_of(const Message& /*message*/) {
  return {};
}
Marks marks_of(const wire::Batch& m) { return {{}, {}, m.ref}; }
Marks marks_of(const wire::Order& m) { return {m.term, following(m.previous, m.entries.size()), {}}; }
Marks marks_of(const wire::Ack& m) { return {m.term, Slots{m.durable, m.durable}, {}}; }
Marks marks_of(const wire::Beat& m) { return {m.promised, Slots{m.last, m.last}, {}}; }
Marks marks_of(const wire::Missing& m) { return {{}, {}, wire::BatchRef{m.publisher, m.incarnation, m.from}}; }
Marks marks_of(const wire::Repair& m) { return m.batches.empty() ? Marks{} : Marks{{}, {}, m.batches.front().ref}; }
Marks marks_of(const wire::Token& m) { return {m.term, {}, {}}; }
Marks marks_of(const wire::Rejected& m) { return {m.promised, {}, {}}; }
Marks marks_of(const wire::HandOver& m) { return {m.term, {}, {}}; }
Marks marks_of(const wire::Fetch& m) { return {m.term, Slots{m.from, m.from}, {}}; }
Marks marks_of(const wire::Entries& m) { return {m.term, following(m.previous, m.entries.size()), {}}; }
Marks marks_of(const wire::SnapshotChunk& m) { return {m.term, Slots{m.slot, m.slot}, {}}; }
Marks marks_of(const wire::SnapshotFetch& m) { return {m.term, Slots{m.slot, m.slot}, {}}; }

void mark(Seen& seen) {
  const auto note = [&seen](const auto& message) {
    auto marks = marks_of(message);
    seen.term = marks.term;
    seen.slots = marks.slots;
    seen.batch = marks.batch;
  };
  if (const auto* order = std::get_if<wire::OrderMessage>(&seen.body)) std::visit(note, *order);
}

}  // namespace

std::string_view name_of(Lane lane) { return kLaneNames.at(static_cast<std::size_t>(lane)); }

std::optional<Lane> lane_of(std::string_view name) {
  const auto at = std::find(kLaneNames.begin(), kLaneNames.end(), name);
  if (at == kLaneNames.end()) return std::nullopt;
  return static_cast<Lane>(at - kLaneNames.begin());
}

const std::map<std::uint64_t, std::string>& known_types() {
  static const auto kNames = all_names();
  return kNames;
}

std::string type_of(std::uint64_t kind) {
  const auto at = known_types().find(kind);
  return at == known_types().end() ? "kind " + std::to_string(kind) : at->second;
}

std::vector<wire::Request> requests_of(const wire::Batch& batch) {
  if (!batch.payload) return {};
  auto list = wire::decode<wire::RequestList>(*batch.payload);
  return list ? std::move(list->requests) : std::vector<wire::Request>{};
}

bool Decoder::decode_frame(BytesView frame, Seen& seen) {
  seen.size = frame.size();
  seen.frame = Bytes(frame);
  const auto opened = wire::open(frame, cluster_);
  if (!opened) {
    if (opened.error().kind != wire::RefusalKind::malformed) return false;
    seen.type = "?";
    seen.fault = opened.error().message;
    return true;
  }
  seen.from = opened->envelope.from;
  seen.incarnation = opened->envelope.incarnation;
  seen.group = opened->envelope.group;
  seen.kind = opened->kind;
  seen.type = type_of(opened->kind);
  const auto take = [&]<class Variant>(std::type_identity<Variant> /*family*/) {
    auto body = opened->body<Variant>();
    if (body)
      seen.body = *std::move(body);
    else
      seen.fault = body.error().message;
  };
  if (seen.lane == Lane::beacon || opened->kind == wire::Beacon::kKind || opened->kind == wire::Probe::kKind)
    take(std::type_identity<wire::Discovery>{});
  else
    take(std::type_identity<wire::OrderMessage>{});
  mark(seen);
  return true;
}

std::optional<Seen> Decoder::decode(const Capture& capture) {
  if (capture.channel == Channel::names) return std::nullopt;
  Seen seen;
  seen.at = capture.at;
  seen.lane = capture.channel == Channel::datagram ? Lane::beacon : lane_of_topic(capture.topic);
  const auto refused = [this] {
    ++foreign_;
    return std::nullopt;
  };
  if (seen.lane != Lane::tap) {
    if (!decode_frame(capture.payload, seen)) return refused();
    seen.number = ++seen_;
    return seen;
  }

  const auto opened = wire::open(capture.payload, cluster_);
  if (!opened && opened.error().kind != wire::RefusalKind::malformed) return refused();
  seen.number = ++seen_;
  seen.size = capture.payload.size();
  seen.frame = capture.payload;
  auto said = opened ? opened->body<wire::TapMessage>() : Result<wire::TapMessage>(fail(opened.error().message));
  seen.type = opened ? type_of(opened->kind) : "?";
  if (opened) {
    seen.from = opened->envelope.from;
    seen.incarnation = opened->envelope.incarnation;
    seen.kind = opened->kind;
  }
  if (!said) {
    seen.fault = said.error().message;
    return seen;
  }
  if (auto* tapped = std::get_if<wire::Tapped>(&*said)) {
    seen.lane = Lane::unicast;
    const Uid sender = seen.from;
    const Incarnation life = seen.incarnation;
    if (tapped->frame.empty() || !decode_frame(tapped->frame, seen)) seen.frame.clear();
    seen.to = tapped->to;
    seen.group = tapped->group;
    seen.kind = tapped->kind;
    seen.size = tapped->size;
    seen.from = sender;
    if (!seen.incarnation) seen.incarnation = life;
    seen.type = type_of(tapped->kind);
    seen.published = tapped->published;
  } else if (auto* client = std::get_if<wire::TappedClient>(&*said)) {
    seen.lane = Lane::client;
    seen.client = client->client;
    seen.incoming = client->incoming;
    seen.group = client->group;
    seen.kind = client->kind;
    seen.type = type_of(client->kind);
    seen.size = client->size;
    if (client->slot) seen.slots = Slots{client->slot, client->slot};
    seen.published = client->published;
    seen.body = *client;
  } else if (const auto* at = std::get_if<wire::TapMark>(&*said)) {
    seen.published = at->published;
    seen.body = *at;
  }
  return seen;
}

}  // namespace gavel::sniffer
