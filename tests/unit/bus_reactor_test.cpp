#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/unit/bus_recorder.hpp"

using namespace gavel;
using namespace gavel::bus;

TEST_CASE("poll with nothing to do returns at its deadline, to the millisecond's fraction") {
  TestNode a(1);
  Duration worst{0};
  Duration best = 1s;
  for (int i = 0; i < 50; ++i) {
    const TimePoint deadline = steady_now() + 300us;
    a.bus->poll(deadline, a.got);
    CHECK(steady_now() >= deadline);
    worst = std::max(worst, steady_now() - deadline);
    best = std::min(best, steady_now() - deadline);
  }
  CHECK(best < 500us);
  INFO(worst.count());
  const TimePoint before = steady_now();
  a.bus->poll(before, a.got);
  a.bus->poll(kLongAgo, a.got);
  CHECK(steady_now() - before < 1s);
}

TEST_CASE("a watched descriptor wakes the loop, also under a flood of messages") {
  TestNode a(1), b(2);
  b.bus->subscribe("g");
  b.connect(a);
  require_heard(a, b, "g");
  const int fd = eventfd(0, EFD_NONBLOCK);
  b.bus->watch_fd(fd);
  const std::uint64_t one = 1;
  for (int i = 0; i < 10'000; ++i) a.bus->publish("g", "flood");
  REQUIRE(write(fd, &one, sizeof one) == sizeof one);
  b.bus->poll(steady_now() + 1s, b.got);
  CHECK(b.got.fds == std::vector<int>{fd});
  CHECK(b.got.published.size() < 2000);
  REQUIRE(poll_until({&b}, [&] { return b.got.published.size() >= 10'000; }));
  b.bus->unwatch_fd(fd);
  b.got.fds.clear();
  b.bus->poll(steady_now() + 1ms, b.got);
  CHECK(b.got.fds.empty());
  close(fd);
}

TEST_CASE("no message is slept through, though every handler answers on the socket it came from") {
  // A send takes in the signal of what arrives at the same time: a loop that then trusts the descriptor hangs.
  struct Echo : Sink {
    Bus* bus = nullptr;
    std::size_t answered = 0;
    void on_client(BytesView id, BytesView payload) override { answered += bus->send_client(id, payload) ? 1 : 0; }
  };
  TestNode a(1);
  Echo echo;
  echo.bus = a.bus.get();
  constexpr std::size_t kMessages = 20'000;
  constexpr std::size_t kWindow = 7;
  std::atomic<bool> done{false};
  std::thread pinging([&done, endpoint = a.bus->endpoints().client] {
    ClientSocket client;
    ClientRecorder got;
    [[maybe_unused]] const auto connecting = client.connect(endpoint);
    const TimePoint end = steady_now() + 20s;
    for (std::size_t sent = 0; got.messages.size() < kMessages && steady_now() < end;) {
      while (sent < kMessages && sent < got.messages.size() + kWindow && client.send("ping")) ++sent;
      client.poll(steady_now() + 1s, got);
    }
    done = true;
  });
  Duration longest{0};
  while (!done) {
    const TimePoint before = steady_now();
    a.bus->poll(before + 400ms, echo);
    if (!done) longest = std::max(longest, steady_now() - before);
  }
  pinging.join();
  CHECK(echo.answered == kMessages);
  CHECK(longest < 400ms);
}

TEST_CASE("a flood on one socket does not starve the others") {
  TestNode a(1), flood(2), quiet(3);
  a.bus->subscribe("g");
  a.connect(flood);
  quiet.connect(a);
  require_heard(flood, a, "g");
  require_unicast(quiet, a);
  a.got = {};
  for (int i = 0; i < 15'000; ++i) flood.bus->publish("g", "flood");
  REQUIRE(poll_until({}, [&] {
    const bool sent = quiet.bus->send(a.uid, "urgent");
    return sent;
  }));
  REQUIRE(poll_until({&a}, [&] { return !a.got.from_peers.empty(); }));
  CHECK(a.got.published.size() < 15'000);
}
