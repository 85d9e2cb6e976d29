#include "tests/sim/house/kept_replicas.hpp"

#include <algorithm>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
[[noreturn]] void wrong(Uid uid, GroupId group, const std::string& what) {
  throw Violation(Invariant::placement, show(uid) + " " + what + " group " + print(group));
}
}  // namespace

void KeptReplicas::started(Uid uid, const store::Image& kept) {
  auto& mine = kept_[uid];
  mine.clear();
  std::erase_if(waiting_, [uid](const auto& entry) { return entry.first == uid; });
  for (const auto& [group, records] : kept) mine[group] = !records.snapshot.empty() || !records.records.empty();
}

bool KeptReplicas::keeps(Uid uid, GroupId group) const {
  const auto at = kept_.find(uid);
  return at != kept_.end() && at->second.contains(group);
}

void KeptReplicas::writes(Uid uid, const store::Operation& operation, const DirectoryService* directory) {
  const auto group = operation.group;
  if (operation.kind == store::Operation::Kind::remove || operation.kind == store::Operation::Kind::retire) {
    const auto* auction = directory == nullptr ? nullptr : directory->auction_of(group);
    if (keeps(uid, group) && (auction == nullptr || !auction->outcome))
      wrong(uid, group, "forgets what it promised and acknowledged in");
    kept_[uid].erase(group);
    waiting_.erase({uid, group});
    return;
  }
  if (operation.kind == store::Operation::Kind::snapshot && !operation.slot) {
    if (!keeps(uid, group) && !waiting_.contains({uid, group})) founds(uid, group, directory);
    if (kept_[uid][group]) wrong(uid, group, "begins anew in");
  }
  kept_[uid][group] |= operation.kind != store::Operation::Kind::meta;
}

void KeptReplicas::founds(Uid uid, GroupId group, const DirectoryService* directory) {
  if (group == kDirectoryGroup) return;
  const auto* auction = directory == nullptr ? nullptr : directory->auction_of(group);
  const auto* standing = directory == nullptr ? nullptr : directory->standing_of(group);
  const auto has = [uid](const std::vector<Uid>& uids) { return std::count(uids.begin(), uids.end(), uid) > 0; };
  if (auction == nullptr ? standing == nullptr || !has(standing->genesis) : !has(auction->genesis))
    wrong(uid, group, "is no founder, and founds");
}

}  // namespace gavel::sim
