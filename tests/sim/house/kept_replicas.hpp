// What nodes keep of their groups on disk. A replica with anything durable stays until its auction is over and
// recorded, one of a standing service for ever: its promises and its acks must never be forgotten while the group
// lives. It is founded at most once, and by its founders only. And what an auction leaves when its last replica goes,
// the archives, is its whole and final history.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/store/log_store.hpp"
#include "node/services/directory.hpp"

namespace gavel::sim {

class KeptReplicas {
 public:
  /// A node starts from what its disk holds.
  void started(Uid uid, const store::Image& kept);
  /// A node that knows this of the directory (or nothing) writes.
  void writes(Uid uid, const store::Operation& operation, const DirectoryService* directory);
  /// It has a replica without a history: what it will write first came from another member.
  void waits(Uid uid, GroupId group) { waiting_.insert({uid, group}); }
  bool keeps(Uid uid, GroupId group) const;

 private:
  void founds(Uid uid, GroupId group, const DirectoryService* directory);

  /// By node and group: whether it is more than a promise, with which a new member waits for its first snapshot.
  std::map<Uid, std::map<GroupId, bool>> kept_;
  std::set<std::pair<Uid, GroupId>> waiting_;
};

}  // namespace gavel::sim
