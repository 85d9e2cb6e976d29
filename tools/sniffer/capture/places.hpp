// Where each node publishes, by word of the cluster's directory and of beacons. Anybody on the network can send a
// beacon in a node's name: what one claims is tried beside what was known, and never in its place; the directory's word
// drops the claims. Bounded, whatever is claimed. Pure: says what to connect to, and connects to nothing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/ids.hpp"

namespace gavel::sniffer {

class Places {
 public:
  static constexpr std::size_t kMostNodes = 1024;
  /// Beside what the directory names: where a node was before it moved, and forgeries.
  static constexpr std::size_t kMostClaims = 4;

  struct Change {
    std::string connect;                  ///< an endpoint; empty: none
    std::vector<std::string> disconnect;  ///< no node is there any more
  };

  /// By a beacon.
  Change claimed(Uid node, const std::string& pub);
  /// By the directory. A node of which only beacons told makes room for it.
  Change named(Uid node, const std::string& pub);
  /// The endpoint turned out to be none.
  void forget(const std::string& pub);

  /// Whether there was room for the node.
  bool knows(Uid node) const { return nodes_.contains(node); }
  std::set<std::string> all() const;

 private:
  struct Node {
    std::string named;
    std::set<std::string> claims;
  };

  bool is_used(const std::string& pub) const;
  /// Those of them that are nowhere else.
  void leave(const std::set<std::string>& former, Change& change) const;
  void make_room(Change& change);

  std::map<Uid, Node> nodes_;
};

}  // namespace gavel::sniffer
