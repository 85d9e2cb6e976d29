#include "tests/sim/house/house_checks.hpp"

#include <algorithm>
#include <utility>

#include "common/order/applier.hpp"
#include "common/wire/archive.hpp"
#include "common/wire/codec.hpp"
#include "node/host/service_machine.hpp"
#include "node/services/auction.hpp"
#include "node/services/directory.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
std::string name_of(GroupId group) { return "group " + print(group); }
}  // namespace

void HouseChecks::stepped(Uid uid, Incarnation life, const host::Node& node, const host::NodeEffects& effects) {
  for (const auto& [ticket, operation] : effects.writes) replay_.writes(uid, operation);
  for (const auto group : node.groups()) follow_group(uid, life, group, node);
  if (const auto queue = node.overfull(); !queue.empty())
    throw Violation(Invariant::boundedness, show(uid) + " holds too many " + queue);
  for (const auto& [ticket, operation] : effects.writes) {
    kept.writes(uid, operation, node.directory());
    if (operation.kind == store::Operation::Kind::retire) archived(uid, operation.group, *operation.bytes.joined());
  }
}

void HouseChecks::follow_group(Uid uid, Incarnation life, GroupId group, const host::Node& node) {
  const auto* replica = node.replica(group);
  if (replica == nullptr) return;
  if (replica->blank()) return node.observes(group) ? void() : kept.waits(uid, group);
  auto& seen = seen_[uid][group];
  const auto led = replica->leads() ? replica->promised() : wire::Term{};
  if (led && led != seen.led) {
    const wire::Member leader{uid, life};
    if (led.uid != uid || leaders_.try_emplace({group, led}, leader).first->second != leader)
      throw Violation(Invariant::election_safety,
                      show(uid) + " is a second leader of " + name_of(group) + " in " + show(led));
  }
  seen.led = led;
  follow_config(uid, group, node);
  const auto commit = replica->commit();
  if (commit < seen.commit) seen = {};  // the replica went and came back
  if (commit == seen.commit) return;
  for (auto slot = std::max(seen.commit.next(), replica->first()); slot <= commit; slot = slot.next()) {
    const auto digest = digest_of(wire::encode(replica->entry(slot)));
    if (decided_.try_emplace({group, slot}, digest).first->second != digest)
      throw Violation(Invariant::total_order,
                      show(uid) + " applies another entry at slot " + print(slot) + " of " + name_of(group));
  }
  seen.commit = commit;
  if (group == kDirectoryGroup && replay_.applied(uid, commit))
    states_.try_emplace({group, replay_.slot()}, replay_.digest());
  const auto state = replica->machine().digest();
  if (states_.try_emplace({group, commit}, state).first->second != state)
    throw Violation(Invariant::total_order,
                    show(uid) + " is in another state at slot " + print(commit) + " of " + name_of(group));
  if (const auto* auction = node.auction(group)) {
    auto& checks = auctions_[group];
    const auto& bids = auction->book().bids();
    if (bids.size() < seen.bids) throw Violation(Invariant::durability, show(uid) + " has forgotten bids");
    if (bids.size() > seen.bids) checks.holds(uid, bids.all(), seen.bids);
    seen.bids = bids.size();
    if (auction->book().outcome()) checks.ended(uid, *auction->book().outcome());
  }
  follow_services(uid, group, *replica, seen);
}

/// Who leads an auction or a standing service takes away no voter who is wanted, by the directory as it knows it. (It
/// may have acted on the directory as it was before this event: in one event it may learn more of it afterwards.)
void HouseChecks::follow_config(Uid uid, GroupId group, const host::Node& node) {
  auto& seen = seen_[uid][group];
  const auto& replica = *node.replica(group);
  if (replica.config() == seen.config) return note_wanted(node, group, seen);
  const auto before = std::exchange(seen.config, replica.config());
  const auto wanted_before = seen.wanted;
  note_wanted(node, group, seen);
  const bool own = replica.leads() && replica.last() > replica.commit() &&
                   replica.entry(replica.last()).kind == wire::EntryKind::config &&
                   replica.entry(replica.last()).term == replica.promised();
  if (!own) return;
  const auto has = [](const std::vector<Uid>& uids, Uid one) { return std::count(uids.begin(), uids.end(), one) > 0; };
  for (const auto voter : before.voters)
    if (!replica.config().is_voter(voter) && has(seen.wanted, voter) && has(wanted_before, voter))
      throw Violation(Invariant::placement,
                      show(uid) + " takes " + show(voter) + " out of " + node.name_of(group) + ", where it is wanted");
}

void HouseChecks::note_wanted(const host::Node& node, GroupId group, Seen& seen) {
  const auto* known = node.directory();
  const auto slot = known == nullptr ? Slot() : node.replica(kDirectoryGroup)->commit();
  if (group == kDirectoryGroup || slot == seen.directory) return;
  seen.directory = slot;
  const auto* auction = known->auction_of(group);
  const bool standing = auction == nullptr && known->standing_of(group) != nullptr;
  seen.wanted = auction != nullptr ? auction->members : standing ? known->voters_wanted() : std::vector<Uid>();
}

void HouseChecks::auction_started(const directory::Auction& auction) {
  const auto [it, fresh] = started_.try_emplace(auction.id, auction);
  if (!fresh && it->second.group != auction.group)
    throw Violation(Invariant::exactly_once, "the auction " + auction.id + " was started twice");
}

std::size_t HouseChecks::acknowledged() const {
  std::size_t out = 0;
  for (const auto& [group, auction] : auctions_) out += auction.told_accepted();
  return out;
}

void HouseChecks::archived(Uid uid, GroupId group, BytesView file) {
  const auto wrong = [&](const std::string& what) {
    throw Violation(Invariant::durability, show(uid) + "'s archive of " + name_of(group) + " " + what);
  };
  const auto archive = wire::unpack_archive(file);
  if (!archive) return wrong(archive.error().message);
  const auto* entry = archive->find(group);
  if (entry == nullptr || archive->groups.size() != 1) return wrong("is of something else");
  const auto snapshot = wire::snapshot_in(*entry);
  if (!snapshot) return wrong(snapshot.error().message);
  const auto state = wire::decode<order::AppliedState>(*snapshot->state.joined());
  if (!state) return wrong(state.error().message);
  const auto machine = host::blank_machine(snapshot->service);
  if (const auto restored = machine->restore(*state->machine.joined()); !restored)
    return wrong(restored.error().message);
  const auto* auction = host::auction_in(*machine);
  if (auction == nullptr || !auction->book().outcome()) return wrong("does not have its end");
  const auto& book = auction->book();
  auctions_[group].ended(uid, *book.outcome());
  auctions_[group].ends_with(uid, book.terms(), book.bids().all(), book.outcome());
  archived_.insert(group);
}

void HouseChecks::ends_with(const host::Node& node) {
  const auto uid = node.setup().self.uid;
  const auto* known = node.directory();
  if (known == nullptr) throw Violation(Invariant::liveness, show(uid) + " has no directory");
  if (const auto commit = node.replica(kDirectoryGroup)->commit(); replay_.slot() < commit)
    throw Violation(Invariant::contract, "the directory was followed up to slot " + print(replay_.slot()) + ", and " +
                                             show(uid) + " has applied slot " + print(commit));
  for (const auto& item : items_)
    if (!known->items().contains(item))
      throw Violation(Invariant::durability, show(uid) + " does not know the item " + item);
  for (const auto& [id, auction] : started_)
    if (!known->auctions().contains(id) || known->auctions().at(id).group != auction.group)
      throw Violation(Invariant::durability, show(uid) + " does not know the auction " + id);
  for (const auto group : node.groups())
    if (const auto* auction = lost_.contains(group) ? nullptr : node.auction(group))
      auctions_[group].ends_with(uid, auction->book().terms(), auction->book().bids().all(), auction->book().outcome());
  for (const auto& [name, standing] : standing_)
    if (!known->state().standing.contains(name) || known->state().standing.at(name).group != standing.group)
      throw Violation(Invariant::durability, show(uid) + " does not know the " + name);
  for (const auto group : node.groups())
    if (!lost_.contains(group) && !node.replica(group)->blank()) end_with_services(uid, group, *node.replica(group));
}

}  // namespace gavel::sim
