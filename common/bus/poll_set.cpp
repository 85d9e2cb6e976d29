#include "common/bus/poll_set.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "common/base/check.hpp"
#include "common/bus/clock.hpp"

namespace gavel::bus {
namespace {

timespec until(TimePoint deadline) {
  const Duration left = std::clamp(deadline - steady_now(), Duration(0), Duration(std::chrono::hours(24)));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  return {static_cast<time_t>(seconds.count()), static_cast<long>(std::chrono::nanoseconds(left - seconds).count())};
}

}  // namespace

void PollSet::add(int fd) {
  if (!contains(fd)) watched_.push_back({fd, POLLIN, 0});
}

void PollSet::remove(int fd) {
  std::erase_if(watched_, [fd](const pollfd& entry) { return entry.fd == fd; });
}

bool PollSet::contains(int fd) const {
  return std::any_of(watched_.begin(), watched_.end(), [fd](const pollfd& entry) { return entry.fd == fd; });
}

void PollSet::wait(TimePoint deadline) {
  ready_.clear();
  const timespec timeout = deadline == kLongAgo ? timespec{0, 0} : until(deadline);
  const int count = ppoll(watched_.data(), watched_.size(), &timeout, nullptr);
  GAVEL_CHECK(count >= 0 || errno == EINTR || errno == ENOMEM, "the set can be polled");
  if (count <= 0) return;
  for (const pollfd& entry : watched_) {
    if (entry.revents != 0) ready_.push_back(entry.fd);
  }
}

}  // namespace gavel::bus
