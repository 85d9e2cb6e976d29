// One node that this program started: its process, from its start to its end. It dies with this program, however that
// ends, and is only ever signalled by the number that this program got for it and has not waited for.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace gavel::bench {

class NodeProcess {
 public:
  /// Starts `command` with all that it prints in the file `log`. Throws cli::Failure if that cannot be.
  NodeProcess(const std::vector<std::string>& command, const std::filesystem::path& log);
  /// Kills it.
  ~NodeProcess();
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool alive();
  /// SIGKILL; returns when it is dead.
  void kill();
  /// SIGTERM, without waiting.
  void ask_to_end();
  /// False: it still lives at that time.
  bool wait_gone(TimePoint until);

 private:
  pid_t pid_ = -1;
  bool gone_ = false;
};

}  // namespace gavel::bench
