#include "common/bus/link_watch.hpp"

#include <zmq.h>

#include <atomic>
#include <cstring>
#include <string>

#include "common/base/check.hpp"
#include "common/bus/socket.hpp"

namespace gavel::bus {
namespace {

constexpr int kWatched = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED;

std::string fresh_address() {
  static std::atomic<std::uint64_t> last{0};
  return "inproc://link-watch-" + std::to_string(++last);
}

}  // namespace

LinkEvent link_event(std::uint16_t event) {
  switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      return LinkEvent::up;
    case ZMQ_EVENT_DISCONNECTED:
      return LinkEvent::broken;
    case ZMQ_EVENT_CLOSED:
      return LinkEvent::refused;
    default:
      return LinkEvent::other;
  }
}

bool LossDetector::on_event(LinkEvent event) {
  if (event == LinkEvent::broken) broken_ = true;
  if (event == LinkEvent::up) broken_ = false;
  if (event != LinkEvent::refused || !broken_) return false;
  broken_ = false;
  return true;
}

LinkWatch::LinkWatch(zmq::context_t& context, zmq::socket_t& socket)
    : watched_(socket), events_(context, zmq::socket_type::pair), fd_(events_.get(zmq::sockopt::fd)) {
  const std::string address = fresh_address();
  GAVEL_CHECK(zmq_socket_monitor(socket.handle(), address.c_str(), kWatched) == 0, "a socket can be watched");
  events_.set(zmq::sockopt::linger, 0);
  events_.connect(address);
  // A pipe's writer signals only a reader that has found it empty.
  drain([](LinkEvent) {});
}

LinkWatch::~LinkWatch() {
  // Before its reader is gone: ZeroMQ's I/O thread writes events without a time limit.
  zmq_socket_monitor(watched_.handle(), nullptr, 0);
}

void LinkWatch::drain(const std::function<void(LinkEvent)>& on_event) {
  Frames frames;
  while (frames.receive(events_) > 0) {
    std::uint16_t event = 0;
    GAVEL_CHECK(frames[0].size() >= sizeof event, "an event begins with its number");
    std::memcpy(&event, frames[0].data(), sizeof event);
    on_event(link_event(event));
  }
}

}  // namespace gavel::bus
