// Three network namespaces joined by a bridge in a fourth, on this machine and seen by nobody outside. None has a name:
// each lives as long as the process that is in it, and its addresses, links and mounts go with it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/bench/peers/child.hpp"

namespace gavel::peers {

class Namespaces {
 public:
  explicit Namespaces(std::size_t nodes);
  ~Namespaces();

  /// What the process of that node calls before its program starts: it gets a namespace with private /run and /dev/shm,
  /// and waits for connect(). Only system calls.
  std::function<bool()> entry(std::size_t node);
  /// Joins the nodes, whose processes have been started: node i has 10.99.0.(i + 1). Throws cli::Failure.
  void connect(const std::vector<pid_t>& pids);
  static std::string address(std::size_t node) { return "10.99.0." + std::to_string(node + 1); }

 private:
  struct Gate {
    int ready[2];  ///< the process writes when it is in its namespace,
    int open[2];   ///< ... and waits until there is something to read here
  };
  /// Waits until the process behind that gate is in its namespace.
  static void wait_for(const Gate& gate);

  std::vector<Gate> gates_;
  Gate bridge_gate_{};
  std::unique_ptr<Child> bridge_;  ///< does nothing but keep the bridge's namespace
};

/// Moves this thread, and no other, into the network and the mounts of that process. False: it may not.
bool enter_namespaces_of(pid_t pid);

}  // namespace gavel::peers
