// One node's own history of an auction's accepted bids, and whether its audit chain holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/cli/survey.hpp"

namespace gavel::cli {

struct ReplicaHistory {
  /// Up to which the node had applied when it was asked last.
  Slot applied;
  /// Why it does not count: it is silent, behind, or its chain breaks. Empty if it does.
  std::string trouble;
  std::vector<auction::BidRecord> bids;
  std::optional<auction::Outcome> outcome;
};

/// What the node holds once it has applied everything up to `at_least`, waiting no longer than the settings' timeout.
ReplicaHistory ask_history(const Settings& settings, const directory::NodeRecord& node,
                           const directory::Auction& auction, Slot at_least);

}  // namespace gavel::cli
