#include "node/host/backups.hpp"

#include <algorithm>
#include <utility>

#include "common/base/digest.hpp"
#include "common/base/print.hpp"
#include "common/wire/codec.hpp"

namespace gavel::host {

wire::BackupPiece Backups::piece(Now now, BytesView client, const wire::BackupQuery& query) {
  run(now);
  wire::BackupPiece piece;
  piece.id = query.id;
  piece.group = query.group;
  piece.offset = query.offset;
  piece.bytes = share({});
  if (query.offset == 0) piece.message = begin(now, client, query.group);
  if (!piece.message.empty()) return piece;
  const auto at = exports_.find(Bytes(client));
  if (at == exports_.end() || at->second.group != query.group || query.offset > at->second.state.size()) {
    piece.message = "there is no such piece (any more): begin again with the first";
    return piece;
  }
  auto& from = at->second;
  from.asked = now.at;
  piece.slot = from.slot;
  piece.size = from.state.size();
  piece.digest = from.digest;
  piece.bytes = share(from.state.slice(query.offset, kPieceBytes));
  if (query.offset + piece.bytes->size() == piece.size) exports_.erase(at);
  return piece;
}

std::string Backups::begin(Now now, BytesView client, GroupId group) {
  const auto* hosted = replicas_.find(group);
  if (!hosted) return "group " + print(group) + " does not live on this node";
  const auto& replica = *hosted->replica;
  if (replica.blank() || !hosted->machine().has_state())
    return "this node has no state of group " + print(group) + " yet";
  exports_.erase(Bytes(client));
  if (exports_.size() >= kMost) return "this node is busy with " + std::to_string(kMost) + " other backups: try later";
  const auto made = std::find_if(fresh_.begin(), fresh_.end(), [&](const auto& one) { return one.group == group; });
  if (made != fresh_.end()) {
    exports_.emplace(Bytes(client), *made).first->second.asked = now.at;
    return {};
  }
  auto snapshot = replica.snapshot();
  const Slot slot = snapshot.slot;
  auto state = wire::encode_shared(snapshot);
  const Digest digest = digest_of_rope(state);
  fresh_.push_back({group, slot, digest, std::move(state), now.at, now.at});
  if (fresh_.size() > kMost) fresh_.pop_front();
  exports_.emplace(Bytes(client), fresh_.back());
  return {};
}

void Backups::run(Now now) {
  std::erase_if(exports_, [&](const auto& each) { return now.at - each.second.asked > kKept; });
  std::erase_if(fresh_, [&](const auto& one) { return now.at - one.made >= kFresh; });
}

}  // namespace gavel::host
