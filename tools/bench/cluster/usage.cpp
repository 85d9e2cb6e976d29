#include "tools/bench/cluster/usage.hpp"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <string>

namespace gavel::bench {
namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  if (::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

std::chrono::nanoseconds processor_time(pid_t process) {
  clockid_t clock{};
  return ::clock_getcpuclockid(process, &clock) == 0 ? read_clock(clock) : std::chrono::nanoseconds{};
}

std::chrono::nanoseconds processor_time(const std::vector<pid_t>& processes) {
  std::chrono::nanoseconds all{};
  for (const pid_t process : processes) all += processor_time(process);
  return all;
}

std::chrono::nanoseconds own_processor_time() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

std::uint64_t resident_bytes(pid_t process) {
  std::ifstream statm("/proc/" + std::to_string(process) + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  if (!(statm >> size >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t largest_resident(const std::vector<pid_t>& processes) {
  std::uint64_t largest = 0;
  for (const pid_t process : processes) largest = std::max(largest, resident_bytes(process));
  return largest;
}

}  // namespace gavel::bench
