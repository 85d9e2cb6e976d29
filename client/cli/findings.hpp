// What is wrong with a cluster, or will be after one more fault: one finding each, and the sentence that sums them up.
// `gavel health` and `gavel status` say the same, because both have it from here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/cli/cluster_view.hpp"
#include "client/cli/output.hpp"

namespace gavel::cli {

enum class Health { healthy, degraded, broken };
std::string word_for(Health health);

struct Finding {
  /// broken: something is not served; degraded: everything is, and less could go wrong than it should.
  Health health = Health::degraded;
  /// Stable, for programs: "no_leader", "no_majority", "no_answer", "node" (down, lost, disk failed), "silent",
  /// "alarm", "smaller", "healing", "suspect", "lag", "versions", "draining".
  std::string kind;
  std::string node;   ///< empty if it is of none
  std::string group;  ///< likewise
  std::string what;
};

/// A member may be this many slots behind its leader. A busy auction commits thousands a second, and the reports that
/// are compared are some milliseconds apart.
inline constexpr std::uint64_t kUsualLag = 2000;

/// The worst first.
std::vector<Finding> findings_in(const Sight& sight, const std::vector<GroupView>& groups,
                                 std::uint64_t most_lag = kUsualLag);
Health worst_of(const std::vector<Finding>& findings);

/// "5 nodes up, 3 groups, all led, all healthy", or "4 of 5 nodes up, 3 groups, 1 without a leader, broken: 3
/// findings".
std::string summary_of(const Sight& sight, const std::vector<GroupView>& groups, const std::vector<Finding>& findings);
/// The same for programs.
Row summary_row(const Sight& sight, const std::vector<GroupView>& groups, const std::vector<Finding>& findings);

Section findings_section(const std::vector<Finding>& findings);

}  // namespace gavel::cli
