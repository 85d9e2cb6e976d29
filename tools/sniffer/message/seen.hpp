// One message as the sniffer understands it: who, to whom, on which lane, what. Views, filters and the watch for broken
// invariants all work on this, and on nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/wire/client_messages.hpp"
#include "common/wire/order_messages.hpp"
#include "common/wire/tap_messages.hpp"

namespace gavel::sniffer {

/// PROTOCOL.md §2. `tap`: a node's word to sniffers themselves.
enum class Lane : std::uint8_t { batch, order, ack, beat, unicast, client, beacon, tap };
inline constexpr std::size_t kLanes = 8;
std::string_view name_of(Lane lane);
/// "batch", "order", …; nothing for anything else.
std::optional<Lane> lane_of(std::string_view name);

/// Both ends included.
struct Slots {
  Slot first;
  Slot last;

  bool operator==(const Slots&) const = default;
};

struct Seen {
  std::uint64_t number = 0;  ///< 1, 2, 3, … in the order of arrival
  WallTime at;               ///< when it arrived, by the sniffer's clock
  Lane lane = Lane::tap;
  Uid from;                 ///< the node that sent it; on the client lane the gateway, whichever way it goes
  Incarnation incarnation;  ///< of the sending replica on the group's lanes, else of the node
  Uid to;                   ///< unicast; 0: to all who subscribe, or an address without a uid
  ClientId client;          ///< client lane; 0: not known
  bool incoming = false;    ///< client lane: from the client to the gateway
  GroupId group;            ///< 0: about none
  std::uint64_t kind = 0;
  std::string type;      ///< "Ack"; "kind 99" if this program knows no such message; "?" if not even that is legible
  std::size_t size = 0;  ///< of the frame, in bytes
  std::optional<wire::Term> term;
  std::optional<Slots> slots;           ///< that it orders, acknowledges, asks for or brings
  std::optional<wire::BatchRef> batch;  ///< stream and number; the first, of several

  /// By word of the tap: frames that this node's PUB had sent in its life before this one.
  std::optional<std::uint64_t> published;

  using Body = std::variant<std::monostate, wire::OrderMessage, wire::Discovery, wire::TappedClient, wire::TapMark>;
  Body body;          ///< monostate: unknown, damaged, or left out by the tap for its size
  std::string fault;  ///< why the body could not be understood; empty if it could
  Bytes frame;        ///< as it was sent; empty where the tap left it out

  /// The body as that message; null if it is another one.
  template <class Message>
  const Message* as() const {
    return as_of<Message>(body);
  }

 private:
  template <class Message, class... T>
  static const Message* as_of(const std::variant<T...>& any) {
    const Message* found = nullptr;
    const auto look = [&found]<class Alternative>(const Alternative& alternative) {
      if constexpr (std::is_same_v<Alternative, Message>) found = &alternative;
      if constexpr (requires { std::variant_size<Alternative>::value; }) found = as_of<Message>(alternative);
    };
    std::visit(look, any);
    return found;
  }
};

/// What a batch holds; empty if its payload is not understood.
std::vector<wire::Request> requests_of(const wire::Batch& batch);

}  // namespace gavel::sniffer
