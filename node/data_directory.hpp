// The node's data directory: who it is, its log, and what it gave up. It decides when a node may go on under its uid
// and when it must not, because it may have forgotten what it promised (PROTOCOL.md §8).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/store/identity.hpp"
#include "common/store/log_store.hpp"

namespace gavel::node {

struct Settings;

struct DataDirectory {
  store::NodeIdentity identity;
  std::unique_ptr<store::LogStore> store;  ///< recovered
  store::Image kept;                       ///< what it held
  std::vector<Uid> retired;                ///< uids that this directory's node had before
  std::vector<std::string> notes;          ///< for the operator

  /// Opens and locks it. Errors say what is wrong, in which file, and what the operator can do.
  static Result<DataDirectory> open(const Settings& settings);

  /// Tells tools on this machine of this node's present life: node.json. The node serves from here on.
  Result<void> publish(const std::string& json) const;

  std::string path;
};

}  // namespace gavel::node
