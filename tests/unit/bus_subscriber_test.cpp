// A PUB that tells of its subscriptions, and a program that only listens.
#include <algorithm>

#include "common/bus/subscriber.hpp"
#include "tests/unit/bus_recorder.hpp"

using namespace gavel;
using namespace gavel::bus;

namespace {

struct Listener : SubscriberSink {
  explicit Listener(const SubscriberOptions& options = {}) : subscriber(options) {}
  void on_published(BytesView topic, BytesView payload) override { got.emplace_back(topic, payload); }

  std::size_t heard(const std::string& payload) const {
    return static_cast<std::size_t>(
        std::count_if(got.begin(), got.end(), [&](const auto& message) { return message.second == payload; }));
  }
  /// Both take turns until `done`, ten seconds at most.
  bool with(TestNode& node, const std::function<bool()>& done) {
    return poll_until({&node}, [&] {
      subscriber.poll(steady_now() + 500us, *this);
      return done();
    });
  }
  void require_connected(TestNode& node, const std::string& topic) {
    const std::string hello = fresh_hello();
    REQUIRE(with(node, [&] {
      node.bus->publish(topic, hello);
      return heard(hello) > 0;
    }));
  }

  Subscriber subscriber;
  std::vector<std::pair<std::string, std::string>> got;
};

using Changes = std::vector<std::pair<std::string, bool>>;

}  // namespace

TEST_CASE("a node is told who subscribes to what, once for each prefix, and when nobody does any more") {
  TestNode node(1);
  {
    Listener first, second;
    for (Listener* listener : {&first, &second}) {
      REQUIRE(listener->subscriber.connect(node.bus->endpoints().pub));
      listener->subscriber.subscribe("tap");
      listener->require_connected(node, "tap");
    }
    CHECK(node.got.subscribed == Changes{{"tap", true}});
  }
  REQUIRE(poll_until({&node}, [&] { return node.got.subscribed.size() == 2; }));
  CHECK(node.got.subscribed.back() == std::pair<std::string, bool>{"tap", false});
  CHECK(node.bus->counters().malformed == 0);
}

TEST_CASE("a listener hears everything in the order in which it was published, once, though two prefixes match") {
  TestNode node(1);
  Listener listener;
  REQUIRE(listener.subscriber.connect(node.bus->endpoints().pub));
  REQUIRE(listener.subscriber.connect(node.bus->endpoints().pub));
  listener.subscriber.subscribe("");
  listener.subscriber.subscribe("tap");
  listener.require_connected(node, "tap");
  listener.got.clear();
  for (int i = 0; i < 100; ++i) node.bus->publish(i % 2 == 0 ? "tap" : "group", "message " + std::to_string(i));
  REQUIRE(listener.with(node, [&] { return listener.heard("message 99") == 1; }));
  std::vector<std::string> order;
  for (const auto& [topic, payload] : listener.got)
    if (payload.starts_with("message")) order.push_back(payload);
  REQUIRE(order.size() == 100);
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(order[i] == "message " + std::to_string(i));
}

TEST_CASE("a listener that left a node hears no more of it, and one that comes back does") {
  TestNode a(1), b(2);
  Listener listener;
  listener.subscriber.subscribe("");
  for (TestNode* node : {&a, &b}) {
    REQUIRE(listener.subscriber.connect(node->bus->endpoints().pub));
    listener.require_connected(*node, "x");
  }
  listener.subscriber.disconnect(a.bus->endpoints().pub);
  REQUIRE(listener.with(a, [&] { return a.got.subscribed.size() == 2; }));
  a.bus->publish("x", "too late");
  listener.require_connected(b, "x");
  CHECK(listener.heard("too late") == 0);
  REQUIRE(listener.subscriber.connect(a.bus->endpoints().pub));
  listener.require_connected(a, "x");
  const auto malformed = listener.subscriber.connect("tcp://somewhere:1");
  CHECK_FALSE(malformed);
}
