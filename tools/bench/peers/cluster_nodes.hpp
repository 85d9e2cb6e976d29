// The processes of a peer's nodes with their data and ports, and the ways in which starting them fails.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/bench/peers/child.hpp"
#include "tools/bench/peers/peer.hpp"
#include "tools/bench/peers/scratch.hpp"

namespace gavel::peers {

class ClusterNodes {
 public:
  /// `name` is for messages.
  ClusterNodes(std::string name, const Place& place)
      : name_(std::move(name)), folder_(place.directory), spread_(place.spread) {}

  const Folder& folder() const { return folder_; }
  void start(std::vector<std::string> command, std::function<bool()> before = {});
  /// Throws cli::Failure, with what it said last, if a node has ended.
  std::vector<pid_t> pids();
  /// Waits until `serves`. Throws cli::Failure if a node ends meanwhile, or if it takes longer than `most`.
  void wait_until_ready(Duration most, const std::function<bool()>& serves);
  void kill() { children_.clear(); }

 private:
  std::string log_of(std::size_t node) const { return folder_.path() + "/" + std::to_string(node + 1) + ".log"; }

  std::string name_;
  Folder folder_;  ///< goes after the processes
  bool spread_;
  std::vector<Child> children_;
};

/// TCP ports of 127.0.0.1 that nobody uses at this moment.
std::vector<std::uint16_t> free_ports(std::size_t how_many);

/// Of this directory's commands: "127.0.0.1:port".
std::string local(std::uint16_t port);

}  // namespace gavel::peers
