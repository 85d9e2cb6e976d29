#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "common/store/identity.hpp"
#include "tests/unit/store_directory.hpp"

namespace gavel::store {
namespace {

std::string refusal(const std::string& directory, const std::string& cluster,
                    std::optional<std::uint16_t> priority = std::nullopt) {
  const auto opened = NodeIdentity::open(directory, cluster, priority);
  return opened ? "" : opened.error().message;
}

}  // namespace

TEST_CASE("a node keeps its uid, and its incarnation grows at each start") {
  const Directory directory;
  Uid uid;
  Incarnation before;
  for (std::uint64_t start = 1; start <= 5; ++start) {
    const auto node = NodeIdentity::open(directory.path(), "house", 7);
    REQUIRE(node);
    CHECK(node->starts() == start);
    CHECK(priority_of(node->uid()) == 7);
    CHECK((start == 1 || node->uid() == uid));
    CHECK(node->incarnation() > before);
    uid = node->uid();
    before = node->incarnation();
  }
}

TEST_CASE("a data directory in use is refused, with the process that uses it") {
  const Directory directory;
  const auto node = NodeIdentity::open(directory.path(), "house");
  REQUIRE(node);
  CHECK(refusal(directory.path(), "house").find("process " + std::to_string(::getpid())) != std::string::npos);
}

TEST_CASE("a data directory whose process was killed is free again") {
  const Directory directory;
  const auto child = ::fork();
  if (child == 0) {
    const auto node = NodeIdentity::open(directory.path(), "house");
    ::_exit(node ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  const auto node = NodeIdentity::open(directory.path(), "house");
  REQUIRE(node);
  CHECK(node->starts() == 2);
}

TEST_CASE("a data directory of another cluster or another priority is refused") {
  const Directory directory;
  REQUIRE(NodeIdentity::open(directory.path(), "house", 3));
  CHECK(refusal(directory.path(), "home").find("belongs to the cluster 'house'") != std::string::npos);
  CHECK(refusal(directory.path(), "house", 4).find("priority 3") != std::string::npos);
  CHECK(refusal(directory.path(), "house", 3).empty());
  CHECK(refusal(directory.path(), "").find("not empty") != std::string::npos);
}

TEST_CASE("a damaged identity is refused, whatever byte is hit or missing") {
  const Directory directory;
  REQUIRE(NodeIdentity::open(directory.path(), "house"));
  const auto path = directory.path() + "/node.id";
  const auto good = read_file(path);
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    write_file(path, bad);
    CHECK_FALSE(refusal(directory.path(), "house").empty());
    write_file(path, good.substr(0, at));
    CHECK(refusal(directory.path(), "house").find("damaged") != std::string::npos);
  }
  write_file(path, good);
  CHECK(refusal(directory.path(), "house").empty());
}

TEST_CASE("a missing identity beside a log is refused: another node must not go on with that log") {
  const Directory directory;
  {
    const auto node = NodeIdentity::open(directory.path(), "house");
    REQUIRE(node);
    std::filesystem::create_directory(node->log_directory());
  }
  std::filesystem::remove(directory.path() + "/node.id");
  CHECK(refusal(directory.path(), "house").find("missing beside a log") != std::string::npos);
}

TEST_CASE("after damage a node is another node of the same priority, for good") {
  const Directory directory;
  Uid old;
  Uid renewed;
  {
    auto node = NodeIdentity::open(directory.path(), "house", 9);
    REQUIRE(node);
    old = node->uid();
    REQUIRE(node->renew());
    renewed = node->uid();
    CHECK(node->starts() == 1);
  }
  CHECK(renewed != old);
  CHECK(priority_of(renewed) == 9);
  const auto node = NodeIdentity::open(directory.path(), "house", 9);
  REQUIRE(node);
  CHECK(node->uid() == renewed);
}

}  // namespace gavel::store
