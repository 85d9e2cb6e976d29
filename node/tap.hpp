// The node's tap lane (wire/tap_messages.hpp): copies of its unicast traffic, for sniffers. While nobody subscribes to
// it every call here is one comparison. What a sniffer does not read in time the PUB drops for it alone; it can count
// what it missed, since each copy tells how many frames this node has published.
#pragma once

#include <map>
#include <string>

#include "common/bus/bus.hpp"
#include "common/wire/envelope.hpp"
#include "common/wire/tap_messages.hpp"

namespace gavel::node {

class Tap {
 public:
  /// `self`: of every copy; its group is none. `bus` outlives this.
  Tap(wire::Envelope self, bus::Bus& bus) : self_(std::move(self)), bus_(bus) {}

  bool wanted() const { return wanted_; }
  /// Somebody subscribed to this prefix, or nobody does any more.
  void on_subscribed(TimePoint now, BytesView prefix, bool wanted);

  /// To a node; uid 0: to an address.
  void sent(Uid to, BytesView frame) {
    if (wanted_) copy(to, frame);
  }
  void from_client(BytesView routing_id, BytesView frame) {
    if (wanted_) copy_client(routing_id, frame, true);
  }
  void to_client(BytesView routing_id, BytesView frame) {
    if (wanted_) copy_client(routing_id, frame, false);
  }

  TimePoint next_deadline() const { return mark_at_; }
  void tick(TimePoint now);

 private:
  /// Clients that are told by name; more are told without.
  static constexpr std::size_t kMostClients = 16384;
  static constexpr Duration kMarkInterval = 100ms;

  void copy(Uid to, BytesView frame);
  void copy_client(BytesView routing_id, BytesView frame, bool incoming);
  template <class Message>
  void publish(Message message);
  /// One for each call or answer that gathered in the frame.
  template <class Message>
  void publish_identities(const Message& message, const wire::TappedClient& frame);

  const wire::Envelope self_;
  bus::Bus& bus_;
  bool wanted_ = false;
  TimePoint mark_at_ = kNever;
  std::map<Bytes, ClientId, std::less<>> clients_;  ///< by routing id, as far as they were heard since the tap is open
};

}  // namespace gavel::node
