#include "client/cli/names.hpp"

#include <algorithm>

#include "client/cli/failure.hpp"
#include "client/cli/output.hpp"
#include "common/base/print.hpp"

namespace gavel::cli {

Names::Names(const std::vector<directory::NodeRecord>& nodes) {
  for (const auto& node : nodes) learn(node.uid, node.name);
}

std::string Names::of(Uid uid) const {
  if (!uid) return "none";
  const auto at = names_.find(uid);
  return at == names_.end() || at->second.empty() ? gavel::print(uid) : at->second;
}

std::vector<std::string> Names::of(const std::vector<Uid>& uids) const {
  std::vector<std::string> all;
  for (const Uid uid : uids) all.push_back(of(uid));
  return all;
}

const directory::NodeRecord& find_node(const std::vector<directory::NodeRecord>& nodes, const std::string& text) {
  std::vector<const directory::NodeRecord*> found;
  for (const auto& node : nodes) {
    if (gavel::print(node.uid) == text) return node;
    if (node.name == text) found.push_back(&node);
  }
  const std::string shown = harmless(text.substr(0, directory::kMaxText));
  if (found.size() > 1) {
    std::string uids;
    for (const auto* node : found) uids += (uids.empty() ? "" : ", ") + gavel::print(node->uid);
    fail_with(Exit::not_found,
              std::to_string(found.size()) + " nodes are called '" + shown + "'; name one by its uid: " + uids);
  }
  if (found.size() == 1) return *found.front();
  std::vector<std::string> names;
  for (const auto& node : nodes) names.push_back(harmless(node.name));
  std::sort(names.begin(), names.end());
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  fail_with(Exit::not_found, "there is no node '" + shown + "'; there are " + (all.empty() ? "none" : all));
}

std::string state_of(const directory::NodeRecord& node) {
  if (node.life == directory::Life::up && node.slots == 0) return "disk failed";
  if (node.life == directory::Life::up && node.draining) return "draining";
  return std::string(directory::words_for(node.life));
}

}  // namespace gavel::cli
