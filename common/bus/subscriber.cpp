#include "common/bus/subscriber.hpp"

#include <set>
#include <vector>
#include <zmq.hpp>

#include "common/bus/endpoint.hpp"
#include "common/bus/poll_set.hpp"
#include "common/bus/socket.hpp"

namespace gavel::bus {
namespace {

constexpr int kPollBudget = 1024;

}  // namespace

class Subscriber::Impl {
 public:
  explicit Impl(const SubscriberOptions& options)
      : sub(make_socket(context, zmq::socket_type::sub, {options.queue, options.max_message_bytes, 0ms})) {
    set_reconnect(sub, options.reconnect_interval);
    polled.add(sub.get(zmq::sockopt::fd));
  }

  int drain(SubscriberSink& sink) {
    int count = 0;
    for (; count < kPollBudget; ++count) {
      const int frames = frames_.receive(sub);
      if (frames == 0) break;
      if (frames == 2) sink.on_published(frames_[0], frames_[1]);
    }
    return count;
  }

  zmq::context_t context;
  zmq::socket_t sub;
  std::set<std::string> connected;
  PollSet polled;
  std::set<int> foreign;  ///< watched for the owner

 private:
  Frames frames_;
};

Subscriber::Subscriber(const SubscriberOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Subscriber::~Subscriber() = default;

Result<void> Subscriber::connect(const std::string& pub_endpoint) {
  if (const auto valid = parse_endpoint(pub_endpoint); !valid) return tl::make_unexpected(valid.error());
  if (impl_->connected.insert(pub_endpoint).second) impl_->sub.connect(pub_endpoint);
  return {};
}

void Subscriber::disconnect(const std::string& pub_endpoint) {
  if (impl_->connected.erase(pub_endpoint) > 0) impl_->sub.disconnect(pub_endpoint);
}

void Subscriber::subscribe(BytesView prefix) { impl_->sub.set(zmq::sockopt::subscribe, prefix); }

void Subscriber::watch_fd(int fd) {
  impl_->polled.add(fd);
  impl_->foreign.insert(fd);
}

void Subscriber::unwatch_fd(int fd) {
  impl_->polled.remove(fd);
  impl_->foreign.erase(fd);
}

void Subscriber::poll(TimePoint deadline, SubscriberSink& sink) {
  // As in Bus::poll: sleep only after the socket was found empty with nothing done since.
  const bool found = impl_->drain(sink) > 0;
  impl_->polled.wait(found ? kLongAgo : deadline);
  const auto ready = impl_->polled.ready();
  for (const int fd : ready)
    if (impl_->foreign.contains(fd)) sink.on_fd(fd);
  if (!found) impl_->drain(sink);
}

}  // namespace gavel::bus
