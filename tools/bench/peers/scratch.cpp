#include "tools/bench/peers/scratch.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "client/cli/failure.hpp"

namespace gavel::peers {
namespace {

std::string fresh_directory(const std::string& parent, const std::string& name) {
  std::string path = parent + "/" + name + ".XXXXXX";
  if (::mkdtemp(path.data()) == nullptr)
    cli::fail_with(cli::Exit::usage, "no directory can be made in " + parent + ": " + std::strerror(errno));
  return path;
}

void remove(const std::string& path) {
  std::error_code ignored;
  // Servers that are being killed may still write: once more, then.
  for (int i = 0; i < 50 && std::filesystem::exists(path, ignored); ++i) {
    std::filesystem::remove_all(path, ignored);
    if (ignored) ::usleep(20'000);
  }
}

/// Until nobody holds the other end of the pipe.
[[noreturn]] void watch(int pipe, const std::string& path) {
  ::setsid();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, SIG_IGN);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, stream);
  char byte = 0;
  while (::read(pipe, &byte, 1) < 0 && errno == EINTR) {
  }
  remove(path);
  ::_exit(0);
}

}  // namespace

Scratch::Scratch(const std::string& parent) : path_(fresh_directory(parent, "gavel-peers")) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) cli::fail_with(cli::Exit::internal, "there is no pipe left");
  watchman_ = ::fork();
  if (watchman_ == 0) {
    ::close(ends[1]);
    watch(ends[0], path_);
  }
  ::close(ends[0]);
  alive_ = ends[1];
}

Scratch::~Scratch() {
  ::close(alive_);
  if (watchman_ > 0) {
    while (::waitpid(watchman_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

bool Scratch::on_a_disk() const {
  struct statfs where {};
  return ::statfs(path_.c_str(), &where) != 0 || where.f_type != TMPFS_MAGIC;
}

Folder::Folder(const std::string& parent) : path_(fresh_directory(parent, "cluster")) {}

Folder::~Folder() { remove(path_); }

std::string Folder::directory(const std::string& name) const {
  std::filesystem::create_directories(path_ + "/" + name);
  return path_ + "/" + name;
}

std::string Folder::file(const std::string& name, const std::string& text) const {
  std::ofstream(path_ + "/" + name) << text;
  return path_ + "/" + name;
}

std::string end_of(const std::string& file, std::size_t lines) {
  std::ifstream in(file);
  std::deque<std::string> last;
  for (std::string line; std::getline(in, line);) {
    last.push_back(line);
    if (last.size() > lines) last.pop_front();
  }
  std::string all;
  for (const std::string& line : last) all += "\n  " + line;
  return all;
}

}  // namespace gavel::peers
