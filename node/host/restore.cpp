#include "node/host/restore.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/print.hpp"
#include "common/order/applier.hpp"
#include "common/wire/codec.hpp"

namespace gavel::host {
namespace {

/// A group's snapshot, taken apart and known to be readable.
struct Opened {
  wire::SnapshotRecord snapshot;
  order::AppliedState state;
};

Result<Opened> open(wire::SnapshotRecord snapshot, ServiceKind kind) {
  if (snapshot.service != static_cast<std::uint16_t>(kind)) return fail("is another service's");
  auto state = wire::decode<order::AppliedState>(snapshot.state);
  if (!state) return tl::unexpected<Error>(state.error());
  const auto machine = blank_machine(snapshot.service);
  if (auto restored = machine->restore(state->machine); !restored) return tl::unexpected<Error>(restored.error());
  return Opened{std::move(snapshot), *std::move(state)};
}

Result<Opened> open(const wire::ArchivedGroup& group, ServiceKind kind) {
  auto snapshot = wire::snapshot_in(group);
  if (!snapshot) return tl::unexpected<Error>(snapshot.error());
  auto opened = open(*std::move(snapshot), kind);
  if (!opened) return fail("is damaged: the state of group " + print(group.group) + ": " + opened.error().message);
  return opened;
}

/// Sessions and their kept replies are the most of it.
constexpr wire::Limits kFromOutside{1U << 20U, 1U << 24U};

/// What the core relies on, and bytes from outside may not keep to.
bool is_sound(const wire::SnapshotRecord& snapshot) {
  const auto& marks = snapshot.last_ordered;
  return snapshot.view.slot <= snapshot.slot && snapshot.view.term <= snapshot.term &&
         std::is_sorted(marks.begin(), marks.end());
}

/// With this node as its only voter. The promise is what keeps its terms above all that were before.
RestoredGroup alone(GroupId group, Opened opened, Uid self) {
  opened.snapshot.config = {{self}, {}};
  opened.snapshot.state = wire::encode(opened.state);
  auto machine = blank_machine(opened.snapshot.service);
  order::Recovered recovered;
  recovered.promised = opened.snapshot.term;
  recovered.snapshot = std::move(opened.snapshot);
  return {group, std::move(recovered), std::move(machine)};
}

}  // namespace

Result<RestoredAuction> restored_auction(BytesView state, Uid self) {
  if (const auto form = wire::Document::parse(state, kFromOutside); !form)
    return fail("is damaged: " + form.error().message);
  auto snapshot = wire::decode<wire::SnapshotRecord>(state);
  if (!snapshot) return fail("is damaged: " + snapshot.error().message);
  if (!is_sound(*snapshot)) return fail("is damaged: its parts do not fit together");
  if (const auto form = wire::Document::parse(snapshot->state, kFromOutside); !form)
    return fail("is damaged: " + form.error().message);
  auto opened = open(*std::move(snapshot), ServiceKind::auction);
  if (!opened) return fail("is damaged: " + opened.error().message);
  const auto machine = blank_machine(opened->snapshot.service);
  const auto readable = machine->restore(opened->state.machine);
  GAVEL_CHECK(readable, "what was read once can be read again");
  auto terms = auction_in(*machine)->book().terms();
  return RestoredAuction{std::move(terms), alone({}, *std::move(opened), self)};
}

Result<Restoration> restoration_of(const wire::Archive& archive, Uid self) {
  const auto* kept = archive.find(kDirectoryGroup);
  if (!kept)
    return fail("holds no directory: a cluster is restored from a whole backup, not from the archive of an auction");
  auto opened = open(*kept, ServiceKind::directory);
  if (!opened) return tl::unexpected<Error>(opened.error());
  DirectoryService directory;
  if (auto read = directory.restore(opened->state.machine); !read)
    return fail("is damaged: the directory: " + read.error().message);

  Restoration out;
  std::set<GroupId> kept_groups;
  std::vector<RestoredGroup> auctions;
  for (const auto& group : archive.groups) {
    if (group.group == kDirectoryGroup) continue;
    const auto* record = directory.auction_of(group.group);
    if (!record || record->outcome) continue;  // it ended, or the directory's state is from before it began
    auto auction = open(group, ServiceKind::auction);
    if (!auction) return tl::unexpected<Error>(auction.error());
    kept_groups.insert(group.group);
    auctions.push_back(alone(group.group, *std::move(auction), self));
    out.notes.push_back("auction " + record->id + " goes on from slot " + print(group.slot));
  }
  for (const auto& item : directory.found_anew(self, kept_groups))
    out.notes.push_back("item " + item + " is on offer again: its auction ran, but is not in the backup");
  opened->state.machine = directory.snapshot();
  out.groups.push_back(alone(kDirectoryGroup, *std::move(opened), self));
  for (auto& auction : auctions) out.groups.push_back(std::move(auction));
  return out;
}

}  // namespace gavel::host
