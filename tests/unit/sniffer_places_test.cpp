#include <catch2/catch.hpp>

#include "tools/sniffer/capture/places.hpp"

namespace gavel::sniffer {
namespace {

using Endpoints = std::vector<std::string>;

const std::string kReal = "tcp://10.0.0.1:7403";
const std::string kOther = "tcp://10.0.0.2:7403";

}  // namespace

TEST_CASE("a node is connected to where its beacon says, once") {
  Places places;
  CHECK(places.claimed(Uid{1}, kReal).connect == kReal);
  CHECK(places.claimed(Uid{1}, kReal).connect.empty());
  CHECK(places.named(Uid{1}, kReal).disconnect.empty());
  CHECK(places.claimed(Uid{1}, kReal).connect.empty());
  CHECK(places.all() == std::set{kReal});
}

TEST_CASE("a beacon in a node's name makes the sniffer leave neither a claimed nor a named endpoint") {
  Places places;
  places.claimed(Uid{1}, kReal);
  auto change = places.claimed(Uid{1}, kOther);
  CHECK(change.connect == kOther);
  CHECK(change.disconnect.empty());
  change = places.named(Uid{1}, kReal);
  CHECK(change.disconnect == Endpoints{kOther});
  change = places.claimed(Uid{1}, kOther);
  CHECK(change.disconnect.empty());
  CHECK(places.all().contains(kReal));
}

TEST_CASE("a node that moved is left where it was by word of the directory, unless another is there") {
  Places places;
  places.named(Uid{1}, kReal);
  places.claimed(Uid{2}, kReal);
  CHECK(places.named(Uid{1}, kOther).disconnect.empty());
  CHECK(places.named(Uid{2}, kOther).disconnect == Endpoints{kReal});
}

TEST_CASE("claims are bounded, by node and in all, and a node that the directory names finds room") {
  Places places;
  for (int i = 0; i < 100; ++i) places.claimed(Uid{1}, "tcp://10.0.1.1:" + std::to_string(1000 + i));
  CHECK(places.all().size() == Places::kMostClaims);
  for (std::uint64_t i = 1; i < 5000; ++i) places.claimed(Uid{i}, "tcp://10.0.2.1:" + std::to_string(1000 + i));
  CHECK(places.all().size() < Places::kMostNodes + Places::kMostClaims);
  CHECK_FALSE(places.knows(Uid{4999}));
  const auto change = places.named(Uid{4999}, kReal);
  CHECK(change.connect == kReal);
  CHECK(change.disconnect.size() == Places::kMostClaims);
  CHECK(places.knows(Uid{4999}));
}

TEST_CASE("an endpoint that is none is forgotten") {
  Places places;
  places.claimed(Uid{1}, "nonsense");
  places.forget("nonsense");
  CHECK_FALSE(places.knows(Uid{1}));
  CHECK(places.all().empty());
}

}  // namespace gavel::sniffer
