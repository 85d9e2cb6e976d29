#include <string>

#include "tests/unit/bus_recorder.hpp"

using namespace gavel;
using namespace gavel::bus;

namespace {

const std::string kLarge(64 * 1024, 'x');

/// A client with its sink, connected to `node` and known to it; the routing id that the node knows it by.
std::string greet(ClientSocket& client, ClientRecorder& got, TestNode& node) {
  REQUIRE(client.connect(node.bus->endpoints().client));
  REQUIRE(client.send("hello"));
  const std::size_t before = node.got.from_clients.size();
  REQUIRE(poll_until({&node}, [&] {
    client.poll(steady_now(), got);
    return node.got.from_clients.size() > before;
  }));
  return node.got.from_clients.back().first;
}

}  // namespace

TEST_CASE("a subscriber that does not read costs the publisher no time and the other subscribers no message") {
  BusOptions options = quiet_options(1);
  options.publish_queue = 100;
  TestNode a(options), reader(3);
  options.self = Uid{2};
  TestNode stuck(options);
  for (TestNode* node : {&stuck, &reader}) {
    node->bus->subscribe("g");
    node->connect(a);
    require_heard(a, *node, "g");
  }
  constexpr std::size_t kMessages = 800;  // 50 MB: more than all buffers on the way hold
  constexpr std::size_t kWindow = 25;  // a queue of 100 hears of what was read 50 by 50: half of it may seem full
  reader.got.published.clear();
  const TimePoint start = steady_now();
  for (std::size_t sent = 0; sent < kMessages; ++sent) {
    REQUIRE(poll_until({&reader}, [&] { return sent < reader.got.published.size() + kWindow; }));
    a.bus->publish("g", kLarge);
  }
  REQUIRE(poll_until({&reader}, [&] { return reader.got.published.size() >= kMessages; }));
  CHECK(steady_now() - start < 20s);
  poll_until(
      {&stuck}, [] { return false; }, 100ms);
  CHECK(stuck.got.published.size() < kMessages);
}

TEST_CASE("a peer that does not read fills its queue: send says so, and does not block") {
  BusOptions options = quiet_options(1);
  options.peer_queue = 100;
  TestNode a(options), stuck(quiet_options(2)), reader(3);
  a.connect(stuck);
  a.connect(reader);
  require_unicast(a, stuck);
  require_unicast(a, reader);
  int sent = 0;
  const TimePoint start = steady_now();
  // The I/O thread moves what the kernel's buffers take: full is when nothing more fits for a while.
  for (int refusals = 0; refusals < 200 && sent < 100'000;) {
    if (a.bus->send(stuck.uid, kLarge)) {
      ++sent;
      refusals = 0;
    } else {
      ++refusals;
      a.bus->poll(steady_now() + 200us, a.got);
    }
  }
  CHECK(sent < 10'000);
  CHECK(steady_now() - start < 10s);
  CHECK(a.bus->counters().unsent_peer >= 200);
  require_unicast(a, reader);
}

TEST_CASE("a client that does not read fills its own queue only") {
  BusOptions options = quiet_options(1);
  options.client_queue = 50;
  TestNode a(options);
  ClientSocket stuck, reader;
  ClientRecorder stuck_got, reader_got;
  const std::string stuck_id = greet(stuck, stuck_got, a);
  const std::string reader_id = greet(reader, reader_got, a);
  CHECK(stuck_id != reader_id);
  int sent = 0;
  for (int refusals = 0; refusals < 200 && sent < 100'000;) {
    if (a.bus->send_client(stuck_id, kLarge)) {
      ++sent;
      refusals = 0;
    } else {
      ++refusals;
      a.bus->poll(steady_now() + 200us, a.got);
    }
  }
  CHECK(sent < 10'000);
  REQUIRE(a.bus->send_client(reader_id, "still served"));
  REQUIRE(poll_until({&a}, [&] {
    reader.poll(steady_now() + 1ms, reader_got);
    return !reader_got.messages.empty();
  }));
}

TEST_CASE("a client that left cannot be sent to") {
  TestNode a(1);
  std::string id;
  {
    ClientSocket client;
    ClientRecorder got;
    id = greet(client, got, a);
    REQUIRE(a.bus->send_client(id, "welcome"));
  }
  CHECK(poll_until({&a}, [&] { return !a.bus->send_client(id, "are you there?"); }));
  CHECK_FALSE(a.bus->send_client("nobody", "x"));
  CHECK_FALSE(a.bus->send_client("", "x"));
}

TEST_CASE("a message over the limit closes the connection that it came on, and that one only") {
  BusOptions options = quiet_options(1);
  options.max_client_message_bytes = 1000;
  options.max_message_bytes = 2000;
  TestNode a(options), talker(2), other(3);
  ClientSocket rude, polite;
  ClientRecorder rude_got, polite_got;
  greet(rude, rude_got, a);
  const std::string polite_id = greet(polite, polite_got, a);
  REQUIRE(rude.send(std::string(1001, 'x')));
  REQUIRE(poll_until({&a}, [&] {
    rude.poll(steady_now() + 1ms, rude_got);
    return rude_got.lost == 1;
  }));
  CHECK(a.got.from_clients.size() == 2);
  CHECK(polite_got.lost == 0);
  REQUIRE(a.bus->send_client(polite_id, "still here"));

  talker.connect(a);
  other.connect(a);
  require_unicast(talker, a);
  require_unicast(other, a);
  a.got.from_peers.clear();
  REQUIRE(talker.bus->send(a.uid, std::string(2001, 'x')));
  require_unicast(other, a);
  require_unicast(talker, a);  // its connection comes back
  for (const auto& message : a.got.from_peers) CHECK(message.size() <= 2000);
  CHECK(talker.got.lost.empty());
}
