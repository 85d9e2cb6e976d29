#include <unistd.h>

#include "tests/unit/bus_recorder.hpp"

using namespace gavel;
using namespace gavel::bus;

namespace {

bool poll_both(TestNode* node, ClientSocket& client, ClientRecorder& got, const std::function<bool()>& done) {
  const TimePoint end = steady_now() + 10s;
  while (!done() && steady_now() < end) {
    if (node != nullptr) node->bus->poll(steady_now() + 500us, node->got);
    client.poll(steady_now() + 500us, got);
  }
  return done();
}

}  // namespace

TEST_CASE("a client may send before it is connected, and gets its answers in order") {
  TestNode a(1);
  ClientSocket client;
  ClientRecorder got;
  CHECK_FALSE(client.send("to nobody"));
  REQUIRE(client.connect(a.bus->endpoints().client));
  REQUIRE(client.send("first"));
  REQUIRE(client.send("second"));
  REQUIRE(poll_both(&a, client, got, [&] { return a.got.from_clients.size() == 2; }));
  CHECK(got.connected == 1);
  CHECK(a.got.from_clients[0].second == "first");
  CHECK(a.got.from_clients[1].second == "second");
  for (const char* reply : {"1", "2", "3"}) REQUIRE(a.bus->send_client(a.got.from_clients[0].first, reply));
  REQUIRE(poll_both(&a, client, got, [&] { return got.messages.size() == 3; }));
  CHECK(got.messages == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("a client hears at once that its gateway is gone, once, and can go to another") {
  auto a = std::make_unique<TestNode>(1);
  TestNode b(2);
  ClientSocket client;
  ClientRecorder got;
  REQUIRE(client.connect(a->bus->endpoints().client));
  REQUIRE(poll_both(a.get(), client, got, [&] { return got.connected == 1; }));
  const TimePoint killed = steady_now();
  a.reset();
  REQUIRE(poll_both(nullptr, client, got, [&] { return got.lost == 1; }));
  CHECK(steady_now() - killed < 500ms);
  CHECK_FALSE(client.send("to nobody"));
  for (int i = 0; i < 20; ++i) client.poll(steady_now() + 1ms, got);
  CHECK(got.lost == 1);
  REQUIRE(client.connect(b.bus->endpoints().client));
  REQUIRE(client.send("moved"));
  REQUIRE(poll_both(&b, client, got, [&] { return b.got.from_clients.size() == 1; }));
}

TEST_CASE("a refused connection is a loss too") {
  std::string nobody;
  {
    TestNode a(1);
    nobody = a.bus->endpoints().client;
  }
  ClientSocket client;
  ClientRecorder got;
  REQUIRE(client.connect(nobody));
  REQUIRE(poll_both(nullptr, client, got, [&] { return got.lost == 1; }));
  CHECK(got.connected == 0);
  CHECK_FALSE(client.connect("http://127.0.0.1:1"));
}

TEST_CASE("what the gateway said last is heard although it is gone") {
  auto a = std::make_unique<TestNode>(1);
  ClientSocket client;
  ClientRecorder got;
  REQUIRE(client.connect(a->bus->endpoints().client));
  REQUIRE(client.send("hello"));
  REQUIRE(poll_until({a.get()}, [&] { return a->got.from_clients.size() == 1; }));
  REQUIRE(a->bus->send_client(a->got.from_clients[0].first, "farewell"));
  a.reset();
  REQUIRE(poll_both(nullptr, client, got, [&] { return got.lost == 1; }));
  CHECK(got.messages == std::vector<std::string>{"farewell"});
}

TEST_CASE("a client's last words leave before it does") {
  TestNode a(1);
  {
    ClientSocket client;
    REQUIRE(client.connect(a.bus->endpoints().client));
    REQUIRE(client.send("goodbye"));
    client.close(1s);
  }
  CHECK(poll_until({&a}, [&] { return a.got.from_clients.size() == 1; }));
}

TEST_CASE("a client waits for the terminal and the gateway at once") {
  TestNode a(1);
  ClientSocket client;
  ClientRecorder got;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  client.watch_fd(ends[0]);
  REQUIRE(write(ends[1], "x", 1) == 1);
  client.poll(steady_now() + 1s, got);
  CHECK(got.fds == std::vector<int>{ends[0]});
  client.unwatch_fd(ends[0]);
  close(ends[0]);
  close(ends[1]);
}
