#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tools/sniffer/view/out_file.hpp"

namespace gavel::sniffer {
namespace {

namespace fs = std::filesystem;

struct Place {
  fs::path path;
  Place() {
    std::string name = (fs::temp_directory_path() / "gavel-out-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Place() { fs::remove_all(path); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::string file(const std::string& name) const { return (path / name).string(); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

std::string content_of(const std::string& name) {
  std::ifstream in(name);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("what is drawn takes the place of a file at once and leaves nothing beside it") {
  const Place place;
  const auto name = place.file("ladder.svg");
  REQUIRE(write_out_file(name, "first"));
  CHECK(content_of(name) == "first");
  fs::permissions(name, fs::perms::owner_read | fs::perms::owner_write);
  REQUIRE(write_out_file(name, "second"));
  CHECK(content_of(name) == "second");
  CHECK(fs::status(name).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(place.files() == 1);
}

TEST_CASE("a link stays a link and what it stands for is replaced") {
  const Place place;
  REQUIRE(write_out_file(place.file("real"), "old"));
  fs::create_symlink(place.file("real"), place.file("link"));
  REQUIRE(write_out_file(place.file("link"), "new"));
  CHECK(fs::is_symlink(place.file("link")));
  CHECK(content_of(place.file("real")) == "new");
}

TEST_CASE("where nothing can be written is told before anything is waited for") {
  const Place place;
  CHECK_FALSE(check_out_file(place.file("no/such/directory")));
  CHECK_FALSE(check_out_file(place.path.string()));
  CHECK(check_out_file(place.file("new")));
  CHECK(place.files() == 0);
  CHECK_FALSE(write_out_file(place.file("no/such/directory"), "x"));
  CHECK(write_out_file("/dev/null", "x"));
  CHECK(check_out_file("/dev/null"));
}

TEST_CASE("a file is the same under all its names") {
  const Place place;
  REQUIRE(write_out_file(place.file("a"), "x"));
  fs::create_hard_link(place.file("a"), place.file("b"));
  fs::create_symlink(place.file("a"), place.file("c"));
  CHECK(same_file(place.file("a"), place.file("b")));
  CHECK(same_file(place.file("c"), place.file("a")));
  CHECK(same_file(place.file("new"), place.file("./new")));
  CHECK_FALSE(same_file(place.file("a"), place.file("new")));
}

}  // namespace gavel::sniffer
