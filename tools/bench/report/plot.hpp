// Lines over a load, as SVG for a page and as text for a terminal. The y axis is logarithmic: a tail is worth as much
// ink as a median.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gavel::bench {

struct Series {
  std::string name;
  /// Ascending by x; y above 0, others are left out.
  std::vector<std::pair<double, double>> points;
};

struct Plot {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series;
};

/// "1", "2.5", "20k", "1.5M".
std::string short_number(double value);
/// 1, 2 and 5 times powers of ten, from the last one that is not above `low` to the first that is not below `high`.
/// 0 < low <= high.
std::vector<double> log_ticks(double low, double high);
/// From 0 to at least `high`, some five of them at round distances. high > 0.
std::vector<double> linear_ticks(double high);

std::string svg(const Plot& plot);
/// Without a line break at the end; a mark for each series, the later ones on top.
std::string text(const Plot& plot, std::size_t columns, std::size_t rows);

}  // namespace gavel::bench
