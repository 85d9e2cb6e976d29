// A process that this program started, and the only kind of process that it ever ends: by its id, when the object goes.
// If this program dies first, whatever it dies of, the kernel ends the child (PR_SET_PDEATHSIG). A child is in a
// process group of its own, so that Ctrl-C reaches this program alone, which then puts everything away in order.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/time.hpp"

namespace gavel::peers {

struct ChildOptions {
  std::vector<std::string> command;  ///< the program, found along PATH, and its arguments
  std::string output;                ///< a file for what it says; empty: nowhere
  std::string only_output;           ///< a file for the standard output alone; empty: it goes with the rest
  /// Runs in the child before the program does: only system calls, since this program has threads. False: it gives up.
  std::function<bool()> before = {};
  bool speaks = false;  ///< its standard error is this program's, whatever `output` is
};

class Child {
 public:
  /// To be called from the main thread alone: the child dies with the thread that started it.
  explicit Child(const ChildOptions& options);
  ~Child();
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  Child& operator=(Child&&) = delete;

  pid_t pid() const { return pid_; }
  bool runs();
  /// Waits until it ends of itself. The exit code; 128 and the signal; or -1: it still runs after `most`.
  /// Throws if somebody interrupts.
  int wait(Duration most);
  /// SIGTERM, and SIGKILL if it is still there after `grace`.
  void end(Duration grace);

 private:
  void kill_now();

  pid_t pid_ = 0;  ///< 0: it has ended
  int status_ = 0;
};

/// Whether PATH has such a program.
bool has_program(const std::string& name);

}  // namespace gavel::peers
