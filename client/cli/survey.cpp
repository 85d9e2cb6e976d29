#include "client/cli/survey.hpp"

#include <algorithm>
#include <thread>

namespace gavel::cli {
namespace {

/// It may have come back a moment ago.
constexpr Duration kToTheDead = 150ms;

}  // namespace

void at_once(std::size_t count, const std::function<void(std::size_t)>& ask) {
  constexpr std::size_t kThreads = 16;
  for (std::size_t first = 0; first < count; first += kThreads) {
    std::vector<std::thread> threads;
    for (std::size_t i = first; i < std::min(count, first + kThreads); ++i) threads.emplace_back(ask, i);
    for (std::thread& thread : threads) thread.join();
  }
}

Settings settings_for_one_node(const Settings& settings) {
  Settings patient = settings;
  patient.timeout = std::min<Duration>(settings.timeout, 1s);
  return patient;
}

std::vector<Surveyed> survey(House& house) { return survey(house, house.nodes()); }

std::vector<Surveyed> survey(House& house, std::vector<directory::NodeRecord> nodes) {
  std::vector<Surveyed> all;
  for (auto& node : nodes) all.push_back({std::move(node), {}, {}});
  if (all.empty()) {
    for (const std::string& endpoint : house.connection().client().known_gateways()) {
      Surveyed unlisted;
      unlisted.node.endpoints.client = endpoint;
      all.push_back(std::move(unlisted));
    }
  }
  at_once(all.size(), [&](std::size_t i) {
    Settings settings = settings_for_one_node(house.settings());
    if (all[i].node.life != directory::Life::up) settings.timeout = std::min<Duration>(settings.timeout, kToTheDead);
    try {
      Connection connection(settings, all[i].node.endpoints.client);
      const auto outcome = connection.status();
      require_ok(outcome, "");
      if (auto report = wire::decode<wire::StatusReport>(outcome.body))
        all[i].report = std::move(*report);
      else
        all[i].silence = report.error().message;
    } catch (const Failure& failure) {
      all[i].silence = failure.message;
    }
  });
  for (Surveyed& one : all) {
    if (!one.node.name.empty() || !one.report) continue;
    one.node.name = one.report->name;
    one.node.uid = one.report->node;
  }
  std::sort(all.begin(), all.end(), [](const Surveyed& a, const Surveyed& b) {
    return std::pair(a.node.name, a.node.uid) < std::pair(b.node.name, b.node.uid);
  });
  return all;
}

}  // namespace gavel::cli
