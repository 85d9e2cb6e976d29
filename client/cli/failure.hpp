// Why a command of the program did not succeed: the exit code, what was wrong, and what would be right. Thrown within
// client/cli only; main() and the shell catch it.
#pragma once

#include <string>
#include <utility>

namespace gavel::cli {

enum class Exit : int {
  ok = 0,
  internal = 1,
  usage = 2,
  rejected = 3,
  not_found = 4,
  no_quorum = 5,
  unknown = 6,
  not_authorised = 7,
  interrupted = 130
};

struct Failure {
  Exit code = Exit::internal;
  std::string message;
};

[[noreturn]] inline void fail_with(Exit code, std::string message) { throw Failure{code, std::move(message)}; }

}  // namespace gavel::cli
