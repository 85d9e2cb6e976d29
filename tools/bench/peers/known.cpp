#include "tools/bench/peers/known.hpp"

#include <unistd.h>

#include "client/cli/failure.hpp"
#include "client/cli/output.hpp"
#include "tools/bench/peers/child.hpp"

namespace gavel::peers {
namespace {

#ifdef GAVEL_PEER_ETCD
constexpr auto kStartEtcd = start_etcd;
#else
constexpr decltype(Known::start) kStartEtcd = nullptr;
#endif
#ifdef GAVEL_PEER_ZOOKEEPER
constexpr auto kStartZooKeeper = start_zookeeper;
#else
constexpr decltype(Known::start) kStartZooKeeper = nullptr;
#endif
#ifdef GAVEL_PEER_NATS
constexpr auto kStartNats = start_nats;
#else
constexpr decltype(Known::start) kStartNats = nullptr;
#endif
#ifdef GAVEL_PEER_COROSYNC
constexpr auto kStartCorosync = start_corosync;
#else
constexpr decltype(Known::start) kStartCorosync = nullptr;
#endif

/// A Java program is slow until it was compiled where it is hot.
constexpr Duration kUntilCompiled = 12s;

}  // namespace

const std::vector<Known>& known_peers() {
  static const std::vector<Known> kAll{
      {"etcd", "etcd", "etcd-server libgrpc++-dev", {"etcd"}, false, 0s, kStartEtcd},
      {"zookeeper", "ZooKeeper", "zookeeper libzookeeper-mt-dev", {"java"}, false, kUntilCompiled, kStartZooKeeper},
      {"nats", "NATS JetStream", "nats-server libnats-dev", {"nats-server"}, false, 0s, kStartNats},
      {"corosync", "Corosync CPG", "corosync libcpg-dev iproute2", {"corosync", "ip"}, true, 0s, kStartCorosync},
  };
  return kAll;
}

const Known& find_peer(const std::string& name) {
  std::vector<std::string> names;
  for (const Known& peer : known_peers()) {
    if (peer.name == name) return peer;
    names.push_back(peer.name);
  }
  cli::fail_with(cli::Exit::usage, "there is no peer '" + name + "'; there are " + cli::joined(names));
}

std::string hindrance(const Known& peer) {
  const std::string install = " (apt-get install " + peer.packages + ")";
  if (peer.start == nullptr) return "not installed when this was built" + install;
  for (const std::string& program : peer.programs)
    if (!has_program(program)) return std::string("not installed: there is no ").append(program).append(install);
  if (peer.as_root && ::geteuid() != 0) return "needs root, for three network namespaces";
  return {};
}

}  // namespace gavel::peers
