#include "tools/sniffer/names.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "client/cli/output.hpp"
#include "common/base/print.hpp"
#include "common/wire/codec.hpp"

namespace gavel::sniffer {
namespace {

struct NodeName {
  Uid node;
  std::string name;
  GAVEL_FIELDS(node, name);
};
struct GroupName {
  GroupId group;
  std::string auction;
  GAVEL_FIELDS(group, auction);
};
struct NamesRecord {
  std::vector<NodeName> nodes;
  std::vector<GroupName> groups;
  GAVEL_FIELDS(nodes, groups);
};

template <class Key>
bool learn(std::map<Key, std::string>& names, Key key, const std::string& name) {
  auto& known = names[key];
  const std::string shown = cli::harmless(name);
  if (known == shown) return false;
  known = shown;
  return true;
}

template <class Key>
std::optional<Key> find(const std::map<Key, std::string>& names, std::string_view text, int base) {
  for (const auto& [key, name] : names)
    if (name == text) return key;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return Key{number};
}

}  // namespace

bool Names::learn_node(Uid node, const std::string& name) { return node && learn(nodes_, node, name); }
bool Names::learn_group(GroupId group, const std::string& auction) { return group && learn(groups_, group, auction); }

std::string Names::node(Uid node) const {
  if (!node) return "*";
  const auto at = nodes_.find(node);
  return at == nodes_.end() ? hex(node.value) : at->second;
}

std::string Names::group(GroupId group) const {
  if (!group) return "-";
  if (group == kDirectoryGroup) return "directory";
  const auto at = groups_.find(group);
  return at == groups_.end() ? "group " + std::to_string(group.value) : at->second;
}

std::optional<Uid> Names::find_node(std::string_view text) const { return find(nodes_, text, 16); }
std::optional<GroupId> Names::find_group(std::string_view text) const {
  if (text == "directory") return kDirectoryGroup;
  return find(groups_, text, 10);
}

Bytes Names::encode() const {
  NamesRecord record;
  for (const auto& [node, name] : nodes_) record.nodes.push_back({node, name});
  for (const auto& [group, auction] : groups_) record.groups.push_back({group, auction});
  return wire::encode(record);
}

bool Names::learn_encoded(BytesView bytes) {
  const auto record = wire::decode<NamesRecord>(bytes);
  if (!record) return false;
  for (const auto& one : record->nodes) learn_node(one.node, one.name);
  for (const auto& one : record->groups) learn_group(one.group, one.auction);
  return true;
}

}  // namespace gavel::sniffer
