#include "tools/bench/cluster/node_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

#include "client/cli/failure.hpp"
#include "common/bus/clock.hpp"

namespace gavel::bench {
namespace {

/// What a person has set for `gavel` and `gavel-node` is not meant for nodes that are measured.
std::vector<char*> plain_environment() {
  std::vector<char*> kept;
  for (char** at = environ; *at != nullptr; ++at)
    if (std::strncmp(*at, "GAVEL_", 6) != 0) kept.push_back(*at);
  kept.push_back(nullptr);
  return kept;
}

/// In the child; only what is safe between fork and exec.
[[noreturn]] void become(char* const* words, char* const* environment, int log, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::setsid();  // Ctrl-C is for this program: it ends its nodes
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execve(words[0], words, environment);
  ::_exit(127);
}

}  // namespace

NodeProcess::NodeProcess(const std::vector<std::string>& command, const std::filesystem::path& log) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const auto environment = plain_environment();
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (out < 0) cli::fail_with(cli::Exit::internal, "cannot write " + log.string() + ": " + std::strerror(errno));
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(words.data(), environment.data(), out, parent);
  const int error = errno;
  ::close(out);
  if (pid_ < 0) cli::fail_with(cli::Exit::internal, std::string("cannot start a node: ") + std::strerror(error));
}

NodeProcess::~NodeProcess() { kill(); }

bool NodeProcess::alive() {
  if (!gone_) gone_ = ::waitpid(pid_, nullptr, WNOHANG) != 0;
  return !gone_;
}

void NodeProcess::kill() {
  if (!alive()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  gone_ = true;
}

void NodeProcess::ask_to_end() {
  if (alive()) ::kill(pid_, SIGTERM);
}

bool NodeProcess::wait_gone(TimePoint until) {
  while (alive()) {
    if (bus::steady_now() >= until) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

}  // namespace gavel::bench
