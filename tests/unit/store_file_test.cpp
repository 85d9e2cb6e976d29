// Files of the store: what is written past the kernel's cache is what is read, beside what is written through it.
#include <catch2/catch.hpp>

#include "common/store/file.hpp"
#include "tests/unit/store_directory.hpp"

namespace gavel::store {
namespace {

constexpr std::size_t kBlockBytes = 4096;

TEST_CASE("a file that bypasses the cache reads as it was written, whatever the size and the place") {
  const Directory directory(GENERATE(Directory::on_disk(), Directory::in_memory()));
  auto opened = File::open(directory.path() + "/f", true, nullptr);
  REQUIRE(opened);
  File file = *std::move(opened);
  REQUIRE(file.write(0, Bytes(64 * kBlockBytes, '0')));
  REQUIRE(file.read(0, kBlockBytes));  // it is in the cache now
  file.bypass_cache();
  file.bypass_cache();

  Bytes expected(64 * kBlockBytes, '0');
  const auto write = [&](std::size_t offset, const Bytes& bytes) {
    REQUIRE(file.write(offset, bytes));
    expected.replace(offset, bytes.size(), bytes);
  };
  write(0, Bytes(kBlockBytes, 'a'));
  write(2 * kBlockBytes, Bytes(3 * kBlockBytes, 'b'));
  write(2 * kBlockBytes + 100, "an odd place");
  write(8 * kBlockBytes, Bytes(kBlockBytes + 1, 'c'));
  write(4 * kBlockBytes, Bytes(2 * kBlockBytes, 'd'));
  File moved;
  moved = std::move(file);
  REQUIRE(moved.write(20 * kBlockBytes, Bytes(kBlockBytes, 'e')));
  expected.replace(20 * kBlockBytes, kBlockBytes, Bytes(kBlockBytes, 'e'));
  REQUIRE(moved.sync());
  CHECK(*moved.read(0, expected.size()) == expected);
  moved.drop_cache();
  CHECK(*moved.read(0, expected.size()) == expected);

  const Bytes large(128 * kBlockBytes, 'x');  // more than is copied together
  REQUIRE(moved.write(kBlockBytes, large));
  CHECK(*moved.read(kBlockBytes, large.size()) == large);
}

TEST_CASE("parts that make whole blocks together are written past the cache as one") {
  const Directory directory;
  auto file = File::open(directory.path() + "/f", true, nullptr);
  REQUIRE(file);
  file->bypass_cache();
  Bytes head(10, 'h'), body(kBlockBytes - 10, 'b');
  std::vector<iovec> parts{{head.data(), head.size()}, {body.data(), body.size()}};
  REQUIRE(file->write(0, parts));
  CHECK(*file->read(0, kBlockBytes) == head + body);
}

TEST_CASE("a write that a fault tears is torn past the cache too") {
  const Directory directory;
  Faults faults;
  const std::size_t written = GENERATE(as<std::size_t>{}, kBlockBytes + 7, kBlockBytes);
  faults.writable_bytes = written;
  auto file = File::open(directory.path() + "/f", true, &faults);
  REQUIRE(file);
  file->bypass_cache();
  CHECK_FALSE(file->write(0, Bytes(2 * kBlockBytes, 'x')));
  CHECK(*file->read(0, 2 * kBlockBytes) == Bytes(written, 'x'));
  CHECK_FALSE(file->sync());
}

}  // namespace
}  // namespace gavel::store
