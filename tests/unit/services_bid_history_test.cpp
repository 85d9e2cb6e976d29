#include <catch2/catch.hpp>

#include "common/wire/services/auction_chain.hpp"
#include "node/services/bid_history.hpp"
#include "tests/unit/services_driver.hpp"

namespace gavel {
namespace {

using auction::BidRecord;

/// Some bidders, who come again and again under sessions that change now and then.
BidRecord bid_number(std::uint64_t n) {
  const auto bidder = n * n % 7;
  return {0,
          Slot{1000 + n / 3},
          WallTime{1'700'000'000'000'000 + static_cast<std::int64_t>(n / 3 * 1234)},
          "bidder " + std::to_string(n > 1500 ? n / 100 : bidder),
          eur(10000 + static_cast<std::int64_t>(500 * n)),
          SessionId{(bidder << 20U) + n / 500},
          RequestNumber{n % 5 == 0 ? n - 1 : n},
          {}};
}

struct Filled {
  BidHistory history{lot_7()};
  std::vector<BidRecord> bids;

  explicit Filled(std::size_t size) {
    for (std::uint64_t n = 1; n <= size; ++n) bids.push_back(history.append(bid_number(n)));
  }
};

Rope snapshot_of(const BidHistory& history) {
  RopeBuilder out;
  history.append_to(out);
  return std::move(out).finish();
}

Result<BidHistory> read(BytesView snapshot, std::size_t size) {
  BidHistory history(lot_7());
  RecordReader reader(snapshot);
  if (auto done = history.read_from(reader, size); !done) return tl::unexpected<Error>(done.error());
  if (!reader.done()) return fail("there is more");
  return history;
}

bool are_same(const std::vector<BidRecord>& a, const std::vector<BidRecord>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.fields() == y.fields(); });
}

/// About the ends of chunks.
std::vector<std::size_t> sizes() {
  return {0, 1, kBidsPerChunk - 1, kBidsPerChunk, kBidsPerChunk + 1, 2 * kBidsPerChunk, 2 * kBidsPerChunk + 900};
}

TEST_CASE("a history holds what was put into it, under an audit chain that holds") {
  for (const auto size : sizes()) {
    const Filled filled(size);
    CHECK(filled.history.size() == size);
    CHECK(filled.history.empty() == (size == 0));
    CHECK(are_same(filled.history.all(), filled.bids));
    CHECK(auction::verify_chain(lot_7(), filled.history.all(), {}));
    REQUIRE((filled.history.last() != nullptr) == (size > 0));
    if (size == 0) continue;
    CHECK(filled.history.last()->fields() == filled.bids.back().fields());
    CHECK(filled.history.price() == filled.bids.back().amount);
    CHECK(filled.history.chain() == filled.bids.back().chain);
  }
}

TEST_CASE("any page of a history is as it was put in") {
  const Filled filled(2 * kBidsPerChunk + 900);
  for (std::size_t skipped = 0; skipped < filled.bids.size() + 300; skipped += 119) {
    const auto first = filled.bids.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, filled.bids.size()));
    const auto count = std::min<std::ptrdiff_t>(256, filled.bids.end() - first);
    REQUIRE(are_same(filled.history.page(skipped, 256), {first, first + count}));
  }
}

TEST_CASE("a history goes on from its snapshot as if nothing had been") {
  for (const auto size : sizes()) {
    Filled filled(size);
    auto other = read(*snapshot_of(filled.history).joined(), size);
    REQUIRE(other);
    CHECK(are_same(other->all(), filled.bids));
    CHECK(other->chain() == filled.history.chain());
    for (std::uint64_t n = size + 1; n < size + 200; ++n) {
      filled.history.append(bid_number(n));
      other->append(bid_number(n));
    }
    CHECK(snapshot_of(*other) == snapshot_of(filled.history));
    CHECK(are_same(other->all(), filled.history.all()));
  }
}

TEST_CASE("a finished chunk is in all later snapshots, and there once") {
  Filled filled(2 * kBidsPerChunk + 10);
  const auto before = snapshot_of(filled.history);
  filled.history.append(bid_number(9000));
  const auto after = snapshot_of(filled.history);
  REQUIRE(before.pieces().size() == 3);
  REQUIRE(after.pieces().size() == 3);
  CHECK(before.pieces()[0] == after.pieces()[0]);
  CHECK(before.pieces()[1] == after.pieces()[1]);
}

TEST_CASE("a bid of someone who bids again takes few bytes") {
  BidHistory history(lot_7());
  for (std::uint64_t n = 1; n <= 10 * kBidsPerChunk; ++n) {
    auto bid = bid_number(n);
    bid.bidder = Bytes(100, static_cast<char>('a' + n % 8));
    bid.session = SessionId{(1U << 30U) + n % 8};
    bid.request = RequestNumber{n * 200};
    history.append(std::move(bid));
  }
  CHECK(snapshot_of(history).size() < 20 * history.size());
}

TEST_CASE("a history that was cut short anywhere is refused") {
  const auto size = kBidsPerChunk + 20;
  const auto good = *snapshot_of(Filled(size).history).joined();
  for (std::size_t length = 0; length < good.size(); length += length < good.size() - 100 ? 97 : 1)
    REQUIRE_FALSE(read(BytesView(good).substr(0, length), size));
  CHECK_FALSE(read(good, size - 1));
  CHECK_FALSE(read(good, size + 1));
}

TEST_CASE("a history of which any byte was changed is refused, or leads to another audit chain") {
  const auto size = kBidsPerChunk + 20;
  const Filled filled(size);
  const auto good = *snapshot_of(filled.history).joined();
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto changed = good;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
    const auto history = read(changed, size);
    if (history && history->chain() == filled.history.chain()) REQUIRE(are_same(history->all(), filled.bids));
  }
}

TEST_CASE("bids that are not a chunk as the history makes it are refused in words") {
  const auto refused = [](std::size_t size, const auto& change) {
    // [chain, names, bids], each bid [slots, micros, minor, bidder, session, request]
    auto record = *snapshot_of(Filled(size).history).joined();
    change(record);
    const auto history = read(record, size);
    REQUIRE_FALSE(history);
    return history.error().message;
  };
  const auto good = *snapshot_of(Filled(2).history).joined();
  const auto name = good.find("bidder 4");
  REQUIRE(name != Bytes::npos);
  CHECK(refused(2, [&](Bytes& record) { record.replace(name, 8, "bidder 1"); }) ==
        "a name is new twice, in the snapshot's bids from 1 on");
  CHECK(refused(2, [&](Bytes& record) { ++record[6]; }) == "the audit chain breaks, in the snapshot's bids from 1 on");
}

}  // namespace
}  // namespace gavel
