#include "common/bus/client_socket.hpp"

#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "common/bus/clock.hpp"
#include "common/bus/endpoint.hpp"
#include "common/bus/gateway_link.hpp"
#include "common/bus/poll_set.hpp"
#include "common/bus/socket.hpp"

namespace gavel::bus {
namespace {

constexpr int kPollBudget = 1024;

}  // namespace

class ClientSocket::Impl {
 public:
  void open(const std::string& endpoint);
  void close();
  int drain(ClientSink& sink);
  void take_events(ClientSink& sink);
  void dispatch_ready(ClientSink& sink);

  zmq::context_t context;
  std::shared_ptr<GatewayLink> connection;
  PollSet polled;
  std::set<int> foreign;  ///< watched for the owner

 private:
  Frames frames_;
  std::vector<int> ready_;
};

void ClientSocket::Impl::open(const std::string& endpoint) {
  close();
  connection = std::make_shared<GatewayLink>(context, endpoint);
  polled.add(connection->watch.fd());
  polled.add(connection->dealer.get(zmq::sockopt::fd));
}

void ClientSocket::Impl::close() {
  if (!connection) return;
  polled.remove(connection->watch.fd());
  polled.remove(connection->dealer.get(zmq::sockopt::fd));
  connection.reset();
}

int ClientSocket::Impl::drain(ClientSink& sink) {
  const auto current = connection;  // the sink may leave it
  int count = 0;
  while (current && current == connection && count < kPollBudget) {
    const int frames = frames_.receive(current->dealer);
    if (frames == 0) break;
    ++count;
    if (frames == 1) sink.on_message(frames_[0]);
  }
  return count;
}

void ClientSocket::Impl::take_events(ClientSink& sink) {
  const auto current = connection;
  if (!current) return;
  bool up = false;
  bool lost = false;
  current->watch.drain([&](LinkEvent event) {
    up = up || event == LinkEvent::up;
    lost = lost || event == LinkEvent::broken || event == LinkEvent::refused;
  });
  if (up) sink.on_connected();
  if (!lost || current != connection) return;
  while (drain(sink) > 0) {  // what came before the end still counts
  }
  if (current != connection) return;
  close();
  sink.on_lost();
}

void ClientSocket::Impl::dispatch_ready(ClientSink& sink) {
  ready_ = polled.ready();
  for (const int fd : ready_) {
    if (foreign.contains(fd)) {
      sink.on_fd(fd);
    } else if (connection && fd == connection->watch.fd()) {
      take_events(sink);
    }
  }
}

ClientSocket::ClientSocket() : impl_(std::make_unique<Impl>()) {}
ClientSocket::~ClientSocket() = default;

Result<void> ClientSocket::connect(const std::string& endpoint) {
  if (const auto valid = parse_endpoint(endpoint); !valid) return tl::make_unexpected(valid.error());
  impl_->open(endpoint);
  return {};
}

void ClientSocket::close(Duration linger) {
  if (!impl_->connection) return;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(linger).count();
  impl_->connection->dealer.set(zmq::sockopt::linger, static_cast<int>(ms));
  impl_->close();
}

bool ClientSocket::send(BytesView payload) {
  return impl_->connection && send_last(impl_->connection->dealer, payload);
}

void ClientSocket::watch_fd(int fd) {
  impl_->polled.add(fd);
  impl_->foreign.insert(fd);
}

void ClientSocket::unwatch_fd(int fd) {
  impl_->polled.remove(fd);
  impl_->foreign.erase(fd);
}

void ClientSocket::poll(TimePoint deadline, ClientSink& sink) {
  // As in Bus::poll: sleep only after the socket was found empty with nothing done since.
  const bool found = impl_->drain(sink) > 0;
  impl_->polled.wait(found ? kLongAgo : deadline);
  impl_->dispatch_ready(sink);
  if (!found) impl_->drain(sink);
}

}  // namespace gavel::bus
