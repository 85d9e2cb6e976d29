#include "node/settings.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "common/bus/endpoint.hpp"
#include "common/wire/envelope.hpp"
#include "node/version.hpp"

namespace gavel::node {
namespace {

constexpr int kUsage = 2;
constexpr std::size_t kMaxName = 64;

constexpr const char* kExamples = R"(Runs one node of a Gavel cluster.

Examples:
  gavel-node --data-dir n1 --bootstrap                  found a cluster on this machine
  gavel-node --data-dir n2                              join it, found by its beacon
  gavel-node --data-dir n3 --listen 10.0.0.7:7400 --join 10.0.0.5:7400
                                                        join where beacons do not reach
  gavel-node --data-dir new --bootstrap --restore house.gavel
                                                        found a cluster from a backup
  gavel-node --data-dir n2                              start again after whatever happened)";

/// Milliseconds on the command line, a duration inside.
struct Milliseconds {
  std::int64_t heartbeat = 50;
  std::int64_t suspicion = 300;
  std::int64_t hold_down = 3000;
  std::int64_t sync_delay = 0;
  double replace_after_s = 5;
  std::int64_t retain_closed_s = 3600;
};

std::string check_cluster(const std::string& name) {
  const auto checked = wire::checked_cluster_name(name);
  return checked ? std::string() : checked.error().message;
}

std::string check_name(const std::string& name) {
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
  const bool good = !name.empty() && name.size() <= kMaxName && printable;
  return good ? std::string() : "a node's name is 1 to 64 visible ASCII characters";
}

std::string check_listen(const std::string& text) {
  const auto address = bus::parse_address(text);
  return address ? std::string() : address.error().message;
}

void add_options(CLI::App& app, Settings& s, Milliseconds& ms, std::string& durability, std::string& if_damaged,
                 std::string& format, bool& no_beacon) {
  const auto env = [](CLI::Option* option, const char* name) { return option->envname(name); };
  env(app.add_option("--data-dir", s.data_directory, "Where this node keeps what it must not forget; made if missing"),
      "GAVEL_DATA_DIR")
      ->required()
      ->type_name("DIR");
  auto* bootstrap = app.add_flag("--bootstrap", s.bootstrap, "Found a new cluster with this node as its first");
  app.add_option("--restore", s.restore, "With --bootstrap: found it from this backup (gavel backup)")
      ->needs(bootstrap)
      ->type_name("FILE");
  env(app.add_option("--cluster", s.cluster, "The cluster's name"), "GAVEL_CLUSTER")
      ->check(check_cluster)
      ->capture_default_str()
      ->type_name("NAME");
  env(app.add_option("--name", s.name, "What people call this node (from its uid if not given)"), "GAVEL_NAME")
      ->check(check_name)
      ->type_name("NAME");
  env(app.add_option("--listen", s.listen,
                     "ADDRESS or ADDRESS:PORT; takes three ports in a row, free ones if not given"),
      "GAVEL_LISTEN")
      ->check(check_listen)
      ->capture_default_str()
      ->type_name("ADDRESS");
  env(app.add_option("--priority", s.priority, "0 to 65535: the highest leads. Fixed at the first start"),
      "GAVEL_PRIORITY")
      ->check(CLI::Range(0, 65535));
  env(app.add_option("--slots", s.slots, "Auctions that this node serves at most"), "GAVEL_SLOTS")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  env(app.add_option("--max-clients", s.room, "Clients that this node serves at most"), "GAVEL_MAX_CLIENTS")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  env(app.add_option("--join", s.seeds, "HOST:PORT of a node, for where beacons do not reach; may be repeated"),
      "GAVEL_JOIN")
      ->type_name("HOST:PORT");

  const char* timing = "Timing (milliseconds, if it does not say otherwise)";
  env(app.add_option("--heartbeat", ms.heartbeat, "Between two beats"), "GAVEL_HEARTBEAT")
      ->check(CLI::Range(5, 60'000))
      ->capture_default_str()
      ->group(timing);
  env(app.add_option("--suspect", ms.suspicion, "Without a beat, a node counts as dead"), "GAVEL_SUSPECT")
      ->check(CLI::Range(15, 600'000))
      ->capture_default_str()
      ->group(timing);
  env(app.add_option("--hold-down", ms.hold_down, "A higher node has been up so long before it takes over"),
      "GAVEL_HOLD_DOWN")
      ->check(CLI::Range(0, 86'400'000))
      ->capture_default_str()
      ->group(timing);

  env(app.add_option("--replace-after", ms.replace_after_s,
                     "Seconds that a node may be down until others take its seats"),
      "GAVEL_REPLACE_AFTER")
      ->check(CLI::Range(0.0, 86'400.0))
      ->capture_default_str()
      ->group(timing);

  const char* disk = "Disk";
  env(app.add_option("--durability", durability, "fsync, or memory: a restart joins as a new node"), "GAVEL_DURABILITY")
      ->check(CLI::IsMember({"fsync", "memory"}))
      ->capture_default_str()
      ->group(disk);
  env(app.add_option("--if-damaged", if_damaged,
                     "rejoin: set damaged files aside, and join as a new node, under another uid; stop: end with an "
                     "error"),
      "GAVEL_IF_DAMAGED")
      ->check(CLI::IsMember({"rejoin", "stop"}))
      ->capture_default_str()
      ->group(disk);
  env(app.add_option("--retain-closed", ms.retain_closed_s,
                     "Seconds that a closed auction's log is kept, if it is among the 32 that closed last"),
      "GAVEL_RETAIN_CLOSED")
      ->check(CLI::Range(1, 366 * 86'400))
      ->capture_default_str()
      ->group(disk);
  app.add_option("--fault-sync-delay", ms.sync_delay, "A fault to inject: milliseconds that each sync takes longer")
      ->check(CLI::Range(0, 60'000))
      ->group(disk);

  app.add_flag("--console", s.console,
               "Answer report, servers, clients and help on the standard input even if that is no terminal");
  app.add_flag("--allow-faults", s.allow_faults,
               "Take faults to inject from whoever asks: for demonstrations and tests, never for real sales");
  env(app.add_flag("--allow-restore", s.allow_restore,
                   "Take an auction's state from whoever hands one over (gavel restore FILE AUCTION)"),
      "GAVEL_ALLOW_RESTORE");

  const char* beacons = "Beacons";
  app.add_flag("--no-beacon", no_beacon, "Neither send nor hear beacons")->group(beacons);
  env(app.add_option("--beacon-port", s.beacon_port, "UDP port"), "GAVEL_BEACON_PORT")
      ->check(CLI::Range(1, 65535))
      ->capture_default_str()
      ->group(beacons);
  env(app.add_option("--beacon-address", s.beacon_address,
                     "Broadcast or multicast address (the network's if not given)"),
      "GAVEL_BEACON_ADDRESS")
      ->group(beacons)
      ->type_name("ADDRESS");

  const char* logging = "Log (to stderr)";
  env(app.add_option("--log-level", s.log_level, "What is logged"), "GAVEL_LOG_LEVEL")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}))
      ->capture_default_str()
      ->group(logging);
  env(app.add_option("--log-format", format, "text, or json: one object a line"), "GAVEL_LOG_FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str()
      ->group(logging);
}

}  // namespace

std::variant<Settings, int> read_settings(int argc, char** argv) {
  Settings settings;
  Milliseconds ms;
  std::string durability = "fsync";
  std::string if_damaged = "rejoin";
  std::string format = "text";
  bool no_beacon = false;
  CLI::App app(kExamples, "gavel-node");
  app.set_version_flag("--version", std::string("gavel-node ") + kVersion);
  add_options(app, settings, ms, durability, if_damaged, format, no_beacon);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  settings.heartbeat = std::chrono::milliseconds(ms.heartbeat);
  settings.suspicion = std::chrono::milliseconds(ms.suspicion);
  settings.hold_down = std::chrono::milliseconds(ms.hold_down);
  settings.replace_after = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(ms.replace_after_s));
  settings.sync_delay = std::chrono::milliseconds(ms.sync_delay);
  settings.retain_closed = std::chrono::seconds(ms.retain_closed_s);
  settings.durable = durability == "fsync";
  settings.rejoin_if_damaged = if_damaged == "rejoin";
  settings.log_json = format == "json";
  settings.beacon = !no_beacon;
  if (settings.suspicion < 3 * settings.heartbeat) {
    std::cerr << "gavel-node: --suspect " << ms.suspicion << " is too short for --heartbeat " << ms.heartbeat
              << ": three heartbeats, " << 3 * ms.heartbeat << ", is the least that makes sense\n";
    return kUsage;
  }
  return settings;
}

}  // namespace gavel::node
