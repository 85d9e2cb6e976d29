// Asks every node of the cluster for itself: each over a connection of its own, all at the same time, so that one that
// is stopped costs no more than the timeout, and one that is known to be dead next to nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/house.hpp"

namespace gavel::cli {

/// A node as the directory has it, and what it said itself, if it did.
struct Surveyed {
  directory::NodeRecord node;
  std::optional<wire::StatusReport> report;
  /// Why there is no report.
  std::string silence;
};

/// All nodes that the directory lists, by name; all that the gateway knows while the directory lists none.
std::vector<Surveyed> survey(House& house);
/// The same of these; of all that the gateway knows if there are none.
std::vector<Surveyed> survey(House& house, std::vector<directory::NodeRecord> nodes);

/// Runs `ask` with each index from 0 to `count` - 1, at the same time.
void at_once(std::size_t count, const std::function<void(std::size_t)>& ask);

/// Calls that go to one node are not worth waiting for longer than this.
Settings settings_for_one_node(const Settings& settings);

}  // namespace gavel::cli
