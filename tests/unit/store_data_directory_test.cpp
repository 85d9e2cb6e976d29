// A node's whole data directory (PROTOCOL.md §8): whatever file of it is damaged or cut short at rest, the node goes on
// with all that it knew, or it is another node from then on and says so, or it stops and says so. Nothing in between.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "common/store/archives.hpp"
#include "common/store/image.hpp"
#include "node/data_directory.hpp"
#include "node/settings.hpp"
#include "tests/unit/store_directory.hpp"

namespace gavel::node {
namespace {

namespace fs = std::filesystem;
using store::Directory;
using store::Operation;
using store::read_file;
using store::write_file;

Settings settings_for(const std::string& directory) {
  Settings settings;
  settings.data_directory = directory;
  settings.cluster = "house";
  return settings;
}

/// What a node leaves behind that has given up a uid, promised something and archived an auction.
struct Left {
  Directory scratch;
  std::string path = scratch.path() + "/node";
  Uid uid;
  store::Image kept;
  std::vector<Uid> retired;
  std::vector<fs::path> files;

  Left() {
    Settings memory = settings_for(path);
    memory.durable = false;
    REQUIRE(DataDirectory::open(memory));
    auto directory = DataDirectory::open(settings_for(path));
    REQUIRE(directory);
    REQUIRE(directory->retired.size() == 1);
    const std::vector<Operation> operations{{Operation::Kind::meta, {1}, {}, true, share("promise")},
                                            {Operation::Kind::append, {1}, Slot{1}, true, share(Bytes(5000, 'e'))},
                                            {Operation::Kind::meta, {2}, {}, true, share("another")}};
    REQUIRE(directory->store->write(operations));
    REQUIRE(directory->store->sync());
    REQUIRE(directory->publish("{}\n"));
    REQUIRE(store::write_archive(path + "/archive", "lot-7.gavel", "what it came to"));
    directory = tl::unexpected<Error>(Error{});
    const auto again = DataDirectory::open(settings_for(path));
    REQUIRE(again);
    uid = again->identity.uid();
    kept = again->kept;
    retired = again->retired;
    REQUIRE(kept.size() == 2);
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), path));
    std::sort(files.begin(), files.end());
  }

  std::string copy() const {
    std::string to = scratch.path() + "/copy";
    fs::remove_all(to);
    fs::copy(path, to, fs::copy_options::recursive);
    return to;
  }
};

/// Offsets to hit: all of a small file, and of a large one some, those that are in use among them.
std::vector<std::size_t> places_in(const Bytes& bytes) {
  std::vector<std::size_t> places;
  const std::size_t step = bytes.size() <= 512 ? 1 : 509;
  for (std::size_t at = 0; at < std::min<std::size_t>(bytes.size(), 16384); at += step) places.push_back(at);
  return places;
}

void goes_on_or_is_another(const Left& left, const std::string& path) {
  const auto opened = DataDirectory::open(settings_for(path));
  REQUIRE(opened);
  if (opened->identity.uid() == left.uid) {
    CHECK(store::same(opened->kept, left.kept));
    return;
  }
  CHECK(opened->kept.empty());
  REQUIRE_FALSE(opened->notes.empty());
  CHECK(opened->notes.front().find(path) != std::string::npos);
}

void goes_on_or_stops(const Left& left, const std::string& path) {
  auto settings = settings_for(path);
  settings.rejoin_if_damaged = false;
  const auto opened = DataDirectory::open(settings);
  if (!opened) {
    CHECK(opened.error().message.find(path) != std::string::npos);
    return;
  }
  CHECK(opened->identity.uid() == left.uid);
  CHECK(store::same(opened->kept, left.kept));
}

}  // namespace

TEST_CASE("a byte flipped in any file of a node at rest makes it another node, or does no harm") {
  const Left left;
  for (const auto& file : left.files) {
    INFO(file);
    for (const auto at : places_in(read_file(left.path + "/" + file.string()))) {
      INFO(at);
      for (const bool rejoin : {true, false}) {
        const auto path = left.copy();
        auto bytes = read_file(path + "/" + file.string());
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
        write_file(path + "/" + file.string(), bytes);
        rejoin ? goes_on_or_is_another(left, path) : goes_on_or_stops(left, path);
      }
    }
  }
}

TEST_CASE("any file of a node at rest that is cut short or gone makes it another node, or does no harm") {
  const Left left;
  for (const auto& file : left.files) {
    INFO(file);
    for (const auto at : places_in(read_file(left.path + "/" + file.string()))) {
      INFO(at);
      for (const bool rejoin : {true, false}) {
        const auto path = left.copy();
        fs::resize_file(path + "/" + file.string(), at);
        if (at == 0 && rejoin) fs::remove(path + "/" + file.string());
        rejoin ? goes_on_or_is_another(left, path) : goes_on_or_stops(left, path);
      }
    }
  }
}

TEST_CASE("a log that is gone with all that speaks of it is missed all the same") {
  const Left left;
  const auto path = left.copy();
  fs::remove_all(path + "/log");
  fs::remove(path + "/node.json");
  const auto opened = DataDirectory::open(settings_for(path));
  REQUIRE(opened);
  CHECK(opened->identity.uid() != left.uid);
  CHECK(std::find(opened->retired.begin(), opened->retired.end(), left.uid) != opened->retired.end());
}

TEST_CASE("a damaged list of former uids names nobody") {
  const Left left;
  const auto path = left.copy();
  auto bytes = read_file(path + "/retired");
  bytes[20] = bytes[20] == '7' ? '8' : '7';
  write_file(path + "/retired", bytes);
  const auto opened = DataDirectory::open(settings_for(path));
  REQUIRE(opened);
  CHECK(opened->identity.uid() == left.uid);
  CHECK(opened->retired.empty());
  CHECK(opened->notes.at(0).find("set aside as") != std::string::npos);
}

TEST_CASE("a node whose data were damaged founds no cluster") {
  const Left left;
  for (const char* file : {"node.id", "log/mark"}) {
    const auto path = left.copy();
    write_file(path + "/" + file, "rubbish");
    auto settings = settings_for(path);
    settings.bootstrap = true;
    CHECK_FALSE(DataDirectory::open(settings));
    CHECK(read_file(path + "/" + file) == "rubbish");
  }
}

}  // namespace gavel::node
