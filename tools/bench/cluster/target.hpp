// The cluster that is measured: one that was named, or one of this program's own, made for the measurement and gone
// after it. Here are its gateways and processes, and things to put load on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/cli/house.hpp"
#include "tools/bench/cluster/own_cluster.hpp"

namespace gavel::bench {

struct TargetOptions {
  cli::Settings settings;
  /// Not one of its own, but that of `settings`.
  bool given = false;
  OwnClusterOptions own;
  /// Processes of a given cluster's nodes, as far as they run on this machine and their user named them.
  std::vector<pid_t> pids;
};

class Target {
 public:
  explicit Target(const TargetOptions& options);

  const cli::Settings& settings() const { return settings_; }
  cli::House& house() { return *house_; }
  /// Null if the cluster is not this program's own.
  OwnCluster* own() { return own_.get(); }
  /// Of its nodes, as far as they are known.
  std::vector<pid_t> pids() const;
  /// Client endpoints of all nodes that are up.
  std::vector<std::string> gateways();
  /// The node that says that it leads the auction: what the directory has may be what it expected. Throws cli::Failure
  /// if there is none for ten seconds.
  directory::NodeRecord leader_of(const directory::Auction& auction);
  /// Of an own cluster as the node itself has it: it takes other ports when it is started again, and the directory
  /// learns of them a moment later.
  std::string client_endpoint(const directory::NodeRecord& node) const;

 private:
  bool leads(const directory::NodeRecord& node, GroupId group) const;

  cli::Settings settings_;
  std::vector<pid_t> pids_;
  std::unique_ptr<OwnCluster> own_;
  std::unique_ptr<cli::House> house_;
};

/// A new item, and an auction of it that runs so long; returns when it takes bids.
directory::Auction make_auction(cli::House& house, Duration length);
std::vector<directory::Auction> make_auctions(cli::House& house, std::size_t count, Duration length);

}  // namespace gavel::bench
