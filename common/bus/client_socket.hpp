// A client program's connection to its gateway: one DEALER, one gateway at a time, no silent reconnection. When the
// connection breaks or is refused the sink hears of it at once, so that the client core can move to another gateway.
// Also waits for other descriptors (stdin, a Beacon's fd). Not thread-safe.
#pragma once

#include <memory>
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace gavel::bus {

struct ClientSink {
  virtual ~ClientSink() = default;
  virtual void on_connected() {}
  virtual void on_message(BytesView /*payload*/) {}
  /// The connection broke or was refused; what was queued is gone. Once; the socket is then unconnected.
  virtual void on_lost() {}
  virtual void on_fd(int /*fd*/) {}
};

class ClientSocket {
 public:
  ClientSocket();
  ~ClientSocket();
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  /// Starts to connect to a gateway's `Endpoints::client`, leaving the former one. Fails if the endpoint is malformed.
  Result<void> connect(const std::string& endpoint);
  /// Leaves; queued messages get `linger` to go out.
  void close(Duration linger = 100ms);
  /// Queues up to 1000 messages, also while still connecting. False: unconnected or full.
  bool send(BytesView payload);

  void watch_fd(int fd);
  void unwatch_fd(int fd);
  /// Waits until something arrives, the deadline comes or a signal interrupts; hands over what is there.
  void poll(TimePoint deadline, ClientSink& sink);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gavel::bus
