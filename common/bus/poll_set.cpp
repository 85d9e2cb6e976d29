#include "common/bus/poll_set.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "common/base/check.hpp"
#include "common/bus/clock.hpp"

namespace gavel::bus {
namespace {

/// Taken from the kernel at once; the rest of them comes with the next wait().
constexpr std::size_t kMostEvents = 64;

timespec until(TimePoint deadline) {
  if (deadline == kLongAgo) return {0, 0};
  const Duration left = std::clamp(deadline - steady_now(), Duration(0), Duration(std::chrono::hours(24)));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  return {static_cast<time_t>(seconds.count()), static_cast<long>(std::chrono::nanoseconds(left - seconds).count())};
}

}  // namespace

std::span<const epoll_event> wait_on(int epoll, TimePoint deadline, std::span<epoll_event> room) {
  const timespec timeout = until(deadline);
  const int count = ::epoll_pwait2(epoll, room.data(), static_cast<int>(room.size()), &timeout, nullptr);
  GAVEL_CHECK(count >= 0 || errno == EINTR, "an epoll descriptor can be waited on");
  return room.first(static_cast<std::size_t>(std::max(count, 0)));
}

PollSet::PollSet() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), events_(kMostEvents) {
  GAVEL_CHECK(epoll_ >= 0, "the kernel gives an epoll descriptor");
}

PollSet::~PollSet() { ::close(epoll_); }

void PollSet::add(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0 || errno == EEXIST) return;
  GAVEL_CHECK(errno == EPERM, "a descriptor can be waited for, or is a file's");
  always_.insert(fd);
}

void PollSet::remove(int fd) {
  if (always_.erase(fd) == 0) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void PollSet::wait(TimePoint deadline) {
  ready_.assign(always_.begin(), always_.end());
  for (const auto& event : wait_on(epoll_, ready_.empty() ? deadline : kLongAgo, events_))
    ready_.push_back(event.data.fd);
}

}  // namespace gavel::bus
