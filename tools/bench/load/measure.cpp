#include "tools/bench/load/measure.hpp"

#include <algorithm>

#include "tools/bench/cluster/usage.hpp"

namespace gavel::bench {

Measured measure(const CrowdOptions& crowd, const LoadOptions& options, Work& work, const std::vector<pid_t>& nodes,
                 const std::function<void(TimePoint)>& on_beat) {
  Measured measured;
  Load load(crowd, options, work);
  std::chrono::nanoseconds clients_before{};
  std::chrono::nanoseconds nodes_before{};
  std::uint64_t resident = 0;
  TimePoint look_at = kLongAgo;
  load.on_begin = [&] {
    clients_before = own_processor_time();
    nodes_before = processor_time(nodes);
  };
  load.on_end = [&] {
    measured.client_cpu = own_processor_time() - clients_before;
    if (!nodes.empty()) measured.node_cpu = processor_time(nodes) - nodes_before;
    resident = std::max(resident, largest_resident(nodes));
  };
  load.on_beat = [&](TimePoint now) {
    if (now >= look_at) {
      resident = std::max(resident, largest_resident(nodes));
      look_at = now + 500ms;
    }
    if (on_beat) on_beat(now);
  };
  measured.load = load.run();
  if (!nodes.empty()) measured.node_rss = resident;
  return measured;
}

}  // namespace gavel::bench
