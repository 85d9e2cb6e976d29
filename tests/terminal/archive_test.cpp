// A backup on disk, read by the services that made its states.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "client/cli/archive_file.hpp"
#include "client/cli/failure.hpp"
#include "common/order/applier.hpp"
#include "node/services/floor.hpp"
#include "node/services/likes.hpp"
#include "node/services/rooms.hpp"

namespace gavel::cli {
namespace {

struct Place {
  Place() : path(std::filesystem::temp_directory_path() / ("gavel-archive-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path);
  }
  ~Place() { std::filesystem::remove_all(path); }
  std::string file() const { return (path / "house.gavel").string(); }
  std::filesystem::path path;
};

auction::Terms terms() {
  auction::Terms terms;
  terms.auction = terms.item = "lot-7";
  terms.title = "A lamp";
  terms.start_price = *parse_money("20.00 EUR");
  terms.increment = *parse_money("1.00 EUR");
  terms.end = {1'000'000};
  return terms;
}

wire::ArchivedGroup auction_with_one_bid() {
  FloorService service(terms());
  Events events;
  service.apply({{3}, {5}, {9}, {1}}, wire::encode_any(auction::Command(auction::Bid{"ann", *parse_money("25 EUR")})),
                events);
  wire::SnapshotRecord record;
  record.slot = {3};
  record.stamp = {5};
  record.service = 2;
  record.state = wire::encode(order::AppliedState{Digest{77}, {}, service.snapshot()});
  return {{5}, {3}, std::make_shared<const Bytes>(wire::encode(record))};
}

Exit code_of_reading(const std::string& file) {
  try {
    read_archive(file);
    return Exit::ok;
  } catch (const Failure& failure) {
    return failure.code;
  }
}

}  // namespace

TEST_CASE("terminal: a backup that was written is read back, bids, chain and digest") {
  const Place place;
  write_archive(place.file(), {"house", {1}, {auction_with_one_bid()}});
  const auto archive = read_archive(place.file());
  REQUIRE(archive.groups.size() == 1);
  const auto parts = take_apart(archive.groups.front());
  REQUIRE(parts);
  CHECK(parts->title() == "lot-7");
  REQUIRE(parts->auction);
  REQUIRE(parts->auction->bids.size() == 1);
  CHECK(parts->auction->bids.front().bidder == "ann");
  AuctionService alike(terms());
  CHECK(parts->digest != order::digest_of_applied(Digest{77}, alike.digest()));
  CHECK(std::distance(std::filesystem::directory_iterator(place.path), {}) == 1);
}

TEST_CASE("terminal: a backup of the lobby and of the likes is read by what made it") {
  const auto filed = [](GroupId group, ServiceKind kind, const Bytes& machine) {
    wire::SnapshotRecord record;
    record.slot = {3};
    record.service = static_cast<std::uint16_t>(kind);
    record.state = wire::encode(order::AppliedState{Digest{77}, {}, machine});
    return wire::ArchivedGroup{group, {3}, std::make_shared<const Bytes>(wire::encode(record))};
  };
  Events events;
  LikesService counts;
  counts.apply({{2}, {5}, {9}, {1}}, wire::encode_any(likes::Command(likes::Like{"lot-7", 3})), events);
  counts.apply({{3}, {5}, {9}, {2}}, wire::encode_any(likes::Command(likes::Like{"lot-8", 4})), events);
  const auto likes_parts = take_apart(filed({7}, ServiceKind::likes, counts.snapshot()));
  REQUIRE(likes_parts);
  CHECK(likes_parts->title() == "likes");
  REQUIRE(likes_parts->likes);
  CHECK((likes_parts->likes->things == 2 && likes_parts->likes->total == 7));
  CHECK(likes_parts->digest == order::digest_of_applied(Digest{77}, counts.digest()));

  RoomsService rooms;
  const chat::Speaker ann{"ann", {Bytes(chat::kSecretBytes, 'a')}};
  rooms.apply({{2}, {5}, {9}, {1}}, wire::encode_any(chat::Command(chat::Enter{"lobby", ann})), events);
  rooms.apply({{3}, {5}, {9}, {2}}, wire::encode_any(chat::Command(chat::Say{"lobby", ann, "hello"})), events);
  const auto lobby = take_apart(filed({6}, ServiceKind::lobby, rooms.snapshot()));
  REQUIRE(lobby);
  CHECK(lobby->title() == "lobby");
  REQUIRE(lobby->rooms);
  CHECK((lobby->rooms->rooms == 1 && lobby->rooms->present == 1 && lobby->rooms->lines == 1));
  CHECK(lobby->digest == order::digest_of_applied(Digest{77}, rooms.digest()));

  CHECK_FALSE(take_apart(filed({6}, static_cast<ServiceKind>(99), rooms.snapshot())));
  CHECK_FALSE(take_apart(filed({6}, ServiceKind::likes, rooms.snapshot())));
}

TEST_CASE(
    "terminal: a file that is not there, one that is none, and one that was cut are told apart from a whole one") {
  const Place place;
  CHECK(code_of_reading(place.file()) == Exit::not_found);
  std::ofstream(place.file()) << "a letter";
  CHECK(code_of_reading(place.file()) == Exit::internal);
  write_archive(place.file(), {"house", {1}, {auction_with_one_bid()}});
  CHECK(code_of_reading(place.file()) == Exit::ok);
  std::filesystem::resize_file(place.file(), std::filesystem::file_size(place.file()) - 1);
  CHECK(code_of_reading(place.file()) == Exit::internal);
}

TEST_CASE("terminal: a state that is not the service's own is an error in words") {
  auto group = auction_with_one_bid();
  wire::SnapshotRecord record;
  record.slot = {3};
  record.state = wire::encode(order::AppliedState{Digest{77}, {}, Bytes("nonsense")});
  group.state = std::make_shared<const Bytes>(wire::encode(record));
  const auto parts = take_apart(group);
  REQUIRE_FALSE(parts);
  CHECK(parts.error().message.find("group 5") != std::string::npos);
}

}  // namespace gavel::cli
