// What people call nodes and groups: learnt from the cluster's directory and from beacons, kept in recordings, and used
// in everything that is printed and in what is typed. Also which clients are sniffers, whose questions nobody wants to
// see.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"

namespace gavel::sniffer {

class Names {
 public:
  /// Both return whether that was news. Control characters in names are replaced.
  bool learn_node(Uid node, const std::string& name);
  bool learn_group(GroupId group, const std::string& auction);

  bool learn_sniffer(ClientId client);

  /// Its name; its uid in hexadecimal if none is known; "*" for 0.
  std::string node(Uid node) const;
  /// "directory", an auction's id, "lobby", "likes", "group 9", or "-" for 0.
  std::string group(GroupId group) const;
  /// By name or hexadecimal uid; by auction's id, "directory" or number.
  std::optional<Uid> find_node(std::string_view text) const;
  std::optional<GroupId> find_group(std::string_view text) const;

  /// All that the text may mean, as above: a node that drew a new uid keeps its name, a restored auction its id.
  std::vector<Uid> nodes_called(std::string_view text) const;
  std::vector<GroupId> groups_called(std::string_view text) const;
  bool is_sniffer(ClientId client) const { return sniffers_.contains(client); }
  /// Grows whenever something is learnt.
  std::uint64_t version() const { return version_; }

  const std::map<Uid, std::string>& nodes() const { return nodes_; }
  const std::map<GroupId, std::string>& groups() const { return groups_; }

  /// For recordings (Channel::names): all of it, or what `known` lacks.
  Bytes encode() const { return encode_news({}); }
  Bytes encode_news(const Names& known) const;
  /// Adds what is there; false if it is not understood, and then nothing changes.
  bool learn_encoded(BytesView bytes);

 private:
  std::map<Uid, std::string> nodes_;
  std::map<GroupId, std::string> groups_;
  std::set<ClientId> sniffers_;
  std::uint64_t version_ = 1;
};

}  // namespace gavel::sniffer
