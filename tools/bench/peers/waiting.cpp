#include "tools/bench/peers/waiting.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "client/cli/failure.hpp"

namespace gavel::peers {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Duration kAskAgain = 20ms;

sigset_t interrupts() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

void hold_interrupts() {
  const sigset_t set = interrupts();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

void stop_if_interrupted() {
  // It stays pending: this is not the last place that has to know.
  sigset_t pending;
  ::sigpending(&pending);
  if (::sigismember(&pending, SIGINT) == 1 || ::sigismember(&pending, SIGTERM) == 1)
    cli::fail_with(cli::Exit::interrupted, "");
}

bool wait_until(Duration most, const std::function<bool()>& is_so) {
  const auto deadline = Clock::now() + most;
  while (!is_so()) {
    stop_if_interrupted();
    const auto left = deadline - Clock::now();
    if (left <= Clock::duration::zero()) return false;
    std::this_thread::sleep_for(std::min<Clock::duration>(left, kAskAgain));
  }
  return true;
}

void pause_for(Duration how_long) {
  wait_until(how_long, [] { return false; });
}

}  // namespace gavel::peers
