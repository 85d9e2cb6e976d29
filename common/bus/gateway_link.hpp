// One connection of a client program to a gateway, from its first attempt to its loss: a DEALER, and what ZeroMQ tells
// of it. It never reconnects by itself. Private to common/bus.
#pragma once

#include <string>
#include <zmq.hpp>

#include "common/bus/link_watch.hpp"
#include "common/bus/socket.hpp"

namespace gavel::bus {

struct GatewayLink {
  GatewayLink(zmq::context_t& context, const std::string& endpoint);

  zmq::socket_t dealer;
  LinkWatch watch;
};

}  // namespace gavel::bus
