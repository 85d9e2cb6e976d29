// The node's own console: whoever sits at its terminal types `report`, `servers` or `clients`, and is told how things
// look from this node, or says with `log` what it is to log. It reads the standard input only when that is a terminal
// in the foreground, or when told to, and never keeps the node waiting: what the terminal does not take at once is
// dropped.
#pragma once

#include <string>

#include "node/host/node.hpp"

namespace gavel::node {

/// What a line typed at the console is answered with; ends with a newline, or is empty for an empty line.
std::string console_answer(const std::string& line, host::Node& node, Now now, host::NodeEffects& effects);

class Console {
 public:
  /// Reads the standard input if `wanted` or if it is a terminal in whose foreground this process is.
  explicit Console(bool wanted);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// To be watched; -1 if there is no console (any more).
  int fd() const { return fd_; }
  /// There is something to read: answers every whole line, to the standard output. At the end of the input the console
  /// ends, and nothing else.
  void on_readable(host::Node& node, Now now, host::NodeEffects& effects);

 private:
  void end();

  int fd_ = -1;
  std::string typed_;
};

}  // namespace gavel::node
