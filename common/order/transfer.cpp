#include "common/order/transfer.hpp"

#include <algorithm>

#include "common/base/digest.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/limits.hpp"

namespace gavel::order {
namespace {

constexpr Duration kServedFor = 10s;  // a snapshot under transfer is kept so long after the last piece
constexpr std::uint64_t kMaxSnapshotBytes = 4ULL << 30U;

}  // namespace

void Transfer::offer(Uid to, bool recovery) {
  const auto& bytes = core_.log.snapshot();
  if (bytes.empty()) return;
  if (!serving_ || serving_->bytes.pieces() != bytes.pieces())
    serving_ = {core_.log.base(), digest_of_rope(bytes), bytes, core_.now.at};
  send_piece(to, 0, recovery);
}

void Transfer::on_fetch(Uid from, const wire::SnapshotFetch& fetch) {
  if (fetch.term != core_.promised || core_.log.blank() || core_.diverged) return;
  if (!fetch.slot) {
    core_.make_snapshot();
    return offer(from, fetch.recovery);
  }
  if (!serving_ || serving_->slot != fetch.slot) return offer(from, fetch.recovery);
  send_piece(from, fetch.offset, fetch.recovery);
}

void Transfer::send_piece(Uid to, std::uint64_t offset, bool recovery) {
  const auto& bytes = serving_->bytes;
  if (offset > bytes.size()) return;
  serving_->used = core_.now.at;
  wire::SnapshotChunk chunk;
  chunk.term = core_.promised;
  chunk.slot = serving_->slot;
  chunk.size = bytes.size();
  chunk.offset = offset;
  chunk.digest = serving_->digest;
  chunk.bytes = share(bytes.slice(offset, std::min(wire::kSnapshotChunkBytes, core_.options.bytes_per_entry)));
  chunk.recovery = recovery;
  core_.send(to, std::move(chunk));
}

std::optional<Transfer::Whole> Transfer::on_chunk(Uid from, const wire::SnapshotChunk& chunk) {
  if (chunk.size > kMaxSnapshotBytes || !chunk.bytes) return std::nullopt;
  const bool same = arriving_ && arriving_->from == from && arriving_->term == chunk.term &&
                    arriving_->slot == chunk.slot && arriving_->digest == chunk.digest && arriving_->size == chunk.size;
  if (!same) {
    const bool newer = arriving_ && arriving_->from == from && chunk.slot > arriving_->slot;
    if (chunk.offset != 0 || (receiving() && !newer)) return std::nullopt;  // one transfer at a time
    arriving_ =
        Arriving{from, chunk.term, chunk.slot, chunk.size, chunk.digest, chunk.recovery, {}, core_.now.at, kNever};
  }
  if (chunk.offset != arriving_->bytes.size() || arriving_->bytes.size() + chunk.bytes->size() > chunk.size)
    return std::nullopt;  // a duplicate
  arriving_->bytes += *chunk.bytes;
  arriving_->progress = core_.now.at;
  if (arriving_->bytes.size() < arriving_->size && !chunk.bytes->empty()) {
    ask_next();
    return std::nullopt;
  }
  auto bytes = std::move(arriving_->bytes);
  arriving_.reset();
  if (digest_of(bytes) != chunk.digest) return std::nullopt;
  auto snapshot = wire::decode<wire::SnapshotRecord>(bytes);
  if (!snapshot || snapshot->slot != chunk.slot || !core_.applier.become(snapshot->service)) return std::nullopt;
  return Whole{std::move(*snapshot), Rope(std::move(bytes))};
}

void Transfer::ask_next() {
  arriving_->ask_at = core_.now.at + core_.options.fetch_interval;
  core_.send(arriving_->from,
             wire::SnapshotFetch{arriving_->term, arriving_->slot, arriving_->bytes.size(), arriving_->recovery});
}

bool Transfer::receiving(Uid from) const {
  return arriving_ && arriving_->from == from && arriving_->term == core_.promised &&
         core_.now.at - arriving_->progress < 2 * core_.options.suspicion;
}

void Transfer::on_time() {
  if (arriving_ && !receiving(arriving_->from)) arriving_.reset();
  if (arriving_ && core_.now.at >= arriving_->ask_at) ask_next();
  if (serving_ && core_.now.at - serving_->used > kServedFor) serving_.reset();
}

TimePoint Transfer::deadline() const { return arriving_ ? arriving_->ask_at : kNever; }

}  // namespace gavel::order
