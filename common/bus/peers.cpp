#include "common/bus/peers.hpp"

#include <algorithm>
#include <utility>

namespace gavel::bus {
namespace {

/// A seed gets a greeting or two while it is being connected, no more.
constexpr int kSeedQueue = 4;
/// A ROUTER for nodes never sends; what comes from there anyway is thrown away.
constexpr int kUnexpectedQueue = 4;

}  // namespace

struct Peers::Link {
  Link(zmq::context_t& context, zmq::socket_t made, Endpoints at)
      : dealer(std::move(made)), endpoints(std::move(at)), watch(context, dealer) {}

  zmq::socket_t dealer;
  Endpoints endpoints;
  LinkWatch watch;
  LossDetector loss;
};

Peers::Peers(zmq::context_t& context, zmq::socket_t& subscriber, PollSet& polled, SocketLimits limits, Bytes routing_id,
             Duration reconnect_interval)
    : context_(context),
      subscriber_(subscriber),
      polled_(polled),
      limits_(limits),
      routing_id_(std::move(routing_id)),
      reconnect_interval_(reconnect_interval) {}

Peers::~Peers() = default;

zmq::socket_t Peers::make_dealer(bool only_when_connected) {
  zmq::socket_t dealer = make_socket(context_, zmq::socket_type::dealer, limits_);
  // Without this a DEALER queues for a peer that is not there, and delivers the stale messages to its next life.
  dealer.set(zmq::sockopt::immediate, only_when_connected);
  dealer.set(zmq::sockopt::rcvhwm, kUnexpectedQueue);
  set_reconnect(dealer, reconnect_interval_);
  return dealer;
}

Result<void> Peers::connect(Uid peer, const Endpoints& endpoints) {
  for (const auto& endpoint : {endpoints.pub, endpoints.peer}) {
    if (const auto valid = parse_endpoint(endpoint); !valid) return tl::make_unexpected(valid.error());
  }
  const auto found = links_.find(peer);
  if (found != links_.end() && found->second->endpoints == endpoints) return {};
  disconnect(peer);
  auto link = std::make_unique<Link>(context_, make_dealer(true), endpoints);
  link->dealer.set(zmq::sockopt::routing_id, routing_id_);
  link->dealer.connect(endpoints.peer);
  if (++heard_[endpoints.pub] == 1) subscriber_.connect(endpoints.pub);
  polled_.add(link->watch.fd());
  links_.emplace(peer, std::move(link));
  return {};
}

void Peers::disconnect(Uid peer) {
  const auto found = links_.find(peer);
  if (found == links_.end()) return;
  Link& link = *found->second;
  polled_.remove(link.watch.fd());
  if (--heard_[link.endpoints.pub] == 0) {
    subscriber_.disconnect(link.endpoints.pub);
    heard_.erase(link.endpoints.pub);
  }
  link.dealer.set(zmq::sockopt::linger, 0);
  links_.erase(found);
}

bool Peers::send(Uid peer, BytesView payload) {
  const auto found = links_.find(peer);
  return found != links_.end() && send_last(found->second->dealer, payload);
}

bool Peers::send_seed(const std::string& endpoint, BytesView payload) {
  auto found = seeds_.find(endpoint);
  if (found == seeds_.end()) {
    if (!parse_endpoint(endpoint)) return false;
    // No routing id: it would take the place of the connection that this node has to the same peer as a peer.
    zmq::socket_t dealer = make_dealer(false);
    dealer.set(zmq::sockopt::sndhwm, kSeedQueue);
    dealer.set(zmq::sockopt::linger, 0);
    dealer.connect(endpoint);
    found = seeds_.emplace(endpoint, std::move(dealer)).first;
  }
  return send_last(found->second, payload);
}

void Peers::forget_seed(const std::string& endpoint) { seeds_.erase(endpoint); }

bool Peers::on_readable(int fd, const std::function<void(Uid)>& on_lost) {
  const auto found =
      std::find_if(links_.begin(), links_.end(), [fd](const auto& entry) { return entry.second->watch.fd() == fd; });
  if (found == links_.end()) return false;
  const Uid peer = found->first;
  bool lost = false;
  Link& link = *found->second;
  link.watch.drain([&](LinkEvent event) { lost = link.loss.on_event(event) || lost; });
  // Nobody polls a DEALER: taking what it was never meant to get also lets it clean up after its lost connection.
  Frames unexpected;
  for (int i = 0; i < kUnexpectedQueue && unexpected.receive(link.dealer) > 0; ++i) {
  }
  if (lost) on_lost(peer);
  return true;
}

}  // namespace gavel::bus
