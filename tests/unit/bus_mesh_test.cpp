#include <algorithm>

#include "tests/unit/bus_recorder.hpp"

using namespace gavel;
using namespace gavel::bus;

namespace {

std::size_t heard(const TestNode& node, const std::string& payload) {
  return static_cast<std::size_t>(std::count_if(node.got.published.begin(), node.got.published.end(),
                                                [&](const auto& message) { return message.second == payload; }));
}

bool heard_from_peer(const TestNode& node, const std::string& payload) {
  return std::count(node.got.from_peers.begin(), node.got.from_peers.end(), payload) == 1;
}

}  // namespace

TEST_CASE("in a mesh of three everybody hears the others' topics and not its own") {
  TestNode a(1), b(2), c(3);
  for (TestNode* node : {&a, &b, &c}) node->bus->subscribe("g1/");
  for (TestNode* node : {&a, &b, &c}) {
    for (TestNode* other : {&a, &b, &c}) {
      if (node != other) node->connect(*other);
    }
  }
  for (TestNode* node : {&a, &b, &c}) {
    for (TestNode* other : {&a, &b, &c}) {
      if (node != other) require_heard(*other, *node, "g1/warm");
    }
  }
  a.bus->publish("g1/order", "from a");
  a.bus->publish("g2/order", "not subscribed");
  b.bus->publish("g1/ack", "from b");
  REQUIRE(poll_until({&a, &b, &c}, [&] {
    return heard(b, "from a") == 1 && heard(c, "from a") == 1 && heard(a, "from b") == 1 && heard(c, "from b") == 1;
  }));
  for (const TestNode* node : {&a, &b, &c}) CHECK(heard(*node, "not subscribed") == 0);
  CHECK(heard(a, "from a") == 0);
  CHECK(c.got.published.back().first.starts_with("g1/"));
}

TEST_CASE("a subscription holds for peers that come later, and ends when it is taken back") {
  TestNode a(1), b(2);
  b.bus->subscribe("g1");
  b.connect(a);
  require_heard(a, b, "g1");
  b.bus->unsubscribe("g1");
  b.bus->subscribe("end");
  require_heard(a, b, "end");
  const std::size_t before = b.got.published.size();
  a.bus->publish("g1", "too late");
  a.bus->publish("end", "end");
  REQUIRE(poll_until({&a, &b}, [&] { return heard(b, "end") == 1; }));
  CHECK(heard(b, "too late") == 0);
  CHECK(b.got.published.size() > before);
}

TEST_CASE("a slow joiner misses what was published before it came, and disturbs nobody") {
  TestNode a(1), early(2), late(3);
  for (TestNode* node : {&early, &late}) node->bus->subscribe("g");
  early.connect(a);
  require_heard(a, early, "g");
  for (int i = 0; i < 100; ++i) a.bus->publish("g", "before " + std::to_string(i));
  late.connect(a);
  require_heard(a, late, "g");
  for (int i = 0; i < 100; ++i) a.bus->publish("g", "after " + std::to_string(i));
  REQUIRE(poll_until({&early, &late}, [&] { return heard(early, "after 99") == 1 && heard(late, "after 99") == 1; }));
  for (int i = 0; i < 100; ++i) {
    REQUIRE(heard(early, "before " + std::to_string(i)) == 1);
    REQUIRE(heard(early, "after " + std::to_string(i)) == 1);
    REQUIRE(heard(late, "after " + std::to_string(i)) == 1);
  }
}

TEST_CASE("unicast reaches the one peer, both ways, in order") {
  TestNode a(1), b(2), c(3);
  a.connect(b);
  b.connect(a);
  a.connect(c);
  require_unicast(a, b);
  require_unicast(b, a);
  require_unicast(a, c);
  b.got.from_peers.clear();
  c.got.from_peers.clear();
  for (int i = 0; i < 50; ++i) REQUIRE(a.bus->send(b.uid, std::to_string(i)));
  REQUIRE(poll_until({&b, &c}, [&] { return heard_from_peer(b, "49"); }));
  const auto is_hello = [](const std::string& payload) { return payload.starts_with("hello"); };
  std::erase_if(b.got.from_peers, is_hello);
  REQUIRE(b.got.from_peers.size() == 50);
  for (int i = 0; i < 50; ++i) CHECK(b.got.from_peers[static_cast<std::size_t>(i)] == std::to_string(i));
  CHECK_FALSE(heard_from_peer(c, "49"));
}

TEST_CASE("nothing is queued for a peer that is unknown or not there") {
  TestNode a(1);
  CHECK_FALSE(a.bus->send(Uid{9}, "who?"));
  Endpoints nobody;
  {
    TestNode gone(2);
    nobody = gone.bus->endpoints();
  }
  REQUIRE(a.bus->connect(Uid{2}, nobody));
  CHECK_FALSE(a.bus->send(Uid{2}, "stale"));
  CHECK(a.bus->counters().unsent_peer == 2);
}

TEST_CASE("connecting again is idempotent, and other endpoints for the same uid replace the old ones") {
  TestNode a(1);
  a.bus->subscribe("g");
  auto first = std::make_unique<TestNode>(2);
  a.connect(*first);
  a.connect(*first);
  require_heard(*first, a, "g");
  require_unicast(a, *first);
  TestNode second(2);
  a.connect(second);
  require_heard(second, a, "g");
  require_unicast(a, second);
  first->bus->publish("g", "from the replaced one");
  second.bus->publish("g", "end");
  REQUIRE(poll_until({&a, first.get(), &second}, [&] { return heard(a, "end") == 1; }));
  CHECK(heard(a, "from the replaced one") == 0);
  a.bus->disconnect(second.uid);
  CHECK_FALSE(a.bus->send(second.uid, "left"));
}

TEST_CASE("a node that draws a new uid at the same address is still heard when the old uid is dropped") {
  TestNode a(1), b(3);
  a.bus->subscribe("g");
  REQUIRE(a.bus->connect(Uid{2}, b.bus->endpoints()));
  REQUIRE(a.bus->connect(Uid{3}, b.bus->endpoints()));
  require_heard(b, a, "g");
  a.bus->disconnect(Uid{2});
  require_heard(b, a, "g");
  require_unicast(a, b);
}

TEST_CASE("a seed is reached by its address alone, also while it is a peer already") {
  TestNode a(1), b(2);
  a.connect(b);
  require_unicast(a, b);
  REQUIRE(a.bus->send_seed(b.bus->endpoints().peer, "greeting"));
  REQUIRE(poll_until({&a, &b}, [&] { return heard_from_peer(b, "greeting"); }));
  require_unicast(a, b);
  a.bus->forget_seed(b.bus->endpoints().peer);
  CHECK_FALSE(a.bus->send_seed("tcp://not a host:1", "greeting"));
}

TEST_CASE("endpoints from outside are refused when they are no numeric tcp address") {
  TestNode a(1), b(2);
  Endpoints hostile = b.bus->endpoints();
  hostile.pub = "inproc://link-watch-1";
  const auto refused = a.bus->connect(b.uid, hostile);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("inproc://link-watch-1") != std::string::npos);
}
