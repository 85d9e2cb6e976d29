// Captures of a small cluster for the tests of the sniffer: what its nodes would have published.
#pragma once

#include "common/wire/envelope.hpp"
#include "common/wire/tap_messages.hpp"
#include "tools/sniffer/capture/capture.hpp"
#include "tools/sniffer/message/decode.hpp"

namespace gavel::sniffer::testing {

inline constexpr const char* kCluster = "here";
inline constexpr Uid kN1{0x11};
inline constexpr Uid kN2{0x22};
inline constexpr Uid kN3{0x33};
inline constexpr GroupId kLot{7};
inline constexpr Incarnation kLife{5ULL << 24U};

inline wire::Envelope from(Uid node, GroupId group = {}, const std::string& cluster = kCluster) {
  return {cluster, group, node, Incarnation{kLife.value + group.value}};
}
inline Bytes topic(GroupId group, char lane) {
  Bytes name(8, '\0');
  name[7] = static_cast<char>(group.value);
  return name + lane;
}
template <class Message>
Capture on_lane(char lane, Uid node, GroupId group, const Message& message) {
  return {WallTime{1'000'000}, Channel::published, topic(group, lane), wire::seal(from(node, group), message)};
}
inline Capture tap(Uid node, const wire::TapMessage& message) {
  return {WallTime{1'000'000}, Channel::published, Bytes(wire::kTapTopic), wire::seal(from(node), message)};
}
template <class Message>
Capture unicast(Uid sender, Uid receiver, GroupId group, const Message& message, std::uint64_t published = 0) {
  wire::Tapped tapped;
  tapped.published = published;
  tapped.to = receiver;
  tapped.group = group;
  tapped.kind = Message::kKind;
  tapped.frame = wire::seal(from(sender, group), message);
  tapped.size = tapped.frame.size();
  return tap(sender, tapped);
}
inline Seen seen(const Capture& capture) {
  Decoder decoder(kCluster);
  auto message = decoder.decode(capture);
  return message ? *std::move(message) : Seen{};
}

inline wire::Ack ack_of(std::uint64_t durable) {
  return {wire::Term{3, kN1}, Slot{durable}, Slot{durable}, Slot{}, Digest{}};
}
inline wire::Order order_after(std::uint64_t previous, std::size_t entries) {
  wire::Order order{wire::Term{3, kN1}, Slot{previous}, wire::Term{3, kN1}, {}, Slot{previous}};
  for (std::size_t i = 0; i < entries; ++i) {
    wire::Entry entry;
    entry.term = order.term;
    entry.kind = wire::EntryKind::batches;
    entry.owner = kN1;
    entry.batches = {{kN2, kLife, BatchNumber{previous + i + 1}}};
    order.entries.push_back(entry);
  }
  return order;
}

}  // namespace gavel::sniffer::testing
