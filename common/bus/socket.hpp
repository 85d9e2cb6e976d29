// How this project uses a ZeroMQ socket: options set before it is bound or connected, sends that never block, receives
// of messages of one or two frames. Private to common/bus. Why each option: README.md here.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <zmq.hpp>

#include "common/base/bytes.hpp"
#include "common/base/time.hpp"

namespace gavel::bus {

/// What every socket has in common.
struct SocketLimits {
  int queue = 1000;                     ///< messages, each way, for each connection
  std::int64_t max_message_bytes = -1;  ///< of what it receives
  Duration linger = 0ms;
};

zmq::socket_t make_socket(zmq::context_t& context, zmq::socket_type type, const SocketLimits& limits);

/// One frame that is a whole message, or the last of one. False: no room, nobody there, or unroutable.
bool send_last(zmq::socket_t& socket, BytesView frame);
/// A frame that another one follows.
bool send_more(zmq::socket_t& socket, BytesView frame);

/// The reconnect policy of every connecting socket: from `first`, doubling up to 250 ms.
void set_reconnect(zmq::socket_t& socket, Duration first);

/// Binds; the errno of the failure, 0 if there was none.
int bind_error(zmq::socket_t& socket, const std::string& endpoint);

/// A received message; its views live until the next receive().
class Frames {
 public:
  /// Takes the next message without waiting. The number of its frames, 0 if there is none; only the first two are kept.
  int receive(zmq::socket_t& socket);
  BytesView operator[](std::size_t index) const;

 private:
  std::array<zmq::message_t, 2> frames_;
};

}  // namespace gavel::bus
