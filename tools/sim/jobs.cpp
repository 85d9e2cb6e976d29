#include "tools/sim/jobs.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "common/wire/codec.hpp"

namespace gavel::sim {
namespace {

/// What a worker tells after each run.
struct RunReport {
  std::uint64_t seed = 0;
  bool passed = true;
  std::uint8_t mode = 0;
  std::uint8_t invariant = 0;
  Bytes what;
  std::int64_t at_us = 0;
  Statistics statistics;
  GAVEL_FIELDS(seed, passed, mode, invariant, what, at_us, statistics);
};

Outcome outcome_of(const RunReport& report) {
  return {report.passed,
          report.seed,
          static_cast<Mode>(report.mode),
          static_cast<Invariant>(report.invariant),
          report.what,
          TimePoint(Duration(report.at_us))};
}
RunReport report_of(const Outcome& outcome, Statistics statistics) {
  return {outcome.seed,
          outcome.passed,
          static_cast<std::uint8_t>(outcome.mode),
          static_cast<std::uint8_t>(outcome.invariant),
          outcome.what,
          outcome.at.time_since_epoch().count(),
          std::move(statistics)};
}

RunReport run_one(const Campaign& campaign, std::uint64_t seed) {
  auto options = campaign.run;
  options.seed = seed;
  Statistics statistics;
  Narrator::Line line;
  if (options.narrate) line = [](const std::string& text) { std::printf("%s\n", text.c_str()); };
  const auto outcome = run_seed(options, statistics, line);
  return report_of(outcome, std::move(statistics));
}

void write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const auto written = ::write(fd, bytes, size);
    if (written <= 0) _exit(1);
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

[[noreturn]] void work(const Campaign& campaign, std::size_t which, int fd) {
  for (auto seed = campaign.first + which; seed <= campaign.last; seed += campaign.jobs) {
    const auto bytes = wire::encode(run_one(campaign, seed));
    const auto size = static_cast<std::uint32_t>(bytes.size());
    write_all(fd, reinterpret_cast<const char*>(&size), sizeof size);
    write_all(fd, bytes.data(), bytes.size());
  }
  std::fflush(stdout);
  _exit(0);
}

struct Worker {
  pid_t pid = 0;
  int fd = -1;
  std::uint64_t next = 0;  ///< the seed that it is at
  Bytes buffer;
};

/// The next whole report that the worker has sent, if there is one.
std::optional<RunReport> take(Worker& worker) {
  std::uint32_t size = 0;
  if (worker.buffer.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, worker.buffer.data(), sizeof size);
  if (worker.buffer.size() < sizeof size + size) return std::nullopt;
  auto report = wire::decode<RunReport>(BytesView(worker.buffer).substr(sizeof size, size));
  worker.buffer.erase(0, sizeof size + size);
  if (!report) return std::nullopt;
  return std::move(*report);
}

std::vector<Worker> start(const Campaign& campaign) {
  std::vector<Worker> workers;
  for (std::size_t i = 0; i < campaign.jobs; ++i) {
    int ends[2];
    if (::pipe(ends) != 0) break;
    const auto pid = ::fork();
    if (pid == 0) {
      ::close(ends[0]);
      for (const auto& other : workers) ::close(other.fd);
      work(campaign, i, ends[1]);
    }
    ::close(ends[1]);
    workers.push_back({pid, ends[0], campaign.first + i, {}});
  }
  return workers;
}
}  // namespace

Tally run_all(const Campaign& campaign, const std::function<void(std::uint64_t, std::size_t)>& progress) {
  Tally result;
  std::uint64_t done = 0;
  const auto add = [&](const RunReport& report) {
    result.statistics += report.statistics;
    if (!report.passed) result.failures.push_back(outcome_of(report));
    progress(++done, result.failures.size());
  };
  const auto enough = [&] { return campaign.stop && !result.failures.empty(); };
  if (campaign.jobs <= 1) {
    for (auto seed = campaign.first; seed <= campaign.last && !enough(); ++seed) add(run_one(campaign, seed));
    return result;
  }
  auto workers = start(campaign);
  while (!workers.empty() && !enough()) {
    std::vector<pollfd> waiting;
    for (const auto& worker : workers) waiting.push_back({worker.fd, POLLIN, 0});
    ::poll(waiting.data(), waiting.size(), -1);
    for (std::size_t i = waiting.size(); i-- > 0;) {
      if (waiting[i].revents == 0) continue;
      auto& worker = workers[i];
      char bytes[65536];
      const auto got = ::read(worker.fd, bytes, sizeof bytes);
      if (got > 0) worker.buffer.append(bytes, static_cast<std::size_t>(got));
      while (const auto report = take(worker)) {
        add(*report);
        worker.next += campaign.jobs;
      }
      if (got > 0) continue;
      if (worker.next <= campaign.last) {
        Outcome died;
        died.passed = false;
        died.seed = worker.next;
        died.what = "contract: the run took its process down";
        result.failures.push_back(died);
      }
      ::close(worker.fd);
      ::waitpid(worker.pid, nullptr, 0);
      workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  for (const auto& worker : workers) ::kill(worker.pid, SIGKILL), ::waitpid(worker.pid, nullptr, 0), ::close(worker.fd);
  std::sort(result.failures.begin(), result.failures.end(),
            [](const Outcome& a, const Outcome& b) { return a.seed < b.seed; });
  return result;
}

}  // namespace gavel::sim
