// A load, and what the processes behind it used meanwhile.
#pragma once

#include <functional>

#include "tools/bench/load/load.hpp"
#include "tools/bench/report/figures.hpp"

namespace gavel::bench {

/// `nodes`: processes whose time and memory count; may be empty. Any hook may be empty.
struct MeasureHooks {
  std::function<void()> on_begin, on_end;
  /// About twenty times a second.
  std::function<void(TimePoint)> on_beat;
  /// How far it is, once a second.
  std::function<void(const std::string&)> say;
  std::function<void(const Load::Answered&)> on_answer;
};
Measured measure(const CrowdOptions& crowd, const LoadOptions& options, Work& work, const std::vector<pid_t>& nodes,
                 const MeasureHooks& hooks = {});

}  // namespace gavel::bench
