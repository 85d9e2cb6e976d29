// Files of group states: whole ones are read back, and no others.
#include <catch2/catch.hpp>

#include "common/wire/archive.hpp"
#include "common/wire/codec.hpp"

namespace gavel::wire {
namespace {

Archive some() {
  Archive archive{"house", WallTime{1'700'000'000'000'000}, {}};
  for (const std::uint64_t group : {1, 7}) {
    SnapshotRecord snapshot;
    snapshot.slot = Slot{group * 10};
    snapshot.config.voters = {Uid{3}};
    snapshot.service = 2;
    snapshot.state = Bytes(group * 50, 's');
    archive.groups.push_back({GroupId{group}, snapshot.slot, share(encode(snapshot))});
  }
  return archive;
}

TEST_CASE("an archive is read back as it was written") {
  const auto read = unpack_archive(pack(some()));
  REQUIRE(read);
  CHECK(read->cluster == "house");
  CHECK(read->made == WallTime{1'700'000'000'000'000});
  REQUIRE(read->groups.size() == 2);
  REQUIRE(read->find(GroupId{7}));
  CHECK_FALSE(read->find(GroupId{8}));
  const auto snapshot = snapshot_in(*read->find(GroupId{7}));
  REQUIRE(snapshot);
  CHECK(snapshot->state == Bytes(350, 's'));
  CHECK(unpack_archive(pack(Archive{"empty", {}, {}}))->groups.empty());
}

TEST_CASE("an archive that was cut short anywhere is told from a whole one") {
  const Bytes file = pack(some());
  for (std::size_t length = 0; length < file.size(); ++length)
    REQUIRE_FALSE(unpack_archive(BytesView(file).substr(0, length)).has_value());
  CHECK_FALSE(unpack_archive(file + "x").has_value());
}

TEST_CASE("an archive of which any bit was flipped is told from a whole one") {
  const Bytes file = pack(some());
  for (std::size_t at = 0; at < file.size(); ++at) {
    Bytes changed = file;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
    REQUIRE_FALSE(unpack_archive(changed).has_value());
  }
}

TEST_CASE("what is wrong with an archive is said in words") {
  CHECK(unpack_archive("a letter to my aunt").error().message == "is no backup or archive of a Gavel cluster");
  Bytes file = pack(some());
  file[file.size() - 100] = static_cast<char>(file[file.size() - 100] ^ 1);
  CHECK(unpack_archive(file).error().message == "is damaged: the state of group 7 has changed");
  CHECK(unpack_archive(BytesView(file).substr(0, 100)).error().message.starts_with("is damaged: it ends within"));
  auto other = some();
  other.groups[0].slot = Slot{11};
  CHECK(snapshot_in(other.groups[0]).error().message == "is damaged: the state of group 1 is of another slot");
}

}  // namespace
}  // namespace gavel::wire
