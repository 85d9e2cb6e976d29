// A file of group states, as they were at one slot each: what `gavel backup` writes, what a node keeps of an auction
// that has ended, and what a cluster is founded from with --restore. Nodes and clients read and write the same form. A
// file that was cut short, or of which a byte is not as it was written, is told apart from a whole one, and from what
// is no such file at all.
//
//   "GAVLARC1"   then records, each with its length in 4 bytes before it, little end first:
//   head         [version, cluster, made, groups]
//   groups times [group, slot, digest of the state], and the state: an encoded SnapshotRecord
//   digest of everything before it, 8 bytes, little end first
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/wire/order_messages.hpp"

namespace gavel::wire {

struct ArchivedGroup {
  GroupId group;
  Slot slot;
  SharedBytes state;  ///< an encoded SnapshotRecord, less than 4 GiB
};

struct Archive {
  std::string cluster;
  WallTime made;
  std::vector<ArchivedGroup> groups;  ///< ascending, none twice

  /// Null if it is not in the file.
  const ArchivedGroup* find(GroupId group) const;
};

Bytes pack(const Archive& archive);
/// Error: it is no such file, or of another version, or damaged; in words, to be put after the file's name.
Result<Archive> unpack_archive(BytesView file);
/// The snapshot of a group, which has to be up to the slot that the file says. Error: in words, as above.
Result<SnapshotRecord> snapshot_in(const ArchivedGroup& group);

}  // namespace gavel::wire
