#include "node/services/bid_history.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "common/base/check.hpp"
#include "common/wire/services/auction_chain.hpp"

namespace gavel {
namespace {

template <class T>
std::uint64_t step(std::uint64_t& former, T now) {
  return static_cast<std::uint64_t>(now) - std::exchange(former, static_cast<std::uint64_t>(now));
}

Bytes as_record(BytesView bytes) {
  Bytes record;
  append_record(record, bytes);
  return record;
}

}  // namespace

/// A bid as the differences, modulo 2^64, to the one before it in the chunk; for the first one, to zeros.
struct BidHistory::PackedBid {
  std::uint64_t slots = 0;
  std::uint64_t micros = 0;
  std::uint64_t minor = 0;
  std::uint64_t bidder = 0;          ///< the number of the name
  std::optional<SessionId> session;  ///< nil: that of the bidder's own bid before it in the chunk
  std::uint64_t requests = 0;        ///< to the bidder's own bid before it in the chunk
  GAVEL_FIELDS(slots, micros, minor, bidder, session, requests);
};

struct BidHistory::Chunk {
  Digest chain;                    ///< before the first bid
  std::vector<std::string> names;  ///< of who bids for the first time
  std::vector<PackedBid> bids;
  GAVEL_FIELDS(chain, names, bids);
};

/// What differences are to.
struct BidHistory::Former {
  std::uint64_t slot = 0;
  std::uint64_t micros = 0;
  std::uint64_t minor = 0;
  struct Own {
    SessionId session;
    std::uint64_t request = 0;
  };
  std::map<std::uint64_t, Own> own;

  PackedBid pack(const auction::BidRecord& bid, std::uint64_t bidder);
  /// But for the name, the currency, the ordinal and the chain.
  auction::BidRecord unpack(const PackedBid& bid);
};

BidHistory::PackedBid BidHistory::Former::pack(const auction::BidRecord& bid, std::uint64_t bidder) {
  auto& before = own[bidder];
  PackedBid packed;
  packed.slots = step(slot, bid.slot.value);
  packed.micros = step(micros, bid.time.micros);
  packed.minor = step(minor, bid.amount.minor);
  packed.bidder = bidder;
  if (bid.session != before.session) packed.session = before.session = bid.session;
  packed.requests = step(before.request, bid.request.value);
  return packed;
}

auction::BidRecord BidHistory::Former::unpack(const PackedBid& packed) {
  auto& before = own[packed.bidder];
  before.session = packed.session.value_or(before.session);
  auction::BidRecord bid;
  bid.slot = Slot{slot += packed.slots};
  bid.time = WallTime{static_cast<std::int64_t>(micros += packed.micros)};
  bid.amount.minor = static_cast<std::int64_t>(minor += packed.minor);
  bid.session = before.session;
  bid.request = RequestNumber{before.request += packed.requests};
  return bid;
}

BidHistory::BidHistory(const auction::Terms& terms)
    : start_price_(terms.start_price), chain_(auction::chain_start(terms)) {}

// ---- taking in --------------------------------------------------------------------------------------------------

const auction::BidRecord& BidHistory::append(auction::BidRecord bid) {
  if (open_.size() == kBidsPerChunk) close_chunk();
  bid.ordinal = size() + 1;
  bid.chain = auction::chain_next(chain(), bid);
  add_name(bid.bidder);
  return open_.emplace_back(std::move(bid));
}

bool BidHistory::add_name(const std::string& name) {
  const auto [at, fresh] = numbers_.try_emplace(name, names_.size());
  if (fresh) names_.push_back(&at->first);
  return fresh;
}

void BidHistory::close_chunk() {
  chunks_.push_back(share(as_record(wire::encode(pack()))));
  chain_ = open_.back().chain;
  names_before_ = names_.size();
  open_.clear();
}

// ---- chunks -----------------------------------------------------------------------------------------------------

BidHistory::Chunk BidHistory::pack() const {
  Chunk chunk{chain_, {}, {}};
  for (auto number = names_before_; number < names_.size(); ++number) chunk.names.push_back(name(number));
  chunk.bids.reserve(open_.size());
  Former former;
  for (const auto& bid : open_) chunk.bids.push_back(former.pack(bid, numbers_.at(bid.bidder)));
  return chunk;
}

std::vector<auction::BidRecord> BidHistory::unpack(const Chunk& chunk, std::uint64_t first_ordinal) const {
  std::vector<auction::BidRecord> bids;
  bids.reserve(chunk.bids.size());
  Former former;
  Digest chain = chunk.chain;
  for (const auto& packed : chunk.bids) {
    auto& bid = bids.emplace_back(former.unpack(packed));
    bid.ordinal = first_ordinal + bids.size() - 1;
    bid.bidder = name(packed.bidder);
    bid.amount.currency = start_price_.currency;
    bid.chain = chain = auction::chain_next(chain, bid);
  }
  return bids;
}

std::vector<auction::BidRecord> BidHistory::read_chunk(std::size_t index) const {
  const auto record = RecordReader(*chunks_[index]).next_as<Chunk>();
  GAVEL_CHECK(record, "a chunk that was packed or read once can be read again");
  return unpack(*record, index * kBidsPerChunk + 1);
}

std::vector<auction::BidRecord> BidHistory::page(std::size_t skipped, std::size_t count) const {
  std::vector<auction::BidRecord> bids;
  count = std::min(count, size() - std::min(skipped, size()));
  bids.reserve(count);
  for (std::vector<auction::BidRecord> read; bids.size() < count;) {
    const auto at = skipped + bids.size();
    const auto& chunk = at / kBidsPerChunk < chunks_.size() ? (read = read_chunk(at / kBidsPerChunk)) : open_;
    const auto begin = chunk.begin() + static_cast<std::ptrdiff_t>(at % kBidsPerChunk);
    const auto some = std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(count - bids.size()), chunk.end() - begin);
    bids.insert(bids.end(), begin, begin + some);
  }
  return bids;
}

// ---- snapshots --------------------------------------------------------------------------------------------------

void BidHistory::append_to(RopeBuilder& snapshot) const {
  for (const auto& chunk : chunks_) snapshot.add(chunk);
  if (!open_.empty()) append_record(snapshot.text(), wire::encode(pack()));
}

Result<void> BidHistory::read_from(RecordReader& reader, std::size_t size_wanted) {
  while (size() < size_wanted) {
    if (!open_.empty()) close_chunk();
    const auto chunk = reader.next_as<Chunk>();
    if (!chunk) return tl::unexpected<Error>(chunk.error());
    if (auto taken = take(*chunk, std::min(kBidsPerChunk, size_wanted - size())); !taken) return taken;
  }
  return {};
}

Result<void> BidHistory::take(const Chunk& chunk, std::size_t bids_wanted) {
  const auto first = size() + 1;
  const auto wrong = [first](const std::string& what) {
    return fail(what + ", in the snapshot's bids from " + std::to_string(first) + " on");
  };
  if (chunk.bids.size() != bids_wanted) return wrong("too many bids, or too few");
  if (chunk.chain != chain_) return wrong("the audit chain breaks");
  for (const auto& name : chunk.names)
    if (!add_name(name)) return wrong("a name is new twice");
  const auto is_nobody = [this](const PackedBid& bid) { return bid.bidder >= names_.size(); };
  if (std::any_of(chunk.bids.begin(), chunk.bids.end(), is_nobody)) return wrong("a bidder without a name");
  auto least = price().minor;
  auto bids = unpack(chunk, first);
  for (const auto& bid : bids) {
    if (bid.amount.minor < least || bid.amount.minor > auction::kMaxAmount)
      return wrong("an amount that the rules do not allow");
    least = bid.amount.minor;
  }
  open_ = std::move(bids);
  return {};
}

}  // namespace gavel
