#include <catch2/catch.hpp>

#include "common/bus/bus.hpp"

using namespace gavel;
using namespace gavel::bus;

TEST_CASE("a node's three endpoints follow from its first port") {
  const auto at = endpoints_at({"127.0.0.1", 7000});
  REQUIRE(at);
  CHECK(at->client == "tcp://127.0.0.1:7000");
  CHECK(at->peer == "tcp://127.0.0.1:7001");
  CHECK(at->pub == "tcp://127.0.0.1:7002");
  CHECK_FALSE(endpoints_at({"127.0.0.1", 65534}));
  CHECK_FALSE(endpoints_at({"127.0.0.1", 0}));
}

TEST_CASE("an endpoint from outside is a numeric tcp address with a port, or it is refused") {
  REQUIRE(parse_endpoint("tcp://10.1.2.3:80"));
  CHECK(*parse_endpoint("tcp://10.1.2.3:80") == Address{"10.1.2.3", 80});
  for (const char* bad : {"", "tcp://", "tcp://10.1.2.3", "tcp://10.1.2.3:0", "tcp://10.1.2.3:65536",
                          "tcp://10.1.2.3:8x", "tcp://host:80", "ipc:///etc/passwd", "inproc://x", "tcp://0.0.0.0:80",
                          "tcp://*:80", "tcp://10.1.2.3:80;10.1.2.4:81", "tcp://[::1]:80", "TCP://10.1.2.3:80"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_endpoint(bad));
  }
}

TEST_CASE("what a person types may be a name, and needs a port") {
  REQUIRE(resolve("127.0.0.1:7000"));
  CHECK(*resolve("127.0.0.1:7000") == Address{"127.0.0.1", 7000});
  CHECK_FALSE(resolve("127.0.0.1"));
  CHECK_FALSE(resolve(":7000"));
  CHECK_FALSE(resolve("127.0.0.1:seven"));
}

TEST_CASE("listening fails with the address and the reason") {
  BusOptions options;
  options.beacon.enabled = false;
  const auto first = Bus::open(options);
  REQUIRE(first);
  options.listen = (*first)->endpoints().pub.substr(6);
  const auto taken = Bus::open(options);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().message.find(options.listen) != std::string::npos);
  CHECK(taken.error().message.find("in use") != std::string::npos);
  options.listen = "0.0.0.0";
  CHECK_FALSE(Bus::open(options));
  options.listen = "localhost";
  CHECK_FALSE(Bus::open(options));
  options.listen = "127.0.0.1:65534";
  CHECK_FALSE(Bus::open(options));
}

TEST_CASE("a node listens where it was told to") {
  BusOptions options;
  options.beacon.enabled = false;
  std::string base;
  {
    const auto first = Bus::open(options);
    REQUIRE(first);
    base = (*first)->endpoints().client;
  }
  options.listen = base.substr(6);
  const auto again = Bus::open(options);
  REQUIRE(again);
  CHECK((*again)->endpoints().client == base);
}
