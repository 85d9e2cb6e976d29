#include "tools/bench/peers/cluster_nodes.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/cli/failure.hpp"
#include "common/bus/processors.hpp"
#include "tools/bench/peers/waiting.hpp"

namespace gavel::peers {
namespace {

constexpr std::size_t kLastLines = 5;

}  // namespace

void ClusterNodes::start(std::vector<std::string> command, std::function<bool()> before) {
  if (const auto share = bus::share_of(bus::usable_processors(), children_.size(), kNodes); spread_ && !share.empty())
    before = [set = bus::set_of(share), then = std::move(before)] {
      return ::sched_setaffinity(0, sizeof set, &set) == 0 && (!then || then());
    };
  children_.emplace_back(ChildOptions{std::move(command), log_of(children_.size()), "", std::move(before)});
}

std::vector<pid_t> ClusterNodes::pids() {
  std::vector<pid_t> all;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (!children_[i].runs())
      cli::fail_with(cli::Exit::internal,
                     name_ + ": node " + std::to_string(i + 1) + " ended" + end_of(log_of(i), kLastLines));
    all.push_back(children_[i].pid());
  }
  return all;
}

void ClusterNodes::wait_until_ready(Duration most, const std::function<bool()>& serves) {
  const bool ready = wait_until(most, [&] {
    pids();
    return serves();
  });
  if (!ready) cli::fail_with(cli::Exit::internal, name_ + ": three nodes do not serve" + end_of(log_of(0), kLastLines));
}

std::vector<std::uint16_t> free_ports(std::size_t how_many) {
  std::vector<int> sockets;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < how_many; ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets.push_back(fd);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      cli::fail_with(cli::Exit::internal, "no port is free on 127.0.0.1");
    ports.push_back(ntohs(address.sin_port));
  }
  // All at once: none is given twice.
  for (const int fd : sockets) ::close(fd);
  return ports;
}

std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

}  // namespace gavel::peers
