// Many clients' connections to their gateways in one thread: as ClientSocket, but with one ZeroMQ context and one epoll
// for all, so that thousands cost two threads and a wake-up costs what is ready, not what is there. For programs that
// put load on a cluster. Clients are numbered from 0. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace gavel::bus {

struct PoolSink {
  virtual ~PoolSink() = default;
  virtual void on_message(std::size_t client, BytesView payload) = 0;
  /// The connection broke or was refused; what was queued is gone. Once; the client is then unconnected.
  virtual void on_lost(std::size_t client) = 0;
};

class ClientPool {
 public:
  /// Each client takes some four descriptors: the caller sees to the limit of open files.
  explicit ClientPool(std::size_t clients);
  ~ClientPool();
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;

  /// Starts to connect to a gateway's `Endpoints::client`, leaving the former one. Fails if the endpoint is malformed,
  /// or the process has as many sockets or open files as it may have (those that were closed last count for a moment).
  Result<void> connect(std::size_t client, const std::string& endpoint);
  /// Leaves; queued messages get `linger` to go out.
  void close(std::size_t client, Duration linger = 100ms);
  /// Queues up to 1000 messages, also while still connecting. False: unconnected or full.
  bool send(std::size_t client, BytesView payload);

  /// Waits until something arrives, the deadline comes or a signal interrupts; hands over what is there.
  void poll(TimePoint deadline, PoolSink& sink);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gavel::bus
