#include "tools/bench/load/measure.hpp"

#include <algorithm>

#include "tools/bench/cluster/usage.hpp"
#include "tools/bench/report/plot.hpp"

namespace gavel::bench {
namespace {

constexpr Duration kSayEvery = 1s;

std::string progress(std::uint64_t now, std::uint64_t before, Duration since) {
  const double rate = static_cast<double>(now - before) / static_cast<double>(since.count()) * 1e6;
  return short_number(static_cast<double>(now)) + " answered, " + short_number(rate) + " a second";
}

}  // namespace

Measured measure(const CrowdOptions& crowd, const LoadOptions& options, Work& work, const std::vector<pid_t>& nodes,
                 const MeasureHooks& hooks) {
  Measured measured;
  Load load(crowd, options, work);
  std::chrono::nanoseconds clients_before{};
  std::chrono::nanoseconds nodes_before{};
  std::uint64_t resident = 0;
  TimePoint look_at = kLongAgo;
  TimePoint say_at = kLongAgo;
  std::uint64_t answered = 0;
  load.on_begin = [&] {
    clients_before = own_processor_time();
    nodes_before = processor_time(nodes);
    if (hooks.on_begin) hooks.on_begin();
  };
  load.on_end = [&] {
    measured.client_cpu = own_processor_time() - clients_before;
    if (!nodes.empty()) measured.node_cpu = processor_time(nodes) - nodes_before;
    resident = std::max(resident, largest_resident(nodes));
    if (hooks.on_end) hooks.on_end();
  };
  load.on_beat = [&](TimePoint now) {
    if (now >= look_at) {
      resident = std::max(resident, largest_resident(nodes));
      look_at = now + 500ms;
    }
    if (hooks.say && now >= say_at) {
      if (say_at != kLongAgo) hooks.say(progress(load.so_far(), answered, now - say_at + kSayEvery));
      answered = load.so_far();
      say_at = now + kSayEvery;
    }
    if (hooks.on_beat) hooks.on_beat(now);
  };
  load.on_answer = hooks.on_answer;
  measured.load = load.run();
  if (!nodes.empty()) measured.node_rss = resident;
  return measured;
}

}  // namespace gavel::bench
