#include "common/bus/socket.hpp"

#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "common/base/check.hpp"

#ifdef __SANITIZE_THREAD__
/// ZeroMQ is not built for the thread sanitizer, which therefore does not see how its threads hand over to each other.
extern "C" const char* __tsan_default_suppressions() { return "called_from_lib:libzmq.so\n"; }
#endif

namespace gavel::bus {
namespace {

/// A connection whose far end takes nothing for so long is closed by the kernel, and its queue is freed: this bounds
/// what a stopped process costs the others. It reconnects when it goes on.
constexpr int kUnacceptedMs = 5'000;
constexpr int kHandshakeMs = 10'000;
constexpr int kLongestReconnectMs = 250;

int milliseconds(Duration d) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(d).count());
}

bool send_frame(zmq::socket_t& socket, BytesView frame, int flags) {
  int sent = 0;
  do {
    sent = zmq_send(socket.handle(), frame.data(), frame.size(), flags | ZMQ_DONTWAIT);
  } while (sent < 0 && zmq_errno() == EINTR);
  if (sent >= 0) return true;
  GAVEL_CHECK(zmq_errno() == EAGAIN || zmq_errno() == EHOSTUNREACH,
              "a send fails for want of room or of a receiver only");
  return false;
}

bool receive_frame(zmq::socket_t& socket, zmq::message_t& frame) {
  int got = 0;
  do {
    got = zmq_msg_recv(frame.handle(), socket.handle(), ZMQ_DONTWAIT);
  } while (got < 0 && zmq_errno() == EINTR);
  GAVEL_CHECK(got >= 0 || zmq_errno() == EAGAIN, "a receive fails for want of a message only");
  return got >= 0;
}

}  // namespace

zmq::socket_t make_socket(zmq::context_t& context, zmq::socket_type type, const SocketLimits& limits) {
  zmq::socket_t socket(context, type);
  socket.set(zmq::sockopt::linger, milliseconds(limits.linger));
  socket.set(zmq::sockopt::sndhwm, limits.queue);
  socket.set(zmq::sockopt::rcvhwm, limits.queue);
  socket.set(zmq::sockopt::maxmsgsize, limits.max_message_bytes);
  socket.set(zmq::sockopt::handshake_ivl, kHandshakeMs);
  socket.set(zmq::sockopt::tcp_maxrt, kUnacceptedMs);
  return socket;
}

bool send_last(zmq::socket_t& socket, BytesView frame) { return send_frame(socket, frame, 0); }
bool send_more(zmq::socket_t& socket, BytesView frame) { return send_frame(socket, frame, ZMQ_SNDMORE); }

int bind_error(zmq::socket_t& socket, const std::string& endpoint) {
  return zmq_bind(socket.handle(), endpoint.c_str()) == 0 ? 0 : zmq_errno();
}

int Frames::receive(zmq::socket_t& socket) {
  if (!receive_frame(socket, frames_[0])) return 0;
  int count = 1;
  zmq::message_t surplus;
  for (bool more = frames_[0].more(); more; ++count) {
    zmq::message_t& frame = count == 1 ? frames_[1] : surplus;
    GAVEL_CHECK(receive_frame(socket, frame), "ZeroMQ hands over whole messages");
    more = frame.more();
  }
  return count;
}

BytesView Frames::operator[](std::size_t index) const {
  return {static_cast<const char*>(frames_[index].data()), frames_[index].size()};
}

void set_reconnect(zmq::socket_t& socket, Duration first) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(first).count();
  socket.set(zmq::sockopt::reconnect_ivl, std::max(1, static_cast<int>(ms)));
  socket.set(zmq::sockopt::reconnect_ivl_max, kLongestReconnectMs);
}

}  // namespace gavel::bus
