#include "node/settings_options.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "common/bus/endpoint.hpp"
#include "common/bus/processors.hpp"
#include "common/wire/envelope.hpp"
#include "common/wire/log_levels.hpp"

namespace gavel::node {
namespace {

constexpr std::size_t kMaxName = 64;

std::string check_cluster(const std::string& name) {
  const auto checked = wire::checked_cluster_name(name);
  return checked ? std::string() : checked.error().message;
}

std::string check_name(const std::string& name) {
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
  const bool good = !name.empty() && name.size() <= kMaxName && printable;
  return good ? std::string() : "a node's name is 1 to 64 visible ASCII characters";
}

std::string check_address(const std::string& text) {
  const auto address = bus::parse_address(text);
  return address ? std::string() : address.error().message;
}

/// The host may be a name: whether there is such a one is found out later.
std::string check_seed(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos || colon == 0 ? Result<bus::Address>(fail("no port"))
                                                             : bus::parse_address("0.0.0.0" + text.substr(colon));
  return port && port->port != 0 ? std::string() : "'" + text + "' should be HOST:PORT, such as 10.0.0.5:7400";
}

std::string check_processors(const std::string& text) {
  const auto processors = bus::parse_processors(text);
  return processors ? std::string() : processors.error().message;
}

/// Declares options, one after the other, in groups.
class Declaration {
 public:
  Declaration(CLI::App& app, std::vector<Declared>& all) : app_(app), all_(all) {}

  void group(const char* name) { group_ = name; }

  template <class T>
  CLI::Option* option(const char* name, T& target, const char* help, ValueKind kind, const char* env = "") {
    return add(app_.add_option(name, target, help), name, kind, env);
  }
  CLI::Option* flag(const char* name, bool& target, const char* help, const char* env = "") {
    return add(app_.add_flag(name, target, help), name, ValueKind::flag, env);
  }
  void not_in_file(const char* why) { all_.back().not_in_file = why; }
  void unset(const char* meaning) { all_.back().unset = meaning; }

 private:
  CLI::Option* add(CLI::Option* option, const char* name, ValueKind kind, const char* env) {
    all_.push_back({option, std::string(name).substr(2), kind, {}, {}});
    if (*env != '\0') option->envname(env);
    if (group_ != nullptr) option->group(group_);
    return option;
  }

  CLI::App& app_;
  std::vector<Declared>& all_;
  const char* group_ = nullptr;
};

/// A NaN is in no range, and out of none.
std::string is_a_number(const std::string& text) {
  return std::isnan(std::strtod(text.c_str(), nullptr)) ? "'" + text + "' is no number" : std::string();
}

void declare_node(Declaration& on, Settings& s) {
  using enum ValueKind;
  on.option("--data-dir", s.data_directory, "Where this node keeps what it must not forget; made if missing", text,
            "GAVEL_DATA_DIR")
      ->type_name("DIR");
  on.unset("required");
  auto* bootstrap = on.flag("--bootstrap", s.bootstrap, "Found a new cluster with this node as its first");
  on.not_in_file("a cluster is founded once, and a file would do it again at each start: give --bootstrap that once");
  on.option("--restore", s.restore, "With --bootstrap: found it from this backup (gavel backup)", text)
      ->needs(bootstrap)
      ->type_name("FILE");
  on.not_in_file("a cluster is restored once, and a file would do it again at each start: give --restore that once");
  on.option("--cluster", s.cluster, "The cluster's name", text, "GAVEL_CLUSTER")
      ->check(check_cluster)
      ->capture_default_str()
      ->type_name("NAME");
  on.option("--name", s.name, "What people call this node (from its uid if not given)", text, "GAVEL_NAME")
      ->check(check_name)
      ->type_name("NAME");
  on.unset("made from the uid");
  on.option("--listen", s.listen, "ADDRESS or ADDRESS:PORT; takes three ports in a row, free ones if not given", text,
            "GAVEL_LISTEN")
      ->check(check_address)
      ->capture_default_str()
      ->type_name("ADDRESS");
  on.option("--priority", s.priority, "0 to 65535: the highest leads. Fixed at the first start", number,
            "GAVEL_PRIORITY")
      ->check(CLI::Range(0, 65535));
  on.unset("as at the first start");
  on.option("--slots", s.slots, "Auctions that this node serves at most", number, "GAVEL_SLOTS")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  on.option("--max-clients", s.room, "Clients that this node serves at most", number, "GAVEL_MAX_CLIENTS")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  on.option("--cpus", s.processors, "Processors to run on, such as 0 or 0,2-3", text, "GAVEL_CPUS")
      ->check(check_processors)
      ->type_name("LIST");
  on.unset("any");
  on.option("--join", s.seeds, "HOST:PORT of a node, for where beacons do not reach; may be repeated", list,
            "GAVEL_JOIN")
      ->check(check_seed)
      ->delimiter(',')
      ->type_name("HOST:PORT");
  on.unset("whoever is heard by beacon");
}

void declare_timing(Declaration& on, Typed& typed) {
  using enum ValueKind;
  on.group("Timing (milliseconds, if it does not say otherwise)");
  on.option("--heartbeat", typed.heartbeat_ms, "Between two beats", number, "GAVEL_HEARTBEAT")
      ->check(CLI::Range(5, 60'000))
      ->capture_default_str();
  on.option("--suspect", typed.suspicion_ms, "Without a beat, a node counts as dead", number, "GAVEL_SUSPECT")
      ->check(CLI::Range(15, 600'000))
      ->capture_default_str();
  on.option("--hold-down", typed.hold_down_ms, "A higher node has been up so long before it takes over", number,
            "GAVEL_HOLD_DOWN")
      ->check(CLI::Range(0, 86'400'000))
      ->capture_default_str();
  on.option("--replace-after", typed.replace_after_s, "Seconds that a node may be down until others take its seats",
            fraction, "GAVEL_REPLACE_AFTER")
      ->check(CLI::Range(0.0, 86'400.0))
      ->check(is_a_number)
      ->capture_default_str();
}

void declare_disk(Declaration& on, Typed& typed) {
  using enum ValueKind;
  on.group("Disk");
  on.option("--durability", typed.durability, "fsync, or memory: a restart joins as a new node", text,
            "GAVEL_DURABILITY")
      ->check(CLI::IsMember({"fsync", "memory"}))
      ->capture_default_str();
  on.option("--if-damaged", typed.if_damaged,
            "rejoin: set damaged files aside, and join as a new node, under another uid; stop: end with an error", text,
            "GAVEL_IF_DAMAGED")
      ->check(CLI::IsMember({"rejoin", "stop"}))
      ->capture_default_str();
  on.option("--retain-closed", typed.retain_closed_s,
            "Seconds that a closed auction's log is kept, if it is among the 32 that closed last", number,
            "GAVEL_RETAIN_CLOSED")
      ->check(CLI::Range(1, 366 * 86'400))
      ->capture_default_str();
  on.option("--fault-sync-delay", typed.sync_delay_ms, "A fault to inject: milliseconds that each sync takes longer",
            number)
      ->check(CLI::Range(0, 60'000))
      ->capture_default_str();
}

void declare_surroundings(Declaration& on, Typed& typed) {
  using enum ValueKind;
  Settings& s = typed.settings;
  on.group("Beacons");
  on.flag("--no-beacon", typed.no_beacon, "Neither send nor hear beacons");
  on.option("--beacon-port", s.beacon_port, "UDP port", number, "GAVEL_BEACON_PORT")
      ->check(CLI::Range(1, 65535))
      ->capture_default_str();
  on.option("--beacon-address", s.beacon_address, "Broadcast or multicast address (the network's if not given)", text,
            "GAVEL_BEACON_ADDRESS")
      ->type_name("ADDRESS");
  on.unset("the network's broadcast address");

  on.group("What it tells: a log to stderr, metrics by HTTP");
  on.option("--log-level", s.log_level, "What is logged; gavel log-level changes it later", text, "GAVEL_LOG_LEVEL")
      ->check(CLI::IsMember(std::vector<std::string>(kLogLevelNames.begin(), kLogLevelNames.end())))
      ->capture_default_str();
  on.option("--log-format", typed.log_format, "text, or json: one object a line", text, "GAVEL_LOG_FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  on.option(
        "--metrics", s.metrics,
        "ADDRESS or ADDRESS:PORT (a free one if not given): serve Prometheus metrics at http://ADDRESS:PORT/metrics",
        text, "GAVEL_METRICS")
      ->check(check_address)
      ->type_name("ADDRESS");
  on.unset("no metrics are served");
}

}  // namespace

std::vector<Declared> declare_options(CLI::App& app, Typed& typed) {
  std::vector<Declared> all;
  Declaration on(app, all);
  Settings& s = typed.settings;
  declare_node(on, s);
  on.flag("--console", s.console,
          "Answer report, servers, clients, log and help on the standard input even if that is no terminal");
  on.flag("--allow-faults", s.allow_faults,
          "Take faults to inject from whoever asks: for demonstrations and tests, never for real sales");
  on.flag("--allow-restore", s.allow_restore,
          "Take an auction's state from whoever hands one over (gavel restore FILE AUCTION)", "GAVEL_ALLOW_RESTORE");
  declare_timing(on, typed);
  declare_disk(on, typed);
  declare_surroundings(on, typed);
  on.group("Configuration file (TOML; its keys are these options without the dashes; flags and environment win)");
  on.option("--config", typed.config, "Read this file", ValueKind::text, "GAVEL_CONFIG")->type_name("FILE");
  on.not_in_file("one file is read, and names no other");
  on.flag("--check-config", typed.check_config, "Print what the node would run with, and where from; start nothing");
  on.not_in_file("it is asked for on the command line");
  return all;
}

}  // namespace gavel::node
