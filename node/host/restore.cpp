#include "node/host/restore.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/print.hpp"
#include "common/order/applier.hpp"
#include "common/wire/codec.hpp"
#include "node/services/auction.hpp"

namespace gavel::host {
namespace {

/// A group's snapshot, taken apart and known to be readable.
struct Opened {
  wire::SnapshotRecord snapshot;
  order::AppliedState state;
};

/// Sessions and their kept replies are the most of it.
constexpr wire::Limits kFromOutside{1U << 20U, 1U << 24U};

// What counts on from the file has room for more than any cluster lives to see; a session's id holds 44 bits of a slot.
constexpr std::uint64_t kMostRounds = std::uint64_t{1} << 48U;
constexpr Slot kLastSlot{std::uint64_t{1} << 43U};
constexpr Duration kAhead = 366 * 24h;

template <class T>
bool is_ascending(const std::vector<T>& all) {  // and none twice
  return std::adjacent_find(all.begin(), all.end(), [](const T& a, const T& b) { return !(a < b); }) == all.end();
}

bool is_sound(const wire::Config& config) {
  const auto learns = [&](Uid uid) { return config.is_learner(uid); };
  return !config.voters.empty() && config.voters.front() && is_ascending(config.voters) &&
         is_ascending(config.learners) && std::none_of(config.voters.begin(), config.voters.end(), learns);
}

bool is_sound(const wire::SnapshotRecord& snapshot, const order::SessionList& list) {
  std::set<SessionId> ids;
  WallTime last;
  for (const auto& session : list.sessions) {
    const bool of_the_past = session.used >= last && session.used <= snapshot.stamp &&
                             session.id < order::Sessions::id_at(snapshot.slot.next(), 0);
    const bool replies = std::all_of(session.replies.begin(), session.replies.end(), [&](const auto& reply) {
      return reply.number <= session.highest && reply.slot <= snapshot.slot;
    });
    if (!of_the_past || !replies || !ids.insert(session.id).second) return false;
    last = session.used;
  }
  return true;
}

/// What the core relies on, and bytes from outside may not keep to.
bool is_sound(const wire::SnapshotRecord& snapshot, WallTime now) {
  const auto& marks = snapshot.last_ordered;
  const auto out_of_order = [](const auto& a, const auto& b) { return a.publisher >= b.publisher; };
  return snapshot.slot < kLastSlot && snapshot.view.slot <= snapshot.slot && snapshot.term.round < kMostRounds &&
         snapshot.view.term <= snapshot.term && snapshot.stamp >= WallTime{} && snapshot.stamp <= now + kAhead &&
         std::adjacent_find(marks.begin(), marks.end(), out_of_order) == marks.end() &&
         std::all_of(marks.begin(), marks.end(), [](const auto& mark) { return mark.number.value < kMostRounds; }) &&
         is_sound(snapshot.config);
}

Result<Opened> open(wire::SnapshotRecord snapshot, ServiceKind kind, WallTime now) {
  if (snapshot.service != static_cast<std::uint16_t>(kind)) return fail("is another service's");
  if (!is_sound(snapshot, now)) return fail("its parts do not fit together");
  if (auto form = wire::Document::parse(*snapshot.state.joined(), kFromOutside); !form)
    return tl::unexpected<Error>(form.error());
  auto state = wire::decode<order::AppliedState>(*snapshot.state.joined());
  if (!state) return tl::unexpected<Error>(state.error());
  if (!is_sound(snapshot, state->sessions)) return fail("its sessions do not fit to it");
  const auto machine = blank_machine(snapshot.service);
  if (auto restored = machine->restore(*state->machine.joined()); !restored)
    return tl::unexpected<Error>(restored.error());
  return Opened{std::move(snapshot), *std::move(state)};
}

Result<Opened> open(const wire::ArchivedGroup& group, ServiceKind kind, WallTime now) {
  auto snapshot = wire::snapshot_in(group);
  if (!snapshot) return tl::unexpected<Error>(snapshot.error());
  auto opened = open(*std::move(snapshot), kind, now);
  if (!opened) return fail("is damaged: the state of group " + print(group.group) + ": " + opened.error().message);
  return opened;
}

/// With this node as its only voter. The promise is what keeps its terms above all that were before, and the gap what
/// keeps its slots above all that came after the backup.
RestoredGroup alone(GroupId group, Opened opened, Uid self) {
  const Slot filed = opened.snapshot.slot;
  opened.snapshot.slot.value += kSlotsSkipped;
  opened.snapshot.config = {{self}, {}};
  opened.snapshot.state = wire::encode_shared(opened.state);
  auto machine = blank_machine(opened.snapshot.service);
  order::Recovered recovered;
  recovered.promised = opened.snapshot.term;
  recovered.snapshot = std::move(opened.snapshot);
  return {group, std::move(recovered), std::move(machine), filed};
}

}  // namespace

Result<RestoredAuction> restored_auction(BytesView state, Uid self, WallTime now) {
  if (const auto form = wire::Document::parse(state, kFromOutside); !form)
    return fail("is damaged: " + form.error().message);
  auto snapshot = wire::decode<wire::SnapshotRecord>(state);
  if (!snapshot) return fail("is damaged: " + snapshot.error().message);
  auto opened = open(*std::move(snapshot), ServiceKind::auction, now);
  if (!opened) return fail("is damaged: " + opened.error().message);
  const auto machine = blank_machine(opened->snapshot.service);
  const auto readable = machine->restore(*opened->state.machine.joined());
  GAVEL_CHECK(readable, "what was read once can be read again");
  auto terms = auction_in(*machine)->book().terms();
  auto voters = opened->snapshot.config.voters;
  return RestoredAuction{std::move(terms), alone({}, *std::move(opened), self), std::move(voters)};
}

Result<Restoration> restoration_of(const wire::Archive& archive, Uid self, WallTime now) {
  const auto* kept = archive.find(kDirectoryGroup);
  if (!kept)
    return fail("holds no directory: a cluster is restored from a whole backup, not from the archive of an auction");
  auto opened = open(*kept, ServiceKind::directory, now);
  if (!opened) return tl::unexpected<Error>(opened.error());
  DirectoryService directory;
  if (auto read = directory.restore(*opened->state.machine.joined()); !read)
    return fail("is damaged: the directory: " + read.error().message);

  Restoration out;
  std::set<GroupId> kept_groups;
  for (const auto& group : archive.groups) {
    if (group.group == kDirectoryGroup) continue;
    const auto* standing = directory.standing_of(group.group);
    const auto* record = directory.auction_of(group.group);
    // (Else it ended, or the directory's state is from before it began.)
    if (!standing && (!record || record->outcome)) continue;
    auto opened_group = open(group, standing ? standing->service : ServiceKind::auction, now);
    if (!opened_group) return tl::unexpected<Error>(opened_group.error());
    kept_groups.insert(group.group);
    out.groups.push_back(alone(group.group, *std::move(opened_group), self));
    out.notes.push_back((standing ? standing->name : "auction " + record->id) + " goes on from slot " +
                        print(group.slot) + " of the backup");
  }
  for (const auto& item : directory.found_anew(self, kept_groups))
    out.notes.push_back("item " + item + " is on offer again: its auction ran, but is not in the backup");
  opened->state.machine = directory.snapshot();
  out.groups.push_back(alone(kDirectoryGroup, *std::move(opened), self));
  return out;
}

}  // namespace gavel::host
