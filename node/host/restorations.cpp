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
  if (!setup_.allow_restore)
    return answer(
        false, "this node takes no state from a backup: it was started without --allow-restore (GAVEL_ALLOW_RESTORE)");
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
  if (const auto former = all_.find(Bytes(client)); former != all_.end()) {
    if (former->second.under_way()) return "auction " + former->second.auction + " comes first: " + former->second.word;
    all_.erase(former);
  }
  std::erase_if(all_, [&](const auto& each) { return each.second.may_be_forgotten(now); });
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
    if (one.stage == Stage::receiving || one.under_way()) bytes += one.whole.size;
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
  auto restored = restored_auction(state, setup_.self.uid, now.wall);
  if (!restored) return fail(one, "the state " + restored.error().message);
  if (wire::encode(restored->terms) != wire::encode(record->terms))
    return fail(one, "the state is of auction " + restored->terms.auction + " with other terms than those of " +
                         record->id + ", which group " + print(one.whole.group) + " runs");
  for (const auto& [client, other] : all_)
    if (other.under_way() && other.auction == record->id)
      return fail(one, "auction " + record->id + " is being restored here already: " + other.word);
  one.auction = record->id;
  one.opened = std::move(restored->group);
  one.voters = std::move(restored->voters);
  one.stage = one.whole.force ? Stage::asking : Stage::looking;
  one.heard = now.at;
  one.word = "looking whether its group is lost";
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
    if (one.under_way()) go_on(now, one, effects);
  std::erase_if(all_, [&](const auto& each) { return each.second.may_be_forgotten(now); });
}

void Restorations::go_on(Now now, Restoration& one, NodeEffects& effects) {
  const auto* directory = placement_.directory();
  const auto at = directory->auctions().find(one.auction);
  if (at == directory->auctions().end()) return fail(one, "auction " + one.auction + " is gone");
  const auto& auction = at->second;
  if (auction.group != one.whole.group) return found(now, one, auction, effects);
  const directory::RestoreAuction command{one.auction, setup_.self.uid, one.whole.group};
  // (What was proposed may be taken all the same: this node's state is not the one that it will be decided by.)
  const bool proposed = proposals_.under_way(kDirectoryGroup, Proposals::About::restoration, one.whole.group.value);
  const auto objection = check_restoration(directory->state(), command);
  if (objection && (auction.outcome || !proposed)) return fail(one, objection->message);
  if (one.stage == Stage::looking) look(now, one, auction, effects);
  if (one.stage != Stage::asking) return;
  one.word = "the directory has not taken it yet: gavel status shows whether it has a leader";
  proposals_.propose(now, kDirectoryGroup, Proposals::About::restoration, one.whole.group.value,
                     wire::encode_any(directory::Command(command)), effects);
}

/// This node need not have served the former group: then it observes it meanwhile.
void Restorations::look(Now now, Restoration& one, const directory::Auction& auction, NodeEffects& effects) {
  placement_.reach(now, auction.group, effects);
  const auto* former = replicas_.find(auction.group);
  if (const Uid leader = former ? former->replica->leader(now.at) : Uid{})
    return fail(one, "auction " + auction.id + " is not lost: " + name_of(leader) + " leads its group");
  const Duration least = kListened * setup_.options.suspicion;
  const std::string up = enough_that_are_up(one, auction);
  if (now.at - one.heard >= least && up.empty()) {
    one.stage = Stage::asking;
  } else if (now.at - one.heard > std::max(kPatience, 2 * least)) {
    fail(one, "auction " + auction.id + " has no leader, but may not be lost: " + up +
                  " are up. If they cannot lead it " + "any more, force it");
  }
}

std::string Restorations::enough_that_are_up(const Restoration& one, const directory::Auction& auction) const {
  const auto* former = replicas_.find(auction.group);
  std::vector<Uid> voters;
  if (former && !former->replica->blank())
    voters = former->replica->config().voters;
  else if (!auction.restored)  // else the backup may be of a group before that one
    voters = one.voters;
  std::string names;
  std::size_t up = 0;
  for (const Uid voter : voters) {
    const auto node = placement_.directory()->nodes().find(voter);
    if (node == placement_.directory()->nodes().end() || node->second.life != directory::Life::up) continue;
    ++up;
    names += (names.empty() ? "" : ", ") + node->second.name;
  }
  return 2 * up > voters.size() ? names : std::string();
}

std::string Restorations::name_of(Uid uid) const {
  const auto node = placement_.directory()->nodes().find(uid);
  return node == placement_.directory()->nodes().end() ? "node " + hex(uid.value) : node->second.name;
}

void Restorations::found(Now now, Restoration& one, const directory::Auction& auction, NodeEffects& effects) {
  const bool ours = auction.restored && auction.genesis == std::vector<Uid>{setup_.self.uid} && !auction.outcome;
  const auto* present = replicas_.find(auction.group);
  if (!ours || (present && !present->observer))
    return fail(one, "auction " + auction.id + " was given another group meanwhile: somebody else restores it");
  effects.notes.push_back({auction.group,
                           {},
                           "auction " + auction.id + " goes on here from a backup, up to slot " +
                               print(one.opened.filed) + "; group " + print(one.whole.group) + " is given up"});
  replicas_.found_from(now, auction.group, std::move(one.opened.recovered), std::move(one.opened.machine), effects);
  one.opened = {};
  one.stage = Stage::founded;
  one.heard = now.at;
  one.word = "goes on in group " + print(auction.group);
}

}  // namespace gavel::host
