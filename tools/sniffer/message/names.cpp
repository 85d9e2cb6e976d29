#include "tools/sniffer/message/names.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

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
  std::vector<ClientId> sniffers;
  GAVEL_FIELDS(nodes, groups, sniffers);
};

template <class Key>
bool learn(std::map<Key, std::string>& names, Key key, const std::string& name) {
  auto& known = names[key];
  std::string shown = cli::harmless(name);
  if (known == shown) return false;
  known = std::move(shown);
  return true;
}

template <class Key>
std::vector<Key> called(const std::map<Key, std::string>& names, std::string_view text, int base) {
  std::vector<Key> found;
  for (const auto& [key, name] : names)
    if (name == text) found.push_back(key);
  if (!found.empty()) return found;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error == std::errc() && end == text.data() + text.size() && number != 0) found.push_back(Key{number});
  return found;
}

template <class Key>
std::optional<Key> first_of(const std::vector<Key>& found) {
  return found.empty() ? std::nullopt : std::optional<Key>(found.front());
}

}  // namespace

bool Names::learn_node(Uid node, const std::string& name) {
  const bool news = node && !name.empty() && learn(nodes_, node, name);
  version_ += news ? 1 : 0;
  return news;
}
bool Names::learn_group(GroupId group, const std::string& auction) {
  const bool news = group && !auction.empty() && learn(groups_, group, auction);
  version_ += news ? 1 : 0;
  return news;
}
bool Names::learn_sniffer(ClientId client) {
  const bool news = client && sniffers_.insert(client).second;
  version_ += news ? 1 : 0;
  return news;
}

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

std::vector<Uid> Names::nodes_called(std::string_view text) const { return called(nodes_, text, 16); }
std::vector<GroupId> Names::groups_called(std::string_view text) const {
  if (text == "directory") return {kDirectoryGroup};
  return called(groups_, text, 10);
}
std::optional<Uid> Names::find_node(std::string_view text) const { return first_of(nodes_called(text)); }
std::optional<GroupId> Names::find_group(std::string_view text) const { return first_of(groups_called(text)); }

Bytes Names::encode_news(const Names& known) const {
  const auto lacks = [](const auto& names, const auto& each) {
    const auto at = names.find(each.first);
    return at == names.end() || at->second != each.second;
  };
  NamesRecord record;
  for (const auto& node : nodes_)
    if (lacks(known.nodes_, node)) record.nodes.push_back({node.first, node.second});
  for (const auto& group : groups_)
    if (lacks(known.groups_, group)) record.groups.push_back({group.first, group.second});
  std::set_difference(sniffers_.begin(), sniffers_.end(), known.sniffers_.begin(), known.sniffers_.end(),
                      std::back_inserter(record.sniffers));
  return wire::encode(record);
}

bool Names::learn_encoded(BytesView bytes) {
  const auto record = wire::decode<NamesRecord>(bytes);
  if (!record) return false;
  for (const auto& one : record->nodes) learn_node(one.node, one.name);
  for (const auto& one : record->groups) learn_group(one.group, one.auction);
  for (const ClientId client : record->sniffers) learn_sniffer(client);
  return true;
}

}  // namespace gavel::sniffer
