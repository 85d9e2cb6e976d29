#include "tools/bench/load/sweep.hpp"

#include <cmath>
#include <cstdlib>
#include <sstream>

namespace gavel::bench {

Result<std::vector<double>> parse_rates(const std::string& text) {
  std::vector<double> rates;
  if (text == "auto") return rates;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    char* end = nullptr;
    const double rate = std::strtod(word.c_str(), &end);
    if (word.empty() || *end != '\0' || !std::isfinite(rate) || rate <= 0)
      return fail("'" + word + "' is no rate; rates look like 1000,2000,5000, or auto");
    if (!rates.empty() && rate <= rates.back()) return fail("rates ascend, and " + word + " does not");
    rates.push_back(rate);
  }
  if (rates.empty()) return fail("rates are missing, such as 1000,2000,5000, or auto");
  return rates;
}

std::vector<double> rates_up_to(double highest) {
  std::vector<double> rates;
  for (const double share : {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}) {
    const double rate = std::max(1.0, std::round(highest * share / 10) * 10);
    if (rates.empty() || rate > rates.back()) rates.push_back(rate);
  }
  return rates;
}

Plot latency_plot(const std::string& title, const std::vector<SweepPoint>& points) {
  Plot plot{title, "operations a second", "ms", {}};
  for (const auto& [name, percent] : {std::pair("p50", 50.0), std::pair("p99", 99.0), std::pair("p99.9", 99.9)}) {
    Series series{name, {}};
    for (const SweepPoint& point : points)
      series.points.emplace_back(point.measured.load.per_second(),
                                 static_cast<double>(point.measured.load.latencies.percentile(percent).count()) / 1e3);
    plot.series.push_back(std::move(series));
  }
  return plot;
}

}  // namespace gavel::bench
