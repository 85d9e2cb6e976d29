#include "node/host/restorations.hpp"

#include <algorithm>
#include <utility>

#include "common/base/digest.hpp"
#include "common/base/print.hpp"
#include "node/host/node.hpp"
#include "node/services/directory_checks.hpp"

namespace gavel::host {

// ---- pieces -----------------------------------------------------------------------------------------------------

wire::Operated Restorations::take(Now now, BytesView client, const wire::RestorePiece& piece) {
  const auto answer = [&](bool done, std::string word) { return wire::Operated{piece.id, done, std::move(word)}; };
  const auto is_of = [&](const Restoration& one) {
    return one.whole.group == piece.group && one.whole.size == piece.size && one.whole.digest == piece.digest &&
           one.whole.force == piece.force;
  };
  auto at = all_.find(Bytes(client));
  // (A first piece that was lost on the way, or its answer, comes again.)
  const bool anew = at == all_.end() || !is_of(at->second) || at->second.stage == Stage::failed;
  if (piece.offset == 0 && anew) {
    if (auto objection = begin(now, client, piece); !objection.empty()) return answer(false, std::move(objection));
    at = all_.find(Bytes(client));
  }
  if (at == all_.end() || !is_of(at->second)) return answer(false, "this is no next piece: begin again with the first");
  auto& one = at->second;
  if (one.stage != Stage::receiving) return answer(one.stage != Stage::failed, one.word);
  one.heard = now.at;
  if (piece.offset < one.state.size()) return answer(true, {});
  const bool fits = piece.offset == one.state.size() && piece.bytes && !piece.bytes->empty() &&
                    piece.bytes->size() <= one.whole.size - one.state.size();
  if (!fits) return answer(false, "this is no next piece: begin again with the first");
  one.state += *piece.bytes;
  if (one.state.size() == one.whole.size) complete(now, one);
  return answer(one.stage != Stage::failed, one.word);
}

std::string Restorations::begin(Now now, BytesView client, const wire::RestorePiece& piece) {
  if (const auto former = all_.find(Bytes(client)); former != all_.end()) all_.erase(former);
  std::erase_if(all_, [&](const auto& each) { return now.at - each.second.heard > kKept; });
  if (piece.size == 0 || piece.size > kMostBytes)
    return "a state of " + std::to_string(piece.size) + " bytes: 1 to " + std::to_string(kMostBytes) + " are taken";
  if (all_.size() >= kMost || promised_bytes() + piece.size > kMostBytes)
    return "this node is busy with other restorations: try later";
  Restoration one;
  one.whole = piece;
  one.whole.bytes = nullptr;
  one.heard = now.at;
  all_.emplace(Bytes(client), std::move(one));
  return {};
}

std::uint64_t Restorations::promised_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [client, one] : all_)
    if (one.stage == Stage::receiving || one.stage == Stage::asking) bytes += one.whole.size;
  return bytes;
}

/// What came must be what was sent, an auction's, and of the auction that is to be restored.
void Restorations::complete(Now now, Restoration& one) {
  const Bytes state = std::exchange(one.state, {});
  if (digest_of(state) != one.whole.digest) return fail(one, "the pieces do not make up the whole: send them again");
  const auto* directory = placement_.current() ? placement_.directory() : nullptr;
  if (!directory) return fail(one, "this node is still joining its cluster: try again");
  const auto* record = directory->auction_of(one.whole.group);
  if (!record) return fail(one, "the directory knows no auction in group " + print(one.whole.group));
  auto restored = restored_auction(state, setup_.self.uid);
  if (!restored) return fail(one, "the state " + restored.error().message);
  if (wire::encode(restored->terms) != wire::encode(record->terms))
    return fail(one, "the state is of auction " + restored->terms.auction + " with other terms than those of " +
                         record->id + ", which group " + print(one.whole.group) + " runs");
  for (const auto& [client, other] : all_)
    if (other.stage == Stage::asking && other.auction == record->id)
      return fail(one, "auction " + record->id + " is being restored here already");
  one.auction = record->id;
  one.opened = std::move(restored->group);
  one.stage = Stage::asking;
  one.heard = now.at;
  one.word = "asking the directory for a new group";
}

void Restorations::fail(Restoration& one, std::string why) {
  one.stage = Stage::failed;
  one.state = {};
  one.opened = {};
  one.word = std::move(why);
}

// ---- what follows -----------------------------------------------------------------------------------------------

void Restorations::run(Now now, NodeEffects& effects) {
  for (auto& [client, one] : all_)
    if (one.stage == Stage::asking) ask(now, one, effects);
  std::erase_if(all_, [&](const auto& each) { return now.at - each.second.heard > kKept; });
}

void Restorations::ask(Now now, Restoration& one, NodeEffects& effects) {
  const auto* directory = placement_.directory();
  const auto at = directory->auctions().find(one.auction);
  if (at == directory->auctions().end()) return fail(one, "auction " + one.auction + " is gone");
  const auto& auction = at->second;
  if (auction.group != one.whole.group) return found(now, one, auction, effects);
  const directory::RestoreAuction command{one.auction, setup_.self.uid, one.whole.group};
  if (const auto objection = check_restoration(directory->state(), command)) return fail(one, objection->message);
  const auto* former = replicas_.find(one.whole.group);
  const Uid leader = former ? former->replica->leader(now.at) : Uid{};
  if (leader && !one.whole.force) {
    const auto node = directory->nodes().find(leader);
    return fail(one, "auction " + one.auction + " is not lost: " +
                         (node == directory->nodes().end() ? "node " + hex(leader.value) : node->second.name) +
                         " leads its group");
  }
  if (now.at - one.heard > kKept / 2)
    return fail(one, "the directory has not taken it: gavel status shows whether it has a leader");
  proposals_.propose(now, kDirectoryGroup, Proposals::About::restoration, one.whole.group.value,
                     wire::encode_any(directory::Command(command)), effects);
}

void Restorations::found(Now now, Restoration& one, const directory::Auction& auction, NodeEffects& effects) {
  const bool ours = auction.restored && auction.genesis == std::vector<Uid>{setup_.self.uid} && !auction.outcome;
  const auto* present = replicas_.find(auction.group);
  if (!ours || (present && !present->observer))
    return fail(one, "auction " + auction.id + " was given another group meanwhile: somebody else restores it");
  effects.notes.push_back({auction.group,
                           {},
                           "auction " + auction.id + " goes on here from a backup, up to slot " +
                               print(one.opened.recovered.snapshot->slot) + "; group " + print(one.whole.group) +
                               " is given up"});
  replicas_.found_from(now, auction.group, std::move(one.opened.recovered), std::move(one.opened.machine), effects);
  one.opened = {};
  one.stage = Stage::founded;
  one.heard = now.at;
  one.word = "goes on in group " + print(auction.group);
}

}  // namespace gavel::host
