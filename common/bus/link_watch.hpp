// What ZeroMQ tells of one connecting socket's connection (socket monitor). Private to common/bus.
//
// On libzmq 4.3.4 a killed peer shows as DISCONNECTED, CONNECT_RETRIED, then for each refused attempt CONNECT_DELAYED,
// CLOSED, CONNECT_RETRIED; a stopped one shows nothing; a dropped connection to a living one shows as DISCONNECTED,
// CONNECT_RETRIED, CONNECT_DELAYED, CONNECTED, HANDSHAKE_SUCCEEDED. CLOSED comes from failed attempts only.
#pragma once

#include <cstdint>
#include <functional>
#include <zmq.hpp>

namespace gavel::bus {

enum class LinkEvent { other, up, broken, refused };

/// `event`: a ZMQ_EVENT_ number.
LinkEvent link_event(std::uint16_t event);

/// Decides when a peer counts as gone: its connection broke and, before another one stood, an attempt was refused.
class LossDetector {
 public:
  /// True once for each loss.
  bool on_event(LinkEvent event);

 private:
  bool broken_ = false;
};

class LinkWatch {
 public:
  /// Watches `socket`, which is not yet connected and outlives this.
  LinkWatch(zmq::context_t& context, zmq::socket_t& socket);
  ~LinkWatch();
  LinkWatch(const LinkWatch&) = delete;
  LinkWatch& operator=(const LinkWatch&) = delete;

  /// Readable when drain() has something to say; stays so until it was called.
  int fd() const { return fd_; }
  void drain(const std::function<void(LinkEvent)>& on_event);

 private:
  zmq::socket_t& watched_;
  zmq::socket_t events_;
  int fd_;
};

}  // namespace gavel::bus
