// The connecting half of the bus: for each peer a DEALER to its ROUTER, watched for loss, and a connection of the
// shared SUB to its PUB; for each seed a DEALER alone. Private to common/bus.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <zmq.hpp>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/bus/endpoint.hpp"
#include "common/bus/link_watch.hpp"
#include "common/bus/poll_set.hpp"
#include "common/bus/socket.hpp"

namespace gavel::bus {

class Peers {
 public:
  /// `routing_id`: who the DEALERs say they are. `subscriber` and `polled` outlive this.
  Peers(zmq::context_t& context, zmq::socket_t& subscriber, PollSet& polled, SocketLimits limits, Bytes routing_id,
        Duration reconnect_interval);
  ~Peers();

  Result<void> connect(Uid peer, const Endpoints& endpoints);
  void disconnect(Uid peer);
  bool send(Uid peer, BytesView payload);
  bool send_seed(const std::string& endpoint, BytesView payload);
  void forget_seed(const std::string& endpoint);

  /// If `fd` is that of a peer's watch, takes its events, and names the peer in `on_lost` if it is gone.
  /// False if the descriptor is none of these.
  bool on_readable(int fd, const std::function<void(Uid)>& on_lost);

 private:
  struct Link;
  zmq::socket_t make_dealer(bool only_when_connected);

  zmq::context_t& context_;
  zmq::socket_t& subscriber_;
  PollSet& polled_;
  const SocketLimits limits_;
  const Bytes routing_id_;
  const Duration reconnect_interval_;
  std::map<Uid, std::unique_ptr<Link>> links_;
  /// How many peers are heard at a PUB: two, while a node that drew a new uid takes the old one's place.
  std::map<std::string, int> heard_;
  std::map<std::string, zmq::socket_t> seeds_;
};

}  // namespace gavel::bus
