// A cluster founded from a backup: the directory and the auctions that it says are running, each with this node as its
// only voter, at the slot of its snapshot. Nodes that join fill them up. The former nodes, should they still live, know
// nothing of that: their data directories must not be started any more.
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
};

struct Restoration {
  std::vector<RestoredGroup> groups;  ///< the directory's first
  std::vector<std::string> notes;     ///< for the operator
};

/// An auction's state, as an encoded SnapshotRecord, to be founded on by this node as the only voter of a new group.
struct RestoredAuction {
  auction::Terms terms;
  RestoredGroup group;  ///< its number is yet to be given
};
/// Error: it cannot be read, or is no auction's; in words, to be put after what it is.
Result<RestoredAuction> restored_auction(BytesView state, Uid self);

/// Error: the archive is damaged, or holds no directory; in words, to be put after the file's name.
Result<Restoration> restoration_of(const wire::Archive& archive, Uid self);

}  // namespace gavel::host
