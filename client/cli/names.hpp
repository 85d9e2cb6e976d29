// What people call nodes: names instead of uids in everything that is printed, and back again in what is typed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/wire/services/directory.hpp"

namespace gavel::cli {

class Names {
 public:
  Names() = default;
  explicit Names(const std::vector<directory::NodeRecord>& nodes);

  void learn(Uid uid, const std::string& name) { names_[uid] = name; }
  /// Its name; its uid if it has none that is known; "none" for no node.
  std::string of(Uid uid) const;
  std::vector<std::string> of(const std::vector<Uid>& uids) const;

 private:
  std::map<Uid, std::string> names_;
};

/// The node of that name or uid. Throws Failure{not_found} with the names that there are.
const directory::NodeRecord& find_node(const std::vector<directory::NodeRecord>& nodes, const std::string& text);

/// "up", "down", "lost" or "draining".
std::string state_of(const directory::NodeRecord& node);

}  // namespace gavel::cli
