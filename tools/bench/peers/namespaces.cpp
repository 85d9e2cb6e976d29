#include "tools/bench/peers/namespaces.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "client/cli/failure.hpp"

namespace gavel::peers {
namespace {

constexpr int kMostWait = 10'000;  // milliseconds
constexpr Duration kOneCommand = 10s;

bool enter(pid_t pid, const char* which, int type) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/ns/%s", static_cast<int>(pid), which);
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  const bool entered = fd >= 0 && ::setns(fd, type) == 0;
  if (fd >= 0) ::close(fd);
  return entered;
}

/// In a new process: a network of its own, and a /run and /dev/shm that nobody else sees.
bool leave_the_machine() {
  return ::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", "/run", "tmpfs", 0, nullptr) == 0 && ::mount("none", "/dev/shm", "tmpfs", 0, nullptr) == 0;
}

/// ip(8) in the namespace of that process.
void ip(pid_t in, std::vector<std::string> words) {
  words.insert(words.begin(), "ip");
  std::string said;
  for (const std::string& word : words) said += (said.empty() ? "" : " ") + word;
  Child child({std::move(words), "", "", [in] { return enter(in, "net", CLONE_NEWNET); }});
  if (child.wait(kOneCommand) != 0)
    cli::fail_with(cli::Exit::internal, "no network can be made for the nodes: " + said);
}

}  // namespace

Namespaces::Namespaces(std::size_t nodes) : gates_(nodes) {
  const auto open = [](Gate& gate) {
    if (::pipe2(gate.ready, O_CLOEXEC) != 0 || ::pipe2(gate.open, O_CLOEXEC) != 0)
      cli::fail_with(cli::Exit::internal, "there is no pipe left");
  };
  for (Gate& gate : gates_) open(gate);
  open(bridge_gate_);
  bridge_ = std::make_unique<Child>(ChildOptions{{"sleep", "infinity"}, "", "", [ready = bridge_gate_.ready[1]] {
                                                   return ::unshare(CLONE_NEWNET) == 0 && ::write(ready, "", 1) == 1;
                                                 }});
}

Namespaces::~Namespaces() {
  gates_.push_back(bridge_gate_);
  for (const Gate& gate : gates_)
    for (const int fd : {gate.ready[0], gate.ready[1], gate.open[0], gate.open[1]}) ::close(fd);
}

std::function<bool()> Namespaces::entry(std::size_t node) {
  const Gate& gate = gates_[node];
  return [ready = gate.ready[1], open = gate.open[0]] {
    char byte = 0;
    return leave_the_machine() && ::write(ready, "", 1) == 1 && ::read(open, &byte, 1) == 1;
  };
}

void Namespaces::wait_for(const Gate& gate) {
  pollfd ready{gate.ready[0], POLLIN, 0};
  if (::poll(&ready, 1, kMostWait) != 1)
    cli::fail_with(cli::Exit::internal, "no network namespace can be made here (a container without that right?)");
}

void Namespaces::connect(const std::vector<pid_t>& pids) {
  wait_for(bridge_gate_);
  ip(bridge_->pid(), {"link", "add", "bridge", "type", "bridge"});
  ip(bridge_->pid(), {"link", "set", "bridge", "up"});
  for (std::size_t i = 0; i < pids.size(); ++i) {
    wait_for(gates_[i]);
    const std::string port = "port" + std::to_string(i + 1);
    ip(bridge_->pid(), {"link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", std::to_string(pids[i])});
    ip(bridge_->pid(), {"link", "set", port, "master", "bridge", "up"});
    ip(pids[i], {"link", "set", "lo", "up"});
    ip(pids[i], {"address", "add", address(i) + "/24", "dev", "eth0"});
    ip(pids[i], {"link", "set", "eth0", "up"});
    if (::write(gates_[i].open[1], "", 1) != 1) cli::fail_with(cli::Exit::internal, "a node is gone");
  }
}

bool enter_namespaces_of(pid_t pid) {
  // Mounts belong to what threads share of the file system: this one shares no more.
  return ::unshare(CLONE_FS) == 0 && enter(pid, "net", CLONE_NEWNET) && enter(pid, "mnt", CLONE_NEWNS);
}

}  // namespace gavel::peers
