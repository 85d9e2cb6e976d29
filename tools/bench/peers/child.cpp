#include "tools/bench/peers/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <thread>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/waiting.hpp"

namespace gavel::peers {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kNotStarted = 127;
constexpr Duration kAskAgain = 20ms;

int open_for(const std::string& file) {
  return ::open(file.empty() ? "/dev/null" : file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/// In the child: everything between fork and exec.
[[noreturn]] void become(const ChildOptions& options, std::vector<char*>& words, int out, int err, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kNotStarted);  // it died before the line above
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (!options.before || options.before()) ::execvp(words[0], words.data());
  ::_exit(kNotStarted);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

Child::Child(const ChildOptions& options) {
  std::vector<std::string> command = options.command;
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  const int err = options.speaks ? ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0) : open_for(options.output);
  const int out = options.only_output.empty() ? err : open_for(options.only_output);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(options, words, out, err, parent);
  ::close(err);
  if (out != err) ::close(out);
  if (pid_ < 0) {
    pid_ = 0;
    cli::fail_with(cli::Exit::internal, command[0] + " cannot be started: " + std::strerror(errno));
  }
}

Child::~Child() { kill_now(); }

bool Child::runs() {
  if (pid_ != 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = 0;
  return pid_ != 0;
}

int Child::wait(Duration most) {
  return wait_until(most, [this] { return !runs(); }) ? code_of(status_) : -1;
}

void Child::end(Duration grace) {
  if (!runs()) return;
  ::kill(pid_, SIGTERM);
  const auto deadline = Clock::now() + grace;
  while (runs() && Clock::now() < deadline) std::this_thread::sleep_for(kAskAgain);
  kill_now();
}

void Child::kill_now() {
  if (!runs()) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
}

bool has_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path != nullptr ? path : "");
  for (std::string directory; std::getline(directories, directory, ':');)
    if (::access(directory.append("/").append(name).c_str(), X_OK) == 0) return true;
  return false;
}

}  // namespace gavel::peers
