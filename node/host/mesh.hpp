// Whom this node knows and where they are: from beacons, from introductions by unicast (for where UDP does not reach),
// and from the directory. Every node links to every other that it knows. A newer incarnation's endpoints replace the
// older's. What is said here is a hint and never trusted with more than a connection; it is bounded (invariant 10).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/wire/client_messages.hpp"
#include "node/host/counters.hpp"
#include "node/host/node_effects.hpp"

namespace gavel::host {

struct NodeSetup;

class Mesh {
 public:
  struct Peer {
    Incarnation incarnation;
    directory::Endpoints endpoints;
    std::string name;
    bool member = false;        ///< it says that it belongs to the cluster
    bool listed = false;        ///< the directory knows it
    bool introduced = false;    ///< it told by unicast where it is, so it knows where this node is
    TimePoint heard;            ///< a frame or a beacon of its own, or when it became known
    TimePoint told = kLongAgo;  ///< that this node last introduced itself
  };

  Mesh(const NodeSetup& setup, Counters& counters) : setup_(setup), counters_(counters) {}

  /// Any valid frame of that node; of an earlier life than the latest known it is no sign of this one.
  void on_heard(Now now, Uid uid, Incarnation incarnation);
  /// From UDP (`unicast_from` is none) or told by that node.
  void on_beacon(Now now, const wire::Beacon& beacon, Uid unicast_from, NodeEffects& effects);
  /// A node that was told of this one by unicast asks who is there.
  void on_probe(Uid from, NodeEffects& effects);
  /// What the directory says.
  void on_listed(Now now, const std::map<Uid, directory::NodeRecord>& nodes, NodeEffects& effects);
  /// Introduces this node to those who may not know it, and forgets those who are gone. At least every 200 ms.
  void run(Now now, bool settled, NodeEffects& effects);

  /// What this node says of itself from now on; sent when it changed.
  void announce(Now now, bool member, std::uint32_t clients, NodeEffects& effects);

  const std::map<Uid, Peer>& peers() const { return peers_; }
  /// When the node was last heard; long ago if never.
  TimePoint heard(Uid uid) const;
  /// Where clients reach nodes: this one first, then those heard lately, then the others.
  std::vector<std::string> gateways(TimePoint at) const;

 private:
  static constexpr std::size_t kMost = 2 * directory::kMaxNodes;
  static constexpr std::size_t kMostFormer = 16;
  static constexpr Duration kIntroduce = 200ms;
  static constexpr Duration kReintroduce = 5s;
  static constexpr Duration kForget = 60s;

  Peer* learn(Now now, Uid uid, Incarnation incarnation, const directory::Endpoints& endpoints, NodeEffects& effects);
  void tell_former_life(const wire::Beacon& beacon, NodeEffects& effects);
  void introduce(Now now, bool settled, NodeEffects& effects);
  void forget_gone(Now now, NodeEffects& effects);
  Bytes sealed(const wire::Beacon& beacon) const;
  Bytes sealed_probe() const;
  wire::Beacon beacon_of(Uid uid, const Peer& peer) const;

  const NodeSetup& setup_;
  Counters& counters_;
  std::map<Uid, Peer> peers_;
  std::set<std::string> former_;  ///< endpoints of lives that are over, and were told so
  wire::Beacon own_;
  TimePoint announced_ = kLongAgo;
  TimePoint seeds_told_ = kLongAgo;
};

}  // namespace gavel::host
