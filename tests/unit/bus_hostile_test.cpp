#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <zmq.hpp>

#include "common/base/random.hpp"
#include "tests/unit/bus_recorder.hpp"

using namespace gavel;
using namespace gavel::bus;

namespace {

int connect_raw(const std::string& endpoint) {
  const auto address = parse_endpoint(endpoint);
  REQUIRE(address);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(address->port);
  inet_pton(AF_INET, address->host.c_str(), &to.sin_addr);
  REQUIRE(connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  return fd;
}

std::string garbage(Random& random, std::size_t length) {
  std::string bytes;
  for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<char>(random.next()));
  return bytes;
}

}  // namespace

TEST_CASE("garbage bytes on every port crash nothing and hinder nobody") {
  TestNode a(1), b(2);
  a.bus->subscribe("g");
  a.connect(b);
  b.connect(a);
  require_heard(b, a, "g");
  require_unicast(b, a);
  Random random(7);
  const std::string zmtp_greeting = std::string("\xff\0\0\0\0\0\0\0\x01\x7f\x03\0NULL", 16) + std::string(48, '\0');
  std::vector<int> open;
  for (const auto& endpoint : {a.bus->endpoints().client, a.bus->endpoints().peer, a.bus->endpoints().pub}) {
    for (int i = 0; i < 20; ++i) {
      const int fd = connect_raw(endpoint);
      // Plain noise, noise after a good greeting, and connections that say nothing and stay.
      std::string bytes = i % 3 == 0 ? garbage(random, 4096) : zmtp_greeting + garbage(random, 512);
      if (i % 3 == 2) bytes.clear();
      [[maybe_unused]] const auto sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      open.push_back(fd);
    }
  }
  for (int i = 0; i < 20; ++i) {
    require_heard(b, a, "g");
    require_unicast(b, a);
    require_unicast(a, b);
  }
  // Noise may be a message of ZMTP 1.0, which has no handshake: what it says is for the decoder to refuse.
  for (const int fd : open) close(fd);
  require_unicast(b, a);
}

TEST_CASE("messages with the wrong number of frames are counted and dropped") {
  TestNode a(1), b(2);
  a.bus->subscribe("");
  zmq::context_t context;
  zmq::socket_t client(context, zmq::socket_type::dealer), peer(context, zmq::socket_type::dealer);
  zmq::socket_t fake_pub(context, zmq::socket_type::pub);
  client.set(zmq::sockopt::linger, 0);
  peer.set(zmq::sockopt::linger, 0);
  fake_pub.set(zmq::sockopt::linger, 0);
  client.connect(a.bus->endpoints().client);
  peer.connect(a.bus->endpoints().peer);
  fake_pub.bind("tcp://127.0.0.1:*");
  Endpoints fake = b.bus->endpoints();
  fake.pub = fake_pub.get(zmq::sockopt::last_endpoint);
  REQUIRE(a.bus->connect(b.uid, fake));

  const auto send_frames = [](zmq::socket_t& socket, int count) {
    for (int i = 0; i < count; ++i) {
      socket.send(zmq::str_buffer("frame"), i + 1 < count ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
  };
  for (const int count : {2, 3, 50}) {
    send_frames(client, count);
    send_frames(peer, count);
  }
  send_frames(client, 1);
  send_frames(peer, 1);
  REQUIRE(poll_until({&a}, [&] {
    send_frames(fake_pub, 1);
    send_frames(fake_pub, 3);
    send_frames(fake_pub, 2);
    return !a.got.from_clients.empty() && !a.got.from_peers.empty() && !a.got.published.empty();
  }));
  CHECK(a.got.from_clients.size() == 1);
  CHECK(a.got.from_peers.size() == 1);
  CHECK(a.bus->counters().malformed >= 6);
}

TEST_CASE("a client that says it is somebody else's connection does not get that one's replies") {
  TestNode a(1);
  zmq::context_t context;
  const auto make = [&] {
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::routing_id, "victim");
    socket.connect(a.bus->endpoints().client);
    socket.send(zmq::str_buffer("hello"));
    return socket;
  };
  zmq::socket_t victim = make();
  REQUIRE(poll_until({&a}, [&] { return a.got.from_clients.size() == 1; }));
  zmq::socket_t thief = make();
  poll_until(
      {&a}, [] { return false; }, 50ms);
  REQUIRE(a.bus->send_client(a.got.from_clients[0].first, "secret"));
  zmq::message_t message;
  victim.set(zmq::sockopt::rcvtimeo, 5000);
  CHECK(victim.recv(message));
  CHECK_FALSE(thief.recv(message, zmq::recv_flags::dontwait));
}
