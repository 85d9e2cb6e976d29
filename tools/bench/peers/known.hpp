// The peers that there are, and what keeps one from being measured here: a client that was not compiled in, since its
// library was not installed, or a server program that is missing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/time.hpp"
#include "tools/bench/peers/peer.hpp"

namespace gavel::peers {

struct Known {
  std::string name;      ///< as the command line says it
  std::string title;     ///< as people do
  std::string packages;  ///< of Debian
  std::vector<std::string> programs;
  bool as_root = false;
  /// Writes that are thrown away before the first measurement of a cluster.
  Duration warms_up{};
  /// Starts three nodes, and returns when they serve. Null: not compiled in.
  std::unique_ptr<Peer> (*start)(const Place& place) = nullptr;
};

const std::vector<Known>& known_peers();
/// Throws cli::Failure, which says what names there are.
const Known& find_peer(const std::string& name);
/// Why it cannot be measured on this machine, and what to do about it; empty: it can.
std::string hindrance(const Known& peer);

// Each is defined only where the client's library was found (CMakeLists.txt, GAVEL_PEER_...).
std::unique_ptr<Peer> start_etcd(const Place& place);
std::unique_ptr<Peer> start_zookeeper(const Place& place);
std::unique_ptr<Peer> start_nats(const Place& place);
std::unique_ptr<Peer> start_corosync(const Place& place);

}  // namespace gavel::peers
