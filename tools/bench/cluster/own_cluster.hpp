// A cluster of this program's own on this machine: nodes on loopback, under a name and a beacon port that nobody else
// uses, with their data in a directory that goes with them. Nodes are numbered from 1; the first founds the cluster,
// and has the lowest priority, so that with five nodes it is no member of the first auction.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/settings.hpp"
#include "common/bus/processors.hpp"
#include "tools/bench/cluster/node_process.hpp"

namespace gavel::bench {

struct OwnClusterOptions {
  std::size_t nodes = 3;
  /// fsync or memory, as gavel-node has it.
  std::string durability = "fsync";
  /// gavel-node; empty: the one beside this program.
  std::string program;
  /// Where its directory is made; empty: the system's place for such.
  std::string place;
  /// Auctions that a node takes.
  std::size_t slots = 1000;
  /// Each node keeps to its share of the processors; otherwise it runs where the system puts it.
  bool spread = true;
  /// Further options of gavel-node.
  std::vector<std::string> extra;
  bool keep = false;
};

class OwnCluster {
 public:
  /// Returns when all nodes serve, and vote in the directory. Throws cli::Failure with what a node said if that fails.
  explicit OwnCluster(OwnClusterOptions options);
  /// Ends the nodes and removes their data.
  ~OwnCluster();
  OwnCluster(const OwnCluster&) = delete;
  OwnCluster& operator=(const OwnCluster&) = delete;

  /// How to reach it, with the rest taken from `settings`.
  cli::Settings settings(cli::Settings settings) const;
  std::vector<pid_t> pids() const;
  std::size_t size() const { return nodes_.size(); }
  /// Where the node takes clients: "tcp://127.0.0.1:port".
  std::string endpoint(std::size_t node) const { return "tcp://" + nodes_.at(node).address; }
  /// SIGKILL; returns when it is dead.
  void kill(std::size_t node);
  /// Starts a killed node again, on the data that it has, and waits until it serves.
  void restart(std::size_t node);
  /// The node's index by what people call it ("n3"); nothing if there is none.
  std::optional<std::size_t> find(const std::string& name) const;

 private:
  struct Node {
    std::string name;
    std::filesystem::path data;
    std::string address;  ///< "127.0.0.1:port", once it serves
    std::unique_ptr<NodeProcess> process;
  };
  void launch(Node& node, bool founds);
  void wait_serving(Node& node);
  void wait_joined();
  bus::Processors share_of_processors(const Node& node) const;
  std::string said_last(const Node& node) const;
  void end_all();

  OwnClusterOptions options_;
  std::string name_;
  std::uint16_t beacon_port_;
  std::filesystem::path directory_;
  std::vector<Node> nodes_;
};

}  // namespace gavel::bench
