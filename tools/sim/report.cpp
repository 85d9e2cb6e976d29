#include "tools/sim/report.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/wire/fields.hpp"

namespace gavel::sim {
namespace {
std::string fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

RunOptions of_seed(const Campaign& campaign, std::uint64_t seed) {
  auto options = campaign.run;
  options.seed = seed;
  return options;
}

/// Calls `tell` with the name and the value of each number, faults apart.
template <class Tell>
void each_number(const Statistics& statistics, const Tell& tell) {
  std::size_t index = 0;
  std::apply(
      [&](const auto&... field) {
        const auto one = [&](const auto& value) {
          const auto name = wire::field_name(Statistics::kFieldNames, index++);
          if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(value)>>) tell(std::string(name), value);
        };
        (one(field), ...);
      },
      statistics.fields());
}
}  // namespace

std::string table_of(const Campaign& campaign, const Tally& result, double seconds) {
  std::ostringstream out;
  for (const auto& failure : result.failures)
    out << "seed " << failure.seed << " (" << name_of(failure.mode) << ", at"
        << fixed(static_cast<double>(failure.at.time_since_epoch().count()) / 1000.0, 1) << " ms) violates "
        << failure.what << "\n  replay: " << replay_command(of_seed(campaign, failure.seed)) << "\n";
  const auto row = [&out](const std::string& name, const std::string& value) {
    out << "  " << name << std::string(name.size() < 18 ? 18 - name.size() : 1, ' ') << value << "\n";
  };
  const auto& s = result.statistics;
  out << s.runs << " runs, " << result.failures.size() << " with a violation\n";
  each_number(s, [&](const std::string& name, std::uint64_t value) {
    if (name == "runs" || name.find("_us") != std::string::npos) return;
    row(name, std::to_string(value));
  });
  row("simulated", fixed(static_cast<double>(s.simulated_us) / 1e6, 1) + " s");
  row("to rest, mean",
      fixed(static_cast<double>(s.settle_us) / 1e3 / static_cast<double>(std::max<std::uint64_t>(1, s.runs)), 0) +
          " ms after the faults");
  row("to rest, worst", fixed(static_cast<double>(s.settle_max_us) / 1e3, 0) + " ms");
  row("real time", fixed(seconds, 1) + " s");
  row("speed", fixed(static_cast<double>(s.steps) / seconds, 0) + " steps/s, " +
                   fixed(seconds * 1000.0 * static_cast<double>(campaign.jobs) /
                             static_cast<double>(std::max<std::uint64_t>(1, s.runs)),
                         1) +
                   " ms of processor a run");
  out << "faults\n";
  for (std::size_t i = 0; i < kFaults; ++i)
    row(std::string(name_of(static_cast<Fault>(i))), std::to_string(s.faults[i]));
  out << "moments of an assignment\n";
  for (std::size_t i = 0; i < kHouseMoments; ++i)
    row(name_of(static_cast<HouseMoment>(i)),
        std::to_string(s.moments[i]) + ", struck at " + std::to_string(s.strikes[i]));
  return out.str();
}

std::string json_of(const Campaign& campaign, const Tally& result, double seconds) {
  nlohmann::ordered_json out;
  each_number(result.statistics, [&](const std::string& name, std::uint64_t value) { out[name] = value; });
  for (std::size_t i = 0; i < kFaults; ++i)
    out["faults"][std::string(name_of(static_cast<Fault>(i)))] = result.statistics.faults[i];
  for (std::size_t i = 0; i < kHouseMoments; ++i)
    out["moments"][name_of(static_cast<HouseMoment>(i))] = result.statistics.moments[i];
  out["seconds"] = seconds;
  out["violations"] = nlohmann::ordered_json::array();
  for (const auto& failure : result.failures)
    out["violations"].push_back({{"seed", failure.seed},
                                 {"mode", name_of(failure.mode)},
                                 {"invariant", static_cast<int>(failure.invariant)},
                                 {"what", failure.what},
                                 {"at_us", failure.at.time_since_epoch().count()},
                                 {"replay", replay_command(of_seed(campaign, failure.seed))}});
  return out.dump(2) + "\n";
}

}  // namespace gavel::sim
