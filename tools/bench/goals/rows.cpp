// Goals as rows, and rows as goals.
#include "tools/bench/goals/goals.hpp"
#include "tools/bench/report/figures.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAtLeast = "at least";
constexpr const char* kAtMost = "at most";

Result<Goal> parse_goal(const nlohmann::json& row) {
  if (!row.is_object()) return fail("a row is an object");
  Goal goal;
  const auto what = row.find("what");
  const auto value = row.find("value");
  if (what == row.end() || !what->is_string()) return fail("a row has a text, \"what\"");
  if (value == row.end() || !value->is_number()) return fail("a row has a number, \"value\"");
  goal.what = what->get<std::string>();
  goal.value = value->get<double>();
  if (const auto unit = row.find("unit"); unit != row.end() && unit->is_string()) goal.unit = unit->get<std::string>();
  if (const auto wanted = row.find("goal"); wanted != row.end() && wanted->is_number())
    goal.goal = wanted->get<double>();
  if (const auto wanted = row.find("wanted"); wanted != row.end() && *wanted == kAtLeast)
    goal.wanted = Goal::Wanted::at_least;
  return goal;
}

}  // namespace

cli::Row row(const Goal& goal) {
  return {{"what", goal.what},
          {"value", rounded(goal.value)},
          {"unit", goal.unit},
          {"wanted", !goal.goal                              ? cli::Row()
                     : goal.wanted == Goal::Wanted::at_least ? cli::Row(kAtLeast)
                                                             : cli::Row(kAtMost)},
          {"goal", goal.goal ? cli::Row(rounded(*goal.goal)) : cli::Row()},
          {"verdict", !goal.goal ? cli::Row() : cli::Row(goal.reached() ? "reached" : "missed")}};
}

Result<std::vector<Goal>> parse_goals(const std::string& json) {
  const auto rows = nlohmann::json::parse(json, nullptr, false);
  if (!rows.is_array()) return fail("it is no JSON array of rows");
  std::vector<Goal> goals;
  for (const auto& each : rows) {
    auto goal = parse_goal(each);
    if (!goal) return tl::unexpected<Error>(goal.error());
    goals.push_back(*std::move(goal));
  }
  return goals;
}

}  // namespace gavel::bench
