#include "common/bus/client_pool.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>
#include <vector>

#include "common/base/check.hpp"
#include "common/bus/endpoint.hpp"
#include "common/bus/gateway_link.hpp"
#include "common/bus/poll_set.hpp"

namespace gavel::bus {
namespace {

/// Messages of one client in a row, lest another one waits for long.
constexpr int kBudget = 256;

}  // namespace

class ClientPool::Impl {
 public:
  explicit Impl(std::size_t clients);
  ~Impl() { ::close(epoll_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void open(std::size_t client, const std::string& endpoint);
  void close(std::size_t client);
  GatewayLink* link(std::size_t client) { return links_[client].get(); }
  /// It was sent on or read from: ZeroMQ may have taken its signal, and it has to be looked at before sleeping.
  void unsettle(std::size_t client);
  /// Hands over what the unsettled ones have; false: nothing.
  bool drain(PoolSink& sink);
  /// Sleeps until the deadline at most; what is ready is unsettled then.
  void wait(TimePoint deadline, PoolSink& sink);

 private:
  /// A descriptor in the epoll: of a client's messages, or of what becomes of its connection.
  static std::uint64_t name(std::size_t client, bool watch) { return (client << 1U) | (watch ? 1U : 0U); }
  void add(int fd, std::uint64_t name);
  int drain(std::size_t client, PoolSink& sink);
  void take_events(std::size_t client, PoolSink& sink);

  zmq::context_t context_;
  int epoll_;
  std::vector<std::shared_ptr<GatewayLink>> links_;
  std::vector<std::size_t> unsettled_, draining_;
  std::vector<bool> is_unsettled_;
  Frames frames_;
};

ClientPool::Impl::Impl(std::size_t clients) : epoll_(::epoll_create1(EPOLL_CLOEXEC)), links_(clients) {
  GAVEL_CHECK(epoll_ >= 0, "an epoll can be made");
  constexpr int kOthers = 64;
  context_.set(zmq::ctxopt::max_sockets, static_cast<int>(clients) * 6 + kOthers);
  is_unsettled_.resize(clients);
}

void ClientPool::Impl::add(int fd, std::uint64_t name) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = name;
  GAVEL_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0, "a socket's descriptor can be watched");
}

void ClientPool::Impl::open(std::size_t client, const std::string& endpoint) {
  close(client);
  links_[client] = std::make_shared<GatewayLink>(context_, endpoint);
  add(links_[client]->dealer.get(zmq::sockopt::fd), name(client, false));
  add(links_[client]->watch.fd(), name(client, true));
  unsettle(client);
}

void ClientPool::Impl::close(std::size_t client) {
  if (!links_[client]) return;
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, links_[client]->dealer.get(zmq::sockopt::fd), nullptr);
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, links_[client]->watch.fd(), nullptr);
  links_[client].reset();
}

void ClientPool::Impl::unsettle(std::size_t client) {
  if (is_unsettled_[client]) return;
  is_unsettled_[client] = true;
  unsettled_.push_back(client);
}

int ClientPool::Impl::drain(std::size_t client, PoolSink& sink) {
  const auto current = links_[client];  // the sink may leave it
  int count = 0;
  while (current && current == links_[client] && count < kBudget) {
    const int frames = frames_.receive(current->dealer);
    if (frames == 0) break;
    ++count;
    if (frames == 1) sink.on_message(client, frames_[0]);
  }
  if (count == kBudget) unsettle(client);
  return count;
}

bool ClientPool::Impl::drain(PoolSink& sink) {
  bool found = false;
  draining_.clear();
  draining_.swap(unsettled_);
  for (const std::size_t client : draining_) {
    is_unsettled_[client] = false;
    found = drain(client, sink) > 0 || found;
  }
  return found;
}

void ClientPool::Impl::take_events(std::size_t client, PoolSink& sink) {
  const auto current = links_[client];
  if (!current) return;
  bool lost = false;
  current->watch.drain(
      [&](LinkEvent event) { lost = lost || event == LinkEvent::broken || event == LinkEvent::refused; });
  if (!lost) return;
  while (drain(client, sink) > 0) {  // what came before the end still counts
  }
  if (current != links_[client]) return;
  close(client);
  sink.on_lost(client);
}

void ClientPool::Impl::wait(TimePoint deadline, PoolSink& sink) {
  std::array<epoll_event, 256> room;
  for (const auto& event : wait_on(epoll_, deadline, room)) {
    const std::uint64_t what = event.data.u64;
    const auto client = static_cast<std::size_t>(what >> 1U);
    if ((what & 1U) != 0)
      take_events(client, sink);
    else
      unsettle(client);
  }
}

ClientPool::ClientPool(std::size_t clients) : impl_(std::make_unique<Impl>(clients)) {}
ClientPool::~ClientPool() = default;

Result<void> ClientPool::connect(std::size_t client, const std::string& endpoint) {
  if (const auto valid = parse_endpoint(endpoint); !valid) return tl::make_unexpected(valid.error());
  try {
    impl_->open(client, endpoint);
  } catch (const zmq::error_t& error) {
    return fail(error.what());
  }
  return {};
}

void ClientPool::close(std::size_t client, Duration linger) {
  GatewayLink* link = impl_->link(client);
  if (link == nullptr) return;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(linger).count();
  link->dealer.set(zmq::sockopt::linger, static_cast<int>(ms));
  impl_->close(client);
}

bool ClientPool::send(std::size_t client, BytesView payload) {
  GatewayLink* link = impl_->link(client);
  if (link == nullptr) return false;
  impl_->unsettle(client);
  return send_last(link->dealer, payload);
}

void ClientPool::poll(TimePoint deadline, PoolSink& sink) {
  // As in Bus::poll: sleep only after all that was touched was found empty with nothing done since.
  const bool found = impl_->drain(sink);
  impl_->wait(found ? kLongAgo : deadline, sink);
  impl_->drain(sink);
}

}  // namespace gavel::bus
