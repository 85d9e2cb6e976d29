#include "tools/bench/report/figures.hpp"

#include <cmath>

namespace gavel::bench {
namespace {

cli::Row known(std::optional<double> value) { return value ? cli::Row(rounded(*value)) : cli::Row(); }

}  // namespace

double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double scale = std::pow(10.0, 2 - std::floor(std::log10(std::abs(value))));
  const double finest = std::max(scale, 10.0);
  return std::round(value * finest) / finest;
}

cli::Row row(const Measured& measured) {
  const LoadFigures& load = measured.load;
  const auto percentile = [&](double percent) { return load.latencies.percentile(percent).count(); };
  return {{"seconds", static_cast<double>(load.measured.count()) / 1e6},
          {"operations", load.operations()},
          {"per_second", std::llround(load.per_second())},
          {"accepted", load.accepted},
          {"refused", load.refused},
          {"failed", load.failed},
          {"unanswered", load.unanswered},
          {"moves", load.moves},
          {"p50_us", percentile(50)},
          {"p90_us", percentile(90)},
          {"p99_us", percentile(99)},
          {"p999_us", percentile(99.9)},
          {"max_us", load.latencies.max().count()},
          {"mean_us", load.latencies.mean().count()},
          {"client_cpu_us", rounded(measured.client_cpu_us())},
          {"node_cpu_us", known(measured.node_cpu_us())},
          {"node_rss_mb", measured.node_rss ? known(static_cast<double>(*measured.node_rss) / 1e6) : cli::Row()}};
}

std::vector<cli::Column> measured_columns() {
  return {{"per_second", "OPS/S"},
          {"accepted", "ACCEPTED"},
          {"refused", "REFUSED"},
          {"failed", "FAILED"},
          {"p50_us", "P50 us"},
          {"p90_us", "P90"},
          {"p99_us", "P99"},
          {"p999_us", "P99.9"},
          {"max_us", "MAX"},
          {"client_cpu_us", "CLIENT CPU us/op"},
          {"node_cpu_us", "NODE CPU us/op"},
          {"node_rss_mb", "NODE RSS MB"}};
}

}  // namespace gavel::bench
