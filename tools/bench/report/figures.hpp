// What was measured, as rows for cli::Output: the same keys in tables and in JSON. Times are in microseconds, as `_us`;
// a figure that is not known (the processor time of nodes elsewhere) is null.
#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "client/cli/output.hpp"
#include "tools/bench/load/load.hpp"

namespace gavel::bench {

/// What a load cost, and what it brought.
struct Measured {
  LoadFigures load;
  std::chrono::nanoseconds client_cpu{};
  /// Of all nodes together; nothing if their processes are not known.
  std::optional<std::chrono::nanoseconds> node_cpu;
  /// Of the largest node, at its largest.
  std::optional<std::uint64_t> node_rss;

  double client_cpu_us() const { return per_operation(client_cpu); }
  std::optional<double> node_cpu_us() const {
    return node_cpu ? std::optional(per_operation(*node_cpu)) : std::nullopt;
  }

 private:
  double per_operation(std::chrono::nanoseconds cpu) const {
    return load.operations() == 0 ? 0 : static_cast<double>(cpu.count()) / 1e3 / static_cast<double>(load.operations());
  }
};

/// Rounded to three significant digits or to tenths, whichever is more: nobody measures more than that.
double rounded(double value);
cli::Row row(const Measured& measured);
/// The columns of such rows that a table shows.
std::vector<cli::Column> measured_columns();

}  // namespace gavel::bench
