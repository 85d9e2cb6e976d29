#include "node/settings.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "common/base/version.hpp"
#include "common/bus/processors.hpp"
#include "node/settings_options.hpp"
#include "node/settings_sources.hpp"

namespace gavel::node {
namespace {

constexpr int kUsage = 2;

constexpr const char* kExamples = R"(Runs one node of a Gavel cluster.

Examples:
  gavel-node --data-dir n1 --bootstrap                  found a cluster on this machine
  gavel-node --data-dir n2                              join it, found by its beacon
  gavel-node --data-dir n3 --listen 10.0.0.7:7400 --join 10.0.0.5:7400
                                                        join where beacons do not reach
  gavel-node --data-dir new --bootstrap --restore house.gavel
                                                        found a cluster from a backup
  gavel-node --config /etc/gavel.toml --check-config    what it would run with, and where from
  gavel-node --data-dir n2                              start again after whatever happened)";

int complain(const std::string& why) {
  std::cerr << "gavel-node: " << why << "\n";
  return kUsage;
}

/// Error: values that are right by themselves and make no sense together, or one that is missing.
Result<Settings> settled(const Typed& typed, const Sources& sources) {
  const auto from = [&](const char* key) {
    const auto source = sources.find(key);
    return source == sources.end() || source->second == "flag" ? std::string() : " (" + source->second + ")";
  };
  Settings settings = typed.settings;
  settings.heartbeat = std::chrono::milliseconds(typed.heartbeat_ms);
  settings.suspicion = std::chrono::milliseconds(typed.suspicion_ms);
  settings.hold_down = std::chrono::milliseconds(typed.hold_down_ms);
  settings.replace_after = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(typed.replace_after_s));
  settings.sync_delay = std::chrono::milliseconds(typed.sync_delay_ms);
  settings.retain_closed = std::chrono::seconds(typed.retain_closed_s);
  settings.durable = typed.durability == "fsync";
  settings.rejoin_if_damaged = typed.if_damaged == "rejoin";
  settings.log_json = typed.log_format == "json";
  settings.beacon = !typed.no_beacon;
  if (settings.data_directory.empty())
    return fail("no data directory: give --data-dir, GAVEL_DATA_DIR, or data-dir in the file that --config names");
  if (settings.suspicion < 3 * settings.heartbeat)
    return fail("--suspect " + std::to_string(typed.suspicion_ms) + from("suspect") + " is too short for --heartbeat " +
                std::to_string(typed.heartbeat_ms) + from("heartbeat") + ": three heartbeats, " +
                std::to_string(3 * typed.heartbeat_ms) + ", is the least that makes sense");
  if (!settings.processors.empty())
    if (const auto usable = bus::check_usable(*bus::parse_processors(settings.processors)); !usable)
      return fail("--cpus " + settings.processors + from("cpus") + ": " + usable.error().message);
  return settings;
}

}  // namespace

std::variant<Settings, int> read_settings(int argc, char** argv) {
  Typed typed;
  CLI::App app(kExamples, "gavel-node");
  app.set_version_flag("--version", std::string("gavel-node ") + kVersion);
  const auto declared = declare_options(app, typed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  auto sources = sources_of(declared, argc, argv);
  if (!typed.config.empty())
    if (const auto applied = apply_file(typed.config, declared, sources); !applied)
      return complain(applied.error().message);
  auto settings = settled(typed, sources);
  if (!settings) return complain(settings.error().message);
  if (!typed.check_config) return *std::move(settings);
  std::cout << effective(declared, sources) << std::flush;
  if (std::cout) return 0;
  std::cerr << "gavel-node: the standard output takes nothing\n";
  return 1;
}

}  // namespace gavel::node
