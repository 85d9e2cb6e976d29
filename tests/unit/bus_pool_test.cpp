#include "common/bus/client_pool.hpp"
#include "tests/unit/bus_recorder.hpp"

using namespace gavel;
using namespace gavel::bus;

namespace {

struct PoolRecorder : PoolSink {
  void on_message(std::size_t client, BytesView payload) override {
    messages.emplace_back(client, std::string(payload));
  }
  void on_lost(std::size_t client) override { lost.push_back(client); }

  std::vector<std::pair<std::size_t, std::string>> messages;
  std::vector<std::size_t> lost;
};

bool poll_both(TestNode* node, ClientPool& pool, PoolRecorder& got, const std::function<bool()>& done) {
  const TimePoint end = steady_now() + 10s;
  while (!done() && steady_now() < end) {
    if (node != nullptr) node->bus->poll(steady_now() + 500us, node->got);
    pool.poll(steady_now() + 500us, got);
  }
  return done();
}

}  // namespace

TEST_CASE("each client of a pool gets its own answers, in order") {
  constexpr std::size_t kClients = 20;
  TestNode a(1);
  ClientPool pool(kClients);
  PoolRecorder got;
  CHECK_FALSE(pool.send(3, "to nobody"));
  for (std::size_t i = 0; i < kClients; ++i) {
    REQUIRE(pool.connect(i, a.bus->endpoints().client));
    REQUIRE(pool.send(i, std::to_string(i)));
  }
  REQUIRE(poll_both(&a, pool, got, [&] { return a.got.from_clients.size() == kClients; }));
  for (const auto& [from, payload] : a.got.from_clients) {
    REQUIRE(a.bus->send_client(from, payload + "a"));
    REQUIRE(a.bus->send_client(from, payload + "b"));
  }
  REQUIRE(poll_both(&a, pool, got, [&] { return got.messages.size() == 2 * kClients; }));
  std::vector<std::string> of_each(kClients);
  for (const auto& [client, payload] : got.messages) of_each[client] += payload + " ";
  for (std::size_t i = 0; i < kClients; ++i) {
    const std::string name = std::to_string(i);
    CHECK(of_each[i] == name + "a " + name + "b ");
  }
}

TEST_CASE("a pool tells of each connection that is lost, once, and the client can go to another gateway") {
  auto a = std::make_unique<TestNode>(1);
  TestNode b(2);
  ClientPool pool(2);
  PoolRecorder got;
  for (const std::size_t client : {0U, 1U}) {
    REQUIRE(pool.connect(client, a->bus->endpoints().client));
    REQUIRE(pool.send(client, "hello"));
  }
  REQUIRE(poll_both(a.get(), pool, got, [&] { return a->got.from_clients.size() == 2; }));
  a.reset();
  REQUIRE(poll_both(nullptr, pool, got, [&] { return got.lost.size() == 2; }));
  CHECK_FALSE(pool.send(0, "to nobody"));
  for (int i = 0; i < 20; ++i) pool.poll(steady_now() + 1ms, got);
  CHECK(got.lost.size() == 2);
  REQUIRE(pool.connect(0, b.bus->endpoints().client));
  REQUIRE(pool.send(0, "moved"));
  REQUIRE(poll_both(&b, pool, got, [&] { return b.got.from_clients.size() == 1; }));
}

TEST_CASE("a pool's wait ends at its deadline, and a malformed endpoint is refused") {
  ClientPool pool(1);
  PoolRecorder got;
  CHECK_FALSE(pool.connect(0, "ipc://somewhere"));
  const TimePoint before = steady_now();
  pool.poll(before + 5ms, got);
  CHECK(steady_now() - before >= 5ms);
  CHECK(steady_now() - before < 500ms);
}
