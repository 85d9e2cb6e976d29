// What is kept of a group whose log goes.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "common/store/archives.hpp"
#include "common/store/durable_store.hpp"
#include "common/store/memory_store.hpp"
#include "tests/unit/store_directory.hpp"

namespace gavel::store {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Operation> some_group(std::uint64_t group) {
  return {{Operation::Kind::meta, {group}, {}, true, share("promise")},
          {Operation::Kind::append, {group}, Slot{1}, true, share("one")}};
}

Operation retire(std::uint64_t group, std::string name, Bytes bytes) {
  return {Operation::Kind::retire, {group}, {}, false, share(std::move(bytes)), std::move(name)};
}

TEST_CASE("a retired group leaves an archive, and nothing else") {
  const Directory scratch;
  const auto log = scratch.path() + "/log";
  {
    DurableStore store(log);
    REQUIRE(store.recover());
    for (const std::uint64_t group : {5, 6}) REQUIRE(store.write(some_group(group)));
    const std::vector<Operation> last{retire(5, "lot-7.2.gavel", "what it came to")};
    REQUIRE(store.write(last));
    REQUIRE(store.sync());
    CHECK(store.take_notes().empty());
  }
  CHECK(contents(fs::path(archive_directory(log)) / "lot-7.2.gavel") == "what it came to");
  CHECK(archive_directory(log) == scratch.path() + "/archive");
  DurableStore store(log);
  const auto kept = store.recover();
  REQUIRE(kept);
  CHECK_FALSE(kept->contains(GroupId{5}));
  CHECK(kept->contains(GroupId{6}));
}

TEST_CASE("a group whose archive cannot be kept stays, and the store goes on") {
  const Directory scratch;
  const auto log = scratch.path() + "/log";
  std::ofstream(scratch.path() + "/archive") << "a file where a directory should be";
  {
    DurableStore store(log);
    REQUIRE(store.recover());
    REQUIRE(store.write(some_group(5)));
    const std::vector<Operation> last{retire(5, "lot-7.gavel", "what it came to")};
    REQUIRE(store.write(last));
    REQUIRE(store.write(some_group(6)));
    REQUIRE(store.sync());
    const auto notes = store.take_notes();
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].starts_with("the log of lot-7.gavel stays, because its archive cannot be kept: "));
    CHECK(store.condition() == Condition::healthy);
  }
  DurableStore store(log);
  const auto kept = store.recover();
  REQUIRE(kept);
  CHECK(kept->contains(GroupId{5}));
  CHECK(kept->contains(GroupId{6}));
}

TEST_CASE("an archive is written anew as a whole, and leaves no scraps") {
  const Directory scratch;
  REQUIRE(write_archive(scratch.path() + "/archive", "lot-7.gavel", std::string(100'000, 'a')));
  REQUIRE(write_archive(scratch.path() + "/archive", "lot-7.gavel", "b"));
  CHECK(contents(scratch.path() + "/archive/lot-7.gavel") == "b");
  CHECK(std::distance(fs::directory_iterator(scratch.path() + "/archive"), fs::directory_iterator()) == 1);
}

TEST_CASE("the store in memory keeps the last archives too") {
  MemoryStore store;
  REQUIRE(store.recover());
  REQUIRE(store.write(some_group(5)));
  const std::vector<Operation> last{retire(5, "lot-7.gavel", "what it came to")};
  REQUIRE(store.write(last));
  REQUIRE(store.sync());
  CHECK(store.synced().empty());
  REQUIRE(store.archives().size() == 1);
  CHECK(store.archives()[0].first == "lot-7.gavel");
}

}  // namespace
}  // namespace gavel::store
