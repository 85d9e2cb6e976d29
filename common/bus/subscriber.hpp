// A SUB for programs that only listen: to the PUBs of many nodes, none of which notices more than a subscription. Like
// a node's own SUB it may lose: when this program reads too slowly, each node drops for it alone what its queue has no
// room for. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace gavel::bus {

struct SubscriberOptions {
  /// Messages that may wait here for each node; beyond it they wait at the node, and then are lost.
  int queue = 20'000;
  /// A longer message closes the connection that it came on, and only that one.
  std::int64_t max_message_bytes = 8 * 1024 * 1024;
  /// First wait before a reconnect; doubles up to 250 ms.
  Duration reconnect_interval = 20ms;
};

struct SubscriberSink {
  virtual ~SubscriberSink() = default;
  /// Views live until the call returns.
  virtual void on_published(BytesView topic, BytesView payload) = 0;
  virtual void on_fd(int /*fd*/) {}
};

class Subscriber {
 public:
  explicit Subscriber(const SubscriberOptions& options = {});
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// To a node's `Endpoints::pub`; it may come later, or come back. Idempotent. Fails if the endpoint is malformed.
  Result<void> connect(const std::string& pub_endpoint);
  /// Nothing happens if it is not connected.
  void disconnect(const std::string& pub_endpoint);
  /// To all topics that begin with `prefix`, at all present and future nodes, in the order of the calls.
  void subscribe(BytesView prefix);

  /// Waits for another descriptor too: SubscriberSink::on_fd at every poll() as long as it is readable.
  void watch_fd(int fd);
  void unwatch_fd(int fd);
  /// Waits until something arrives, the deadline comes or a signal interrupts, then hands over what is there, at most
  /// about a thousand messages.
  void poll(TimePoint deadline, SubscriberSink& sink);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gavel::bus
