// One node's sockets, all on its reactor thread: a PUB and a SUB in the mesh, a ROUTER and a DEALER a peer for unicast,
// a ROUTER for clients, the beacon, and other file descriptors that the loop must wait for. It moves bytes and knows no
// message; what to connect to and what to subscribe to is decided elsewhere. Nothing here ever blocks except poll(),
// and every queue has a bound. PUB/SUB may lose (a full queue, a slow joiner): the protocol repairs that (PROTOCOL.md
// §2). Not thread-safe: one thread makes and uses it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/bus/beacon.hpp"
#include "common/bus/clock.hpp"
#include "common/bus/endpoint.hpp"

namespace gavel::bus {

struct BusOptions {
  Uid self;
  Incarnation incarnation;
  /// "a.b.c.d": three free consecutive ports are picked. "a.b.c.d:port": that one and the next two, or an error.
  /// It is also the address that others are told, so 0.0.0.0 is refused.
  std::string listen = "127.0.0.1";
  BeaconOptions beacon;
  /// A longer message closes the connection that it came on, and only that one.
  std::int64_t max_message_bytes = 4 * 1024 * 1024;
  /// The same for what clients send.
  std::int64_t max_client_message_bytes = 128 * 1024;
  /// Messages that may wait in the PUB for one subscriber; beyond it that subscriber loses messages, silently.
  int publish_queue = 20'000;
  /// Messages that may wait for one peer; beyond it send() says false.
  int peer_queue = 2'000;
  /// Messages that may wait for one client; beyond it send_client() says false.
  int client_queue = 1'000;
  /// First wait before a reconnect; doubles up to 250 ms. Also how fast a refused reconnect is noticed (on_peer_lost).
  Duration reconnect_interval = 2ms;
  /// How long the destructor may wait for queued messages to leave.
  Duration linger = 200ms;
};

/// What the bus hands over in poll(). Views live until the call returns. Handlers may call any function of the bus
/// except poll().
struct Sink {
  virtual ~Sink() = default;
  virtual void on_published(BytesView /*topic*/, BytesView /*payload*/) {}
  /// Somebody subscribes to exactly this prefix here, for the first time; or nobody does any more.
  virtual void on_subscribed(BytesView /*prefix*/, bool /*wanted*/) {}
  virtual void on_peer(BytesView /*payload*/) {}
  /// `routing_id` names the client's connection; it is never used again for another one.
  virtual void on_client(BytesView /*routing_id*/, BytesView /*payload*/) {}
  /// A hint: the connection to the peer broke and the reconnect was refused, so its process is most likely gone.
  /// Once for each loss. A stopped process or a dropped connection to a living one does not cause it.
  virtual void on_peer_lost(Uid /*peer*/) {}
  virtual void on_beacon(BytesView /*datagram*/, const std::string& /*from*/) {}
  virtual void on_fd(int /*fd*/) {}
};

/// Since the bus was opened.
struct BusCounters {
  std::uint64_t published = 0;
  std::uint64_t received = 0;       ///< from all sockets
  std::uint64_t unsent_peer = 0;    ///< send() said false
  std::uint64_t unsent_client = 0;  ///< send_client() said false
  std::uint64_t malformed = 0;      ///< received with a wrong number of frames, dropped
  std::uint64_t peers_lost = 0;     ///< on_peer_lost
};

class Bus {
 public:
  /// Binds. Fails with a message that names the address and the port that could not be had.
  static Result<std::unique_ptr<Bus>> open(const BusOptions& options);
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  const Endpoints& endpoints() const;

  /// Connects to a peer's PUB and ROUTER. Idempotent; other endpoints for the same uid (it restarted) replace the old
  /// ones. Fails if an endpoint is malformed (they come from outside), and then changes nothing.
  Result<void> connect(Uid peer, const Endpoints& endpoints);
  void disconnect(Uid peer);
  /// Subscribes to all topics that begin with `prefix`, at all present and future peers. Counted: as many unsubscribes
  /// undo it.
  void subscribe(BytesView prefix);
  void unsubscribe(BytesView prefix);

  /// To all who subscribe, not to itself. Never blocks; may lose (see publish_queue).
  void publish(BytesView topic, BytesView payload);
  /// To one peer. False: not connected now, or its queue is full. True is no promise that it arrives.
  bool send(Uid peer, BytesView payload);
  /// To a node that is known by address only (a seed, `--join`): "tcp://a.b.c.d:port" of its ROUTER for nodes. Queues a
  /// few while connecting; false when the queue is full or the endpoint malformed.
  bool send_seed(const std::string& peer_endpoint, BytesView payload);
  void forget_seed(const std::string& peer_endpoint);
  /// To one client. False: its connection is gone or its queue is full.
  bool send_client(BytesView routing_id, BytesView payload);

  /// What this node's beacon says from now on; see Beacon. Nothing happens when the beacon is not enabled.
  void announce(Bytes beacon);
  /// Sends it early: an answer to somebody's probe.
  void send_beacon_now();

  /// Waits for another descriptor too (POLLIN): Sink::on_fd at every poll() as long as it is readable.
  void watch_fd(int fd);
  void unwatch_fd(int fd);

  /// Waits until something arrives, the deadline comes or a signal interrupts, then hands over what is there: at most
  /// about a thousand messages, taken from the sockets in turn, so that none starves another. May return early.
  void poll(TimePoint deadline, Sink& sink);

  const BusCounters& counters() const;

 private:
  class Impl;
  explicit Bus(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gavel::bus
