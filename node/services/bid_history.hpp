// The accepted bids of one auction, in order. Finished chunks are kept as they are encoded: packed, each once, shared
// with every snapshot that holds them, so that a snapshot costs what is not in one yet; only the last chunk is kept as
// records. A chunk is read by itself but for the bidders' names: they are numbered in the order of their first bids,
// and a chunk brings those that are new in it. The audit chain is not kept but computed again, and a chunk says what it
// was before its first bid: so damage to a bid shows at the next chunk, and to one of the last at the end.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/base/rope.hpp"
#include "common/wire/services/auction.hpp"
#include "node/services/records.hpp"

namespace gavel {

/// Bids of a chunk; the last one may have fewer.
inline constexpr std::size_t kBidsPerChunk = 1024;

class BidHistory {
 public:
  explicit BidHistory(const auction::Terms& terms);
  /// Moved only: the names stay where they are.
  BidHistory(BidHistory&&) = default;
  BidHistory& operator=(BidHistory&&) = default;

  std::size_t size() const { return chunks_.size() * kBidsPerChunk + open_.size(); }
  bool empty() const { return open_.empty(); }
  /// Null if there is none.
  const auction::BidRecord* last() const { return open_.empty() ? nullptr : &open_.back(); }
  /// The last bid's amount, or the start price.
  Money price() const { return open_.empty() ? start_price_ : open_.back().amount; }
  /// The audit chain up to the last bid.
  Digest chain() const { return open_.empty() ? chain_ : open_.back().chain; }
  /// `count` bids after the first `skipped`, or as many as there are.
  std::vector<auction::BidRecord> page(std::size_t skipped, std::size_t count) const;
  std::vector<auction::BidRecord> all() const { return page(0, size()); }

  /// In the currency of the terms. What stands in its ordinal and its chain does not count, but is put there.
  const auction::BidRecord& append(auction::BidRecord bid);

  void append_to(RopeBuilder& snapshot) const;
  /// Reads `size` bids that append_to wrote. Error: malformed, the audit chain does not hold between chunks, or there
  /// is a bid that is lower than the one before, or the start price, or higher than kMaxAmount.
  Result<void> read_from(RecordReader& reader, std::size_t size);

 private:
  struct PackedBid;
  struct Chunk;
  struct Former;

  const std::string& name(std::uint64_t number) const { return *names_[number]; }
  bool add_name(const std::string& name);
  void close_chunk();
  Result<void> take(const Chunk& chunk, std::size_t bids_wanted);
  Chunk pack() const;
  std::vector<auction::BidRecord> unpack(const Chunk& chunk, std::uint64_t first_ordinal) const;
  std::vector<auction::BidRecord> read_chunk(std::size_t index) const;

  Money start_price_;
  Digest chain_;                     ///< before the open chunk
  std::vector<SharedBytes> chunks_;  ///< finished; each as it stands in a snapshot, its length before it
  std::vector<auction::BidRecord> open_;
  std::map<std::string, std::uint64_t> numbers_;
  std::vector<const std::string*> names_;  ///< by their numbers
  std::size_t names_before_ = 0;           ///< the open chunk
};

}  // namespace gavel
