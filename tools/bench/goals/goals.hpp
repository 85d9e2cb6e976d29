// The goals that the house has set itself, with what was measured here and now. What is measured, how, and what is
// wanted of it stands in goals.cpp, one function a subject; rows of other programs (what peers reach on this machine)
// can be put beside them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/output.hpp"
#include "tools/bench/cluster/target.hpp"

namespace gavel::bench {

struct Goal {
  std::string what;
  double value = 0;
  std::string unit;
  /// Nothing: a figure without a goal.
  std::optional<double> goal;
  enum class Wanted : std::uint8_t { at_most, at_least } wanted = Wanted::at_most;

  bool reached() const { return !goal || (wanted == Wanted::at_most ? value <= *goal : value >= *goal); }
};

struct GoalsOptions {
  /// How often each thing is measured; the medians are told.
  std::size_t runs = 5;
  /// Of each measurement.
  Duration length = 1s;
  /// The clusters that are made for it, but for the number of their nodes.
  OwnClusterOptions cluster;
};

std::vector<Goal> measure_goals(const GoalsOptions& options, const std::function<void(const std::string&)>& say);

cli::Row row(const Goal& goal);
/// A file of such rows, as JSON: [{"what", "value", "unit", "goal", "wanted": "at most" or "at least"}, ...]; the last
/// two may be missing. Errors say what is wrong.
Result<std::vector<Goal>> parse_goals(const std::string& json);

}  // namespace gavel::bench
