// A cluster founded from a backup: the directory and the auctions that it says are running, each with this node as its
// only voter, far above the slot of its snapshot: slots that the former life went on to, and the sessions and places
// that they name, are not given a second time. Nodes that join fill them up. The former nodes, should they still live,
// know nothing of that: their data directories must not be started any more.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/order/replica.hpp"
#include "common/wire/archive.hpp"
#include "node/host/service_machine.hpp"

namespace gavel::host {

struct RestoredGroup {
  GroupId group;
  order::Recovered recovered;  ///< a promise and a snapshot
  std::unique_ptr<ServiceMachine> machine;
  Slot filed;  ///< of the backup
};

struct Restoration {
  std::vector<RestoredGroup> groups;  ///< the directory's last: without it, the others are leftovers
  std::vector<std::string> notes;     ///< for the operator
};

/// An auction's state, as an encoded SnapshotRecord, to be founded on by this node as the only voter of a new group.
struct RestoredAuction {
  auction::Terms terms;
  RestoredGroup group;      ///< its number is yet to be given
  std::vector<Uid> voters;  ///< when the backup was made
};
/// Error: it cannot be read, or is no auction's; in words, to be put after what it is.
Result<RestoredAuction> restored_auction(BytesView state, Uid self, WallTime now);

/// Error: the archive is damaged, or holds no directory; in words, to be put after the file's name.
Result<Restoration> restoration_of(const wire::Archive& archive, Uid self, WallTime now);

/// Slots between the one of a backup and the one that its group goes on from.
inline constexpr std::uint64_t kSlotsSkipped = std::uint64_t{1} << 32U;

}  // namespace gavel::host
