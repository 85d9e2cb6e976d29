#include "tools/bench/runs/idle.hpp"

#include <thread>

#include "common/bus/clock.hpp"
#include "tools/bench/cluster/usage.hpp"

namespace gavel::bench {
namespace {

void rest(Duration length) {
  const TimePoint until = bus::steady_now() + length;
  while (bus::steady_now() < until) {
    if (cli::interrupted()) cli::fail_with(cli::Exit::interrupted, "interrupted");
    std::this_thread::sleep_for(std::min<Duration>(100ms, until - bus::steady_now()));
  }
}

}  // namespace

std::vector<IdleNode> measure_idle(Target& target, Duration settle, Duration length) {
  const auto processes = target.pids();
  if (processes.empty())
    cli::fail_with(cli::Exit::usage, "the nodes' processes are not known: name them with --pid, or name no cluster");
  rest(settle);
  std::vector<std::chrono::nanoseconds> before;
  for (const pid_t process : processes) before.push_back(processor_time(process));
  const TimePoint begun = bus::steady_now();
  rest(length);
  const auto took = static_cast<double>((bus::steady_now() - begun).count()) * 1e3;
  std::vector<IdleNode> nodes;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const auto used = processor_time(processes[i]) - before[i];
    nodes.push_back(
        {100 * static_cast<double>(used.count()) / took, static_cast<double>(resident_bytes(processes[i])) / 1e6});
  }
  return nodes;
}

}  // namespace gavel::bench
