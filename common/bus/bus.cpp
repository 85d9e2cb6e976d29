#include "common/bus/bus.hpp"

#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "common/base/check.hpp"
#include "common/bus/peers.hpp"
#include "common/bus/poll_set.hpp"
#include "common/bus/socket.hpp"

namespace gavel::bus {
namespace {

/// Messages from one socket before the next one has its turn, and from all of them in one poll().
constexpr int kBurst = 64;
constexpr int kPollBudget = 1024;

/// What a PUB receives is subscriptions. (An XPUB, to be precise: a PUB that tells of them.)
constexpr std::int64_t kMaxSubscriptionBytes = 256;

/// Ports that the system does not give to outgoing connections, so that three in a row stay free for a restart.
constexpr int kFirstPickedPort = 20'000;
constexpr int kLastPickedPort = 32'000;
constexpr int kPortTries = 200;

/// Who a DEALER says it is: this node in this incarnation. ZeroMQ keeps names that begin with a zero byte to itself.
Bytes routing_id_of(Uid uid, Incarnation incarnation) {
  Bytes id = "n";
  for (const std::uint64_t part : {uid.value, incarnation.value}) {
    for (int shift = 56; shift >= 0; shift -= 8) id.push_back(static_cast<char>(part >> static_cast<unsigned>(shift)));
  }
  return id;
}

}  // namespace

class Bus::Impl {
 public:
  explicit Impl(const BusOptions& options);
  Result<void> bind(const Address& listen);
  Result<void> open_beacon(const std::string& host);

  /// Gives to `sink` what was received, at most about kPollBudget messages; looks only where something may be.
  int drain(Sink& sink);
  /// Whether drain() has left something, or does not know.
  bool may_have_more() const;
  void dispatch_ready(Sink& sink);
  void tick_beacon();
  bool send_client(BytesView routing_id, BytesView payload);

  zmq::context_t context;
  zmq::socket_t pub;
  zmq::socket_t sub;
  zmq::socket_t peer_router;
  zmq::socket_t client_router;
  PollSet polled;
  std::set<int> foreign;  ///< watched for the owner
  std::optional<Beacon> beacon;
  Peers peers;
  BusOptions options;
  Endpoints endpoints;
  BusCounters counters;

  /// A socket that is received from. Its descriptor tells of new commands only, and whatever else is done with the
  /// socket may have taken those in: after that, and until a receive finds nothing, there may be something. Each
  /// receive that finds nothing costs a system call or two, so nobody looks without a reason.
  struct Inlet {
    explicit Inlet(zmq::socket_t& from) : socket(&from), fd(from.get(zmq::sockopt::fd)) {}
    zmq::socket_t* socket;
    int fd;
    bool may_have_more = true;
  };
  Inlet published{sub};
  Inlet from_peers{peer_router};
  Inlet from_clients{client_router};
  Inlet subscriptions{pub};

 private:
  int bind_all(const Endpoints& at);
  int drain_subscriptions(Sink& sink);
  int drain_published(Sink& sink);
  int drain_peers(Sink& sink);
  int drain_clients(Sink& sink);
  template <class Deliver>
  int take(Inlet& inlet, Deliver deliver);
  Inlet* inlet_at(int fd);

  /// The endpoint that the last failed try could not have.
  std::string refused_;
  Frames frames_;
  std::vector<int> ready_;
};

Bus::Impl::Impl(const BusOptions& given)
    : pub(make_socket(context, zmq::socket_type::xpub, {given.publish_queue, kMaxSubscriptionBytes, given.linger})),
      sub(make_socket(context, zmq::socket_type::sub, {given.publish_queue, given.max_message_bytes, 0ms})),
      peer_router(
          make_socket(context, zmq::socket_type::router, {given.peer_queue, given.max_message_bytes, given.linger})),
      client_router(make_socket(context, zmq::socket_type::router,
                                {given.client_queue, given.max_client_message_bytes, given.linger})),
      peers(context, sub, polled, {given.peer_queue, given.max_message_bytes, given.linger},
            routing_id_of(given.self, given.incarnation), given.reconnect_interval),
      options(given) {
  // A peer that reconnects before its old connection is known to be dead takes its place.
  peer_router.set(zmq::sockopt::router_handover, true);
  client_router.set(zmq::sockopt::router_mandatory, true);
  set_reconnect(sub, given.reconnect_interval);
  for (zmq::socket_t* socket : {&pub, &sub, &peer_router, &client_router}) polled.add(socket->get(zmq::sockopt::fd));
}

int Bus::Impl::bind_all(const Endpoints& at) {
  const std::pair<zmq::socket_t*, const std::string*> all[] = {
      {&client_router, &at.client}, {&peer_router, &at.peer}, {&pub, &at.pub}};
  for (auto each = std::begin(all); each != std::end(all); ++each) {
    const int error = bind_error(*each->first, *each->second);
    if (error == 0) continue;
    refused_ = *each->second;
    for (auto bound = std::begin(all); bound != each; ++bound) bound->first->unbind(*bound->second);
    return error;
  }
  endpoints = at;
  return 0;
}

Result<void> Bus::Impl::bind(const Address& listen) {
  std::uint64_t random = random_seed();
  const int tries = listen.port != 0 ? 1 : kPortTries;
  int error = 0;
  for (int i = 0; i < tries; ++i, ++random) {
    const auto picked = kFirstPickedPort + 3 * static_cast<int>(random % ((kLastPickedPort - kFirstPickedPort) / 3));
    const auto at = endpoints_at({listen.host, listen.port != 0 ? listen.port : static_cast<std::uint16_t>(picked)});
    if (!at) return tl::make_unexpected(at.error());
    error = bind_all(*at);
    if (error == 0) return {};
    if (error != EADDRINUSE) break;
  }
  return fail("cannot listen at " + refused_ + ": " + zmq_strerror(error) +
              (error == EADDRINUSE ? " (a node takes three ports in a row)" : ""));
}

Result<void> Bus::Impl::open_beacon(const std::string& host) {
  if (!options.beacon.enabled) return {};
  auto opened = Beacon::open(options.beacon, host);
  if (!opened) return tl::make_unexpected(opened.error());
  beacon = std::move(*opened);
  polled.add(beacon->fd());
  return {};
}

template <class Deliver>
int Bus::Impl::take(Inlet& inlet, Deliver deliver) {
  if (!inlet.may_have_more) return 0;
  int count = 0;
  for (; count < kBurst; ++count) {
    const int frames = frames_.receive(*inlet.socket);
    if (frames == 0) {
      inlet.may_have_more = false;
      break;
    }
    ++counters.received;
    deliver(frames);
  }
  return count;
}

Bus::Impl::Inlet* Bus::Impl::inlet_at(int fd) {
  for (Inlet* inlet : {&published, &from_peers, &from_clients, &subscriptions})
    if (inlet->fd == fd) return inlet;
  return nullptr;
}

int Bus::Impl::drain_subscriptions(Sink& sink) {
  return take(subscriptions, [&](int frames) {
    const BytesView said = frames_[0];
    if (frames == 1 && !said.empty() && (said.front() == '\0' || said.front() == '\1')) {
      sink.on_subscribed(said.substr(1), said.front() == '\1');
    } else {
      ++counters.malformed;
    }
  });
}

int Bus::Impl::drain_published(Sink& sink) {
  return take(published, [&](int frames) {
    if (frames == 2) {
      sink.on_published(frames_[0], frames_[1]);
    } else {
      ++counters.malformed;
    }
  });
}

int Bus::Impl::drain_peers(Sink& sink) {
  return take(from_peers, [&](int frames) {
    if (frames == 2) {
      sink.on_peer(frames_[1]);
    } else {
      ++counters.malformed;
    }
  });
}

int Bus::Impl::drain_clients(Sink& sink) {
  return take(from_clients, [&](int frames) {
    if (frames == 2) {
      sink.on_client(frames_[0], frames_[1]);
    } else {
      ++counters.malformed;
    }
  });
}

int Bus::Impl::drain(Sink& sink) {
  int total = 0;
  while (total < kPollBudget) {
    const int got = drain_peers(sink) + drain_published(sink) + drain_clients(sink) + drain_subscriptions(sink);
    if (got == 0) break;
    total += got;
  }
  return total;
}

bool Bus::Impl::may_have_more() const {
  return published.may_have_more || from_peers.may_have_more || from_clients.may_have_more ||
         subscriptions.may_have_more;
}

void Bus::Impl::dispatch_ready(Sink& sink) {
  const auto on_lost = [&](Uid peer) {
    ++counters.peers_lost;
    sink.on_peer_lost(peer);
  };
  ready_ = polled.ready();
  for (const int fd : ready_) {
    if (Inlet* inlet = inlet_at(fd)) {
      inlet->may_have_more = true;
    } else if (foreign.contains(fd)) {
      sink.on_fd(fd);
    } else if (beacon && fd == beacon->fd()) {
      beacon->receive([&](BytesView datagram, const std::string& from) { sink.on_beacon(datagram, from); });
    } else {
      peers.on_readable(fd, on_lost);
    }
  }
}

void Bus::Impl::tick_beacon() {
  if (beacon) beacon->tick(steady_now());
}

bool Bus::Impl::send_client(BytesView routing_id, BytesView payload) {
  if (routing_id.empty()) return false;
  from_clients.may_have_more = true;
  return send_more(client_router, routing_id) && send_last(client_router, payload);
}

Bus::Bus(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Bus::~Bus() = default;

Result<std::unique_ptr<Bus>> Bus::open(const BusOptions& options) {
  const auto listen = parse_address(options.listen);
  if (!listen) return fail("cannot listen: " + listen.error().message);
  if (listen->host == "0.0.0.0") return fail("cannot listen at 0.0.0.0: give the address that other nodes reach");
  auto impl = std::make_unique<Impl>(options);
  if (const auto bound = impl->bind(*listen); !bound) return tl::make_unexpected(bound.error());
  if (const auto opened = impl->open_beacon(listen->host); !opened) return tl::make_unexpected(opened.error());
  return std::unique_ptr<Bus>(new Bus(std::move(impl)));
}

const Endpoints& Bus::endpoints() const { return impl_->endpoints; }

Result<void> Bus::connect(Uid peer, const Endpoints& endpoints) {
  impl_->published.may_have_more = true;
  return impl_->peers.connect(peer, endpoints);
}
void Bus::disconnect(Uid peer) {
  impl_->published.may_have_more = true;
  impl_->peers.disconnect(peer);
}

void Bus::subscribe(BytesView prefix) {
  impl_->published.may_have_more = true;
  impl_->sub.set(zmq::sockopt::subscribe, prefix);
}
void Bus::unsubscribe(BytesView prefix) {
  impl_->published.may_have_more = true;
  impl_->sub.set(zmq::sockopt::unsubscribe, prefix);
}

void Bus::publish(BytesView topic, BytesView payload) {
  ++impl_->counters.published;
  impl_->subscriptions.may_have_more = true;
  const bool sent = send_more(impl_->pub, topic) && send_last(impl_->pub, payload);
  GAVEL_CHECK(sent, "a PUB never refuses");
}

bool Bus::send(Uid peer, BytesView payload) {
  const bool sent = impl_->peers.send(peer, payload);
  if (!sent) ++impl_->counters.unsent_peer;
  return sent;
}

bool Bus::send_seed(const std::string& peer_endpoint, BytesView payload) {
  return impl_->peers.send_seed(peer_endpoint, payload);
}
void Bus::forget_seed(const std::string& peer_endpoint) { impl_->peers.forget_seed(peer_endpoint); }

bool Bus::send_client(BytesView routing_id, BytesView payload) {
  const bool sent = impl_->send_client(routing_id, payload);
  if (!sent) ++impl_->counters.unsent_client;
  return sent;
}

void Bus::announce(Bytes beacon) {
  if (impl_->beacon) impl_->beacon->announce(std::move(beacon), steady_now());
}
void Bus::send_beacon_now() {
  if (impl_->beacon) impl_->beacon->send_now(steady_now());
}

void Bus::watch_fd(int fd) {
  impl_->polled.add(fd);
  impl_->foreign.insert(fd);
}
void Bus::unwatch_fd(int fd) {
  impl_->polled.remove(fd);
  impl_->foreign.erase(fd);
}

void Bus::poll(TimePoint deadline, Sink& sink) {
  impl_->tick_beacon();
  // Nobody may sleep until all sockets were found empty with nothing done since. After messages there is a look at the
  // descriptors, no sleep.
  const bool found = impl_->drain(sink) > 0;
  const TimePoint wake = impl_->beacon ? std::min(deadline, impl_->beacon->next_deadline()) : deadline;
  impl_->polled.wait(found || impl_->may_have_more() ? kLongAgo : wake);
  impl_->dispatch_ready(sink);
  if (!found) impl_->drain(sink);
  impl_->tick_beacon();
}

const BusCounters& Bus::counters() const { return impl_->counters; }

}  // namespace gavel::bus
