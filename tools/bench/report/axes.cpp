#include "tools/bench/report/axes.hpp"

#include <array>
#include <cstdio>

namespace gavel::bench {

std::string short_number(double value) {
  const double size = std::abs(value);
  const auto [scale, unit] = size >= 1e6 ? std::pair(1e6, "M") : size >= 1e3 ? std::pair(1e3, "k") : std::pair(1.0, "");
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g%s", value / scale, unit);
  return text.data();
}

std::vector<double> log_ticks(double low, double high) {
  std::vector<double> ticks;
  for (double decade = std::pow(10, std::floor(std::log10(low))); ticks.empty() || ticks.back() < high; decade *= 10) {
    for (const double step : {1.0, 2.0, 5.0}) {
      const double tick = step * decade;
      if (tick <= low) ticks.clear();
      ticks.push_back(tick);
      if (tick >= high && ticks.size() > 1) return ticks;
    }
  }
  return ticks;
}

std::vector<double> linear_ticks(double high) {
  constexpr double kWanted = 5;
  const double raw = high / kWanted;
  const double decade = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * decade;
  for (const double each : {5.0, 2.0, 1.0})
    if (each * decade >= raw) step = each * decade;
  std::vector<double> ticks{0};
  while (ticks.back() < high) ticks.push_back(step * static_cast<double>(ticks.size()));
  return ticks;
}

Axes::Axes(const Plot& plot) {
  double most = 0;
  double low = 0;
  double high = 0;
  for (const Series& series : plot.series) {
    for (const auto& [px, py] : series.points) {
      most = std::max(most, px);
      if (py <= 0) continue;
      low = low == 0 ? py : std::min(low, py);
      high = std::max(high, py);
    }
  }
  if (most > 0) x_ticks = linear_ticks(most);
  if (low > 0) y_ticks = log_ticks(low, high);
}

}  // namespace gavel::bench
