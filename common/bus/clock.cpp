#include "common/bus/clock.hpp"

#include <sys/random.h>

#include <cerrno>
#include <chrono>

#include "common/base/check.hpp"

namespace gavel::bus {

TimePoint steady_now() {
  return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

WallTime wall_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  ssize_t got = 0;
  do {
    got = getrandom(&seed, sizeof seed, 0);
  } while (got < 0 && errno == EINTR);
  GAVEL_CHECK(got == static_cast<ssize_t>(sizeof seed), "the kernel gives random numbers");
  return seed;
}

}  // namespace gavel::bus
