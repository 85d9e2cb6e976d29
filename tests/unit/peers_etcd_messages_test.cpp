// What is said to etcd, byte by byte as its own client says it.
#include <catch2/catch.hpp>

#include "tools/bench/peers/etcd_messages.hpp"

using namespace gavel::peers;
using namespace std::string_literals;

TEST_CASE("a write to etcd is two fields of bytes, each with its length before it") {
  CHECK(etcd::put_request("key", "value") == "\x0a\x03key\x12\x05value");
  CHECK(etcd::put_request("", "") == "\x0a\x00\x12\x00"s);
}

TEST_CASE("a length that needs more than seven bits goes low bits first") {
  const std::string value(300, 'v');
  CHECK(etcd::put_request("k", value) == "\x0a\x01k\x12\xac\x02"s + value);
}

TEST_CASE("etcd's status names the member that answers and the leader, among fields that do not matter") {
  // header {cluster_id: 1, member_id: 300, revision: 7, raft_term: 2}, version: "3.4", dbSize: 5, leader: 300,
  // raftIndex: 9
  const auto status =
      etcd::read_status("\x0a\x09\x08\x01\x10\xac\x02\x18\x07\x20\x02\x12\x03\x33.4\x18\x05\x20\xac\x02\x28\x09"s);
  REQUIRE(status);
  CHECK(status->member == 300);
  CHECK(status->leader == 300);
}

TEST_CASE("ids of etcd's members use all 64 bits") {
  const auto status = etcd::read_status("\x0a\x0b\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s);
  REQUIRE(status);
  CHECK(status->member == ~std::uint64_t{0});
  CHECK(status->leader == 0);
}

TEST_CASE("what is no status of etcd's is none") {
  CHECK_FALSE(etcd::read_status("\x0a\x09\x08"s));                    // shorter than it says
  CHECK_FALSE(etcd::read_status("\x20\xff"s));                        // a number without an end
  CHECK_FALSE(etcd::read_status("\x0a\x02\x10\xff"s));                // ... in the header
  CHECK_FALSE(etcd::read_status("\x23"s));                            // a group: protobuf 3 has none
  CHECK_FALSE(etcd::read_status("\x29\x01\x02"s));                    // eight bytes, of which two are there
  CHECK(etcd::read_status("\x29\x01\x02\x03\x04\x05\x06\x07\x08"s));  // a field that does not matter
  CHECK(etcd::read_status(""));                                       // all defaults
}
