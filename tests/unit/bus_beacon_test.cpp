#include <unistd.h>

#include <algorithm>

#include "tests/unit/bus_recorder.hpp"

using namespace gavel;
using namespace gavel::bus;

namespace {

/// Another port for each test process, and for each call.
BeaconOptions fresh_options() {
  static int calls = 0;
  BeaconOptions options;
  options.port = static_cast<std::uint16_t>(33'000 + (getpid() * 16 + ++calls) % 30'000);
  return options;
}

Beacon open(const BeaconOptions& options) {
  auto opened = Beacon::open(options, "127.0.0.1");
  INFO((opened ? "" : opened.error().message));
  REQUIRE(opened);
  return std::move(*opened);
}

std::vector<std::string> receive(Beacon& beacon, std::size_t wanted) {
  std::vector<std::string> got;
  const TimePoint end = steady_now() + 2s;
  while (got.size() < wanted && steady_now() < end) {
    beacon.receive([&](BytesView datagram, const std::string& from) {
      CHECK(from.starts_with("127.0.0.1:"));
      got.emplace_back(datagram);
    });
  }
  return got;
}

}  // namespace

TEST_CASE("every beacon on one port of one machine hears every other, itself included") {
  for (const std::string address : {"", "239.192.74.20"}) {
    CAPTURE(address);
    BeaconOptions options = fresh_options();
    options.address = address;
    std::vector<Beacon> beacons;
    for (int i = 0; i < 5; ++i) beacons.push_back(open(options));
    for (std::size_t i = 0; i < beacons.size(); ++i) REQUIRE(beacons[i].send("from " + std::to_string(i)));
    for (Beacon& beacon : beacons) {
      auto got = receive(beacon, 5);
      std::sort(got.begin(), got.end());
      CHECK(got == std::vector<std::string>{"from 0", "from 1", "from 2", "from 3", "from 4"});
    }
  }
}

TEST_CASE("a beacon is sent at once, fast in the first second, then at the interval") {
  Beacon beacon = open(fresh_options());
  const TimePoint start = steady_now();
  CHECK(beacon.next_deadline() == kNever);
  beacon.announce("here", start);
  int in_first_second = 1;
  TimePoint at = beacon.next_deadline();
  for (; at < start + 1s; at = beacon.next_deadline()) {
    beacon.tick(at);
    ++in_first_second;
  }
  CHECK(in_first_second == 10);
  beacon.tick(at);
  CHECK(beacon.next_deadline() == at + 1s);
  CHECK(receive(beacon, 11).size() == 11);
  beacon.announce("", at);
  CHECK(beacon.next_deadline() == kNever);
}

TEST_CASE("an early beacon is sent once in 20 ms, however often it is asked for") {
  Beacon beacon = open(fresh_options());
  const TimePoint start = steady_now();
  beacon.send_now(start);
  CHECK(receive(beacon, 0).empty());
  beacon.announce("here", start);
  for (int i = 0; i < 100; ++i) beacon.send_now(start + i * 100us);
  CHECK(beacon.next_deadline() == start + 20ms);
  beacon.tick(start + 20ms);
  for (int i = 0; i < 10; ++i) beacon.send_now(start + 60ms);
  CHECK(receive(beacon, 3).size() == 3);
}

TEST_CASE("a datagram over the limit is not handed over") {
  const BeaconOptions options = fresh_options();
  Beacon beacon = open(options), other = open(options);
  REQUIRE(other.send(std::string(kMaxBeaconBytes, 'x')));
  CHECK(receive(beacon, 1) == std::vector<std::string>{std::string(kMaxBeaconBytes, 'x')});
}

TEST_CASE("a beacon that cannot be had fails with its address") {
  BeaconOptions options = fresh_options();
  options.address = "203.0.113.7";
  const auto failed = Beacon::open(options, "127.0.0.1");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find("203.0.113.7") != std::string::npos);
  options.address = "not an address";
  CHECK_FALSE(Beacon::open(options, "127.0.0.1"));
}

TEST_CASE("buses find each other by beacon, and answer a probe before the interval is over") {
  BusOptions options = quiet_options(1);
  options.beacon = fresh_options();
  options.beacon.interval = 1h;
  options.beacon.first_interval = 1h;
  TestNode a(options);
  options.self = Uid{2};
  TestNode b(options);
  a.bus->announce("node a");
  b.bus->announce("node b");
  const auto heard = [](const TestNode& node, const std::string& what) {
    return std::count(node.got.beacons.begin(), node.got.beacons.end(), what);
  };
  REQUIRE(poll_until({&a, &b}, [&] { return heard(a, "node b") == 1 && heard(b, "node a") == 1; }));

  Beacon client = open(options.beacon);
  REQUIRE(client.send("probe"));
  std::vector<std::string> answers;
  REQUIRE(poll_until({&a, &b}, [&] {
    for (TestNode* node : {&a, &b}) {
      if (heard(*node, "probe") == 1) node->bus->send_beacon_now();
    }
    client.receive([&](BytesView datagram, const std::string&) { answers.emplace_back(datagram); });
    return std::count(answers.begin(), answers.end(), "node a") > 0 &&
           std::count(answers.begin(), answers.end(), "node b") > 0;
  }));
}
