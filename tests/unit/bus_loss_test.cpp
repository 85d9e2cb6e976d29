// Against real processes: a child runs a bus; the parent kills or stops it, and looks at what it is told.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "common/bus/link_watch.hpp"
#include "tests/unit/bus_recorder.hpp"

using namespace gavel;
using namespace gavel::bus;

namespace {

/// A sanitizer's shadow memory takes the kernel tens of milliseconds to tear down before it closes the sockets.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr Duration kHintLimit = 1s;
#else
constexpr Duration kHintLimit = 20ms;
#endif

/// A process with a bus that only reads.
class Child {
 public:
  explicit Child(std::uint64_t uid) : uid_{uid} {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    pid_ = fork();
    if (pid_ == 0) run(ends[1]);
    std::array<char, 64> buffer{};
    const ssize_t got = read(ends[0], buffer.data(), buffer.size());
    REQUIRE(got > 0);
    base_ = std::string(buffer.data(), static_cast<std::size_t>(got));
    close(ends[0]);
    close(ends[1]);
  }
  ~Child() {
    signal(SIGKILL);
    if (pid_ > 0) waitpid(pid_, nullptr, 0);
  }

  Uid uid() const { return uid_; }
  Endpoints endpoints() const { return *endpoints_at(*parse_endpoint(base_)); }
  void signal(int number) const {
    if (pid_ > 0) kill(pid_, number);
  }

 private:
  [[noreturn]] void run(int out) const {
    TestNode node(uid_.value);
    const std::string base = node.bus->endpoints().client;
    if (write(out, base.data(), base.size()) < 0) _exit(1);
    alarm(60);
    for (;;) node.bus->poll(steady_now() + 1s, node.got);
  }

  Uid uid_;
  pid_t pid_ = -1;
  std::string base_;
};

void connect_to(TestNode& node, const Child& child) {
  REQUIRE(node.bus->connect(child.uid(), child.endpoints()));
  REQUIRE(poll_until({&node}, [&] { return node.bus->send(child.uid(), "hello"); }));
}

}  // namespace

TEST_CASE("a killed peer is reported lost at once, once") {
  std::vector<Duration> took;
  for (int i = 0; i < 10; ++i) {
    Child child(2);
    TestNode node(1);
    connect_to(node, child);
    const TimePoint killed = steady_now();
    child.signal(SIGKILL);
    REQUIRE(poll_until({&node}, [&] { return !node.got.lost.empty(); }));
    took.push_back(steady_now() - killed);
    poll_until(
        {&node}, [] { return false; }, 50ms);
    CHECK(node.got.lost == std::vector<Uid>{child.uid()});
    CHECK_FALSE(node.bus->send(child.uid(), "stale"));
  }
  std::sort(took.begin(), took.end());
  INFO("from SIGKILL to the hint: median " << took[5].count() << " us, worst " << took[9].count() << " us");
  CHECK(took[5] < kHintLimit);
}

TEST_CASE("a stopped peer is not reported lost, and goes on where it was") {
  Child child(2);
  TestNode node(1);
  connect_to(node, child);
  child.signal(SIGSTOP);
  CHECK_FALSE(poll_until(
      {&node}, [&] { return !node.got.lost.empty(); }, 500ms));
  child.signal(SIGCONT);
  CHECK(node.bus->send(child.uid(), "welcome back"));
}

TEST_CASE("a connection that breaks while the peer lives is not a loss") {
  LossDetector loss;
  CHECK_FALSE(loss.on_event(LinkEvent::up));
  CHECK_FALSE(loss.on_event(LinkEvent::broken));
  CHECK_FALSE(loss.on_event(LinkEvent::other));
  CHECK_FALSE(loss.on_event(LinkEvent::up));
  CHECK_FALSE(loss.on_event(LinkEvent::refused));
}

TEST_CASE("a peer is lost when a connection broke and the next attempt was refused, once for each time") {
  LossDetector loss;
  loss.on_event(LinkEvent::up);
  loss.on_event(LinkEvent::broken);
  loss.on_event(LinkEvent::broken);  // connected to its listener's last moment, and broken again
  CHECK(loss.on_event(LinkEvent::refused));
  CHECK_FALSE(loss.on_event(LinkEvent::refused));
  loss.on_event(LinkEvent::up);
  loss.on_event(LinkEvent::broken);
  CHECK(loss.on_event(LinkEvent::refused));
}

TEST_CASE("a peer that was never there is not reported lost") {
  LossDetector loss;
  CHECK_FALSE(loss.on_event(LinkEvent::refused));
  CHECK_FALSE(loss.on_event(LinkEvent::refused));
}

TEST_CASE("a peer that comes back on the same ports is connected again, without stale messages") {
  BusOptions options = quiet_options(2);
  auto first = std::make_unique<TestNode>(options);
  options.listen = first->bus->endpoints().client.substr(std::strlen("tcp://"));
  TestNode node(1);
  node.bus->subscribe("g");
  node.connect(*first);
  require_unicast(node, *first);
  require_heard(*first, node, "g");
  first.reset();
  REQUIRE(poll_until({&node}, [&] { return node.got.lost.size() == 1; }));
  for (int i = 0; i < 100; ++i) node.bus->send(Uid{2}, "stale");
  TestNode second(options);
  require_unicast(node, second);
  require_heard(second, node, "g");
  CHECK(std::count(second.got.from_peers.begin(), second.got.from_peers.end(), "stale") == 0);
}
