// What gavel-node is told: by its command line, by its environment (GAVEL_*) and by its configuration file, in this
// order. settings_options.hpp declares what there is, settings_sources.hpp says which one counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/time.hpp"

namespace gavel::node {

struct Settings {
  std::string data_directory;
  bool bootstrap = false;
  std::string restore;            ///< a backup to found the cluster from; empty: none
  bool rejoin_if_damaged = true;  ///< as a new node; otherwise that is an error
  std::string cluster = "gavel";
  std::string name;  ///< empty: made from the uid
  std::string listen = "127.0.0.1";
  std::optional<std::uint16_t> priority;
  std::uint32_t slots = 16;
  std::string processors;     ///< to run on, as bus::parse_processors() takes them; empty: any
  std::uint32_t room = 4096;  ///< clients at most
  Duration heartbeat = 60ms;
  Duration suspicion = 300ms;
  Duration hold_down = 3s;
  Duration replace_after = 5s;
  bool durable = true;
  std::vector<std::string> seeds;  ///< "host:port" as typed
  bool beacon = true;
  std::uint16_t beacon_port = 7420;
  std::string beacon_address;  ///< empty: the network's broadcast address
  std::string metrics;         ///< "a.b.c.d" or "a.b.c.d:port", where they are served; empty: nowhere
  bool console = false;        ///< even if the standard input is no terminal
  std::string log_level = "info";
  bool log_json = false;
  bool allow_faults = false;
  bool allow_restore = false;
  Duration sync_delay{};  ///< a fault to inject: a slow disk
  Duration retain_closed = 1h;
};

/// The settings, or the code to end with at once: 0 after --help, --version or --check-config, 2 for usage (the reason
/// is printed).
std::variant<Settings, int> read_settings(int argc, char** argv);

}  // namespace gavel::node
