// Writes the Prometheus text format, version 0.0.4: families one after the other, each headed by HELP and TYPE, its
// samples together. A family without samples leaves no trace. Names and help are the caller's constants; label values
// may be anything, and are escaped.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/histogram.hpp"

namespace gavel::host {

/// As the format wants durations: seconds, with a fraction.
double in_seconds(Duration duration);

class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// What follows belongs to this family; begin each once. A counter's name ends in "_total".
  void counter(std::string_view name, std::string_view help) { begin(name, "counter", help); }
  void gauge(std::string_view name, std::string_view help) { begin(name, "gauge", help); }
  void histogram(std::string_view name, std::string_view help) { begin(name, "histogram", help); }

  /// A sample of a counter or a gauge.
  void sample(std::uint64_t value, Labels labels = {});
  void sample(double value, Labels labels = {});
  /// All samples of a histogram, in seconds.
  void sample(const Histogram& histogram);

  std::string take() { return std::move(text_); }

 private:
  void begin(std::string_view name, std::string_view type, std::string_view help);
  void line(std::string_view suffix, Labels labels, std::string_view value);

  std::string text_;
  std::string name_;
  std::string heading_;  ///< not written yet
};

}  // namespace gavel::host
