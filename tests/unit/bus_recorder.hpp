// Shared by the bus's tests: sinks that remember, and polling with a deadline.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/check.hpp"
#include "common/bus/bus.hpp"
#include "common/bus/client_socket.hpp"

namespace gavel::bus {

struct Recorder : Sink {
  std::vector<std::pair<std::string, std::string>> published;
  std::vector<std::pair<std::string, bool>> subscribed;
  std::vector<std::string> from_peers;
  std::vector<std::pair<std::string, std::string>> from_clients;
  std::vector<Uid> lost;
  std::vector<std::string> beacons;
  std::vector<int> fds;

  void on_published(BytesView topic, BytesView payload) override { published.emplace_back(topic, payload); }
  void on_subscribed(BytesView prefix, bool wanted) override { subscribed.emplace_back(prefix, wanted); }
  void on_peer(BytesView payload) override { from_peers.emplace_back(payload); }
  void on_client(BytesView id, BytesView payload) override { from_clients.emplace_back(id, payload); }
  void on_peer_lost(Uid peer) override { lost.push_back(peer); }
  void on_beacon(BytesView datagram, const std::string&) override { beacons.emplace_back(datagram); }
  void on_fd(int fd) override { fds.push_back(fd); }
};

struct ClientRecorder : ClientSink {
  int connected = 0;
  int lost = 0;
  std::vector<std::string> messages;
  std::vector<int> fds;

  void on_connected() override { ++connected; }
  void on_lost() override { ++lost; }
  void on_message(BytesView payload) override { messages.emplace_back(payload); }
  void on_fd(int fd) override { fds.push_back(fd); }
};

inline BusOptions quiet_options(std::uint64_t uid) {
  BusOptions options;
  options.self = Uid{uid};
  options.incarnation = Incarnation{1};
  options.beacon.enabled = false;
  return options;
}

/// A bus with its sink.
struct TestNode {
  explicit TestNode(const BusOptions& options) : uid(options.self) {
    auto opened = Bus::open(options);
    GAVEL_CHECK(opened.has_value(), "a test's bus opens");
    bus = std::move(*opened);
  }
  explicit TestNode(std::uint64_t id) : TestNode(quiet_options(id)) {}

  void connect(const TestNode& other) { REQUIRE(bus->connect(other.uid, other.bus->endpoints())); }

  Uid uid;
  std::unique_ptr<Bus> bus;
  Recorder got;
};

/// Polls all in turn until `done`, ten seconds at most; whether it is done.
inline bool poll_until(std::initializer_list<TestNode*> nodes, const std::function<bool()>& done,
                       Duration limit = 10s) {
  const TimePoint end = steady_now() + limit;
  while (!done()) {
    if (steady_now() > end) return false;
    for (TestNode* node : nodes) node->bus->poll(steady_now() + 500us, node->got);
  }
  return true;
}

/// A payload that no other call gets, so that one that is still under way does not count for another one.
inline std::string fresh_hello() {
  static int last = 0;
  return "hello " + std::to_string(++last);
}

/// Sends from `a` to `b` until the first arrives: then they are connected.
inline void require_unicast(TestNode& a, TestNode& b) {
  const std::string hello = fresh_hello();
  REQUIRE(poll_until({&a, &b}, [&] {
    a.bus->send(b.uid, hello);
    return std::count(b.got.from_peers.begin(), b.got.from_peers.end(), hello) > 0;
  }));
}

/// Publishes from `a` until `b` hears it.
inline void require_heard(TestNode& a, TestNode& b, const std::string& topic) {
  const std::pair<std::string, std::string> hello{topic, fresh_hello()};
  REQUIRE(poll_until({&a, &b}, [&] {
    a.bus->publish(hello.first, hello.second);
    return std::count(b.got.published.begin(), b.got.published.end(), hello) > 0;
  }));
}

}  // namespace gavel::bus
