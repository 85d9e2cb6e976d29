// What must hold of how often one thing was liked: each like that was acknowledged counts once and stays (6, 7), each
// sees those that were over before it began (8), and nobody who watches hears of fewer than before (4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "common/base/ids.hpp"
#include "tests/sim/checkers/linearizability.hpp"

namespace gavel::sim {

class LikesChecks {
 public:
  /// A question is asked: what it is answered is no less than this.
  std::int64_t begin() const { return known_.begin(); }
  /// So many likes are on their way.
  std::int64_t begins(std::uint32_t count);
  /// They were counted, and that is the total with them.
  void told(std::int64_t begun_at, std::uint32_t count, std::uint64_t total);
  /// They certainly were not counted.
  void not_done(std::uint32_t count) { possible_ -= count; }
  void read(std::int64_t begun_at, std::uint64_t total);
  /// A watcher heard of this total, whether it missed some before or not.
  void heard(std::size_t watcher, std::uint64_t total);
  /// A replica holds this total.
  void holds(Uid node, std::uint64_t total);
  /// In the end: everything acknowledged is counted, on this replica, and nothing that nobody liked.
  void ends_with(Uid node, std::uint64_t total) const;

  /// The highest that a replica holds.
  std::uint64_t total() const { return total_; }
  /// The last that a watcher heard of; 0 if it heard nothing.
  std::uint64_t heard_last(std::size_t watcher) const {
    const auto at = heard_.find(watcher);
    return at == heard_.end() ? 0 : at->second;
  }

 private:
  std::uint64_t acknowledged_ = 0;
  /// With those whose outcome nobody knows yet.
  std::uint64_t possible_ = 0;
  std::uint64_t total_ = 0;
  /// The likes that were acknowledged, each as the total before it, by the total with it: two of them never overlap.
  std::map<std::uint64_t, std::uint64_t> counted_;
  std::map<std::size_t, std::uint64_t> heard_;
  Linearizability known_;
};

}  // namespace gavel::sim
