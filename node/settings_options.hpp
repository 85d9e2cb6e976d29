// What gavel-node can be told, each thing declared once: its name (the long option's, and the file's key), its
// environment variable, what values it takes and what it is for. Where a value comes from is the business of
// settings_sources.hpp.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "node/settings.hpp"

namespace gavel::node {

enum class ValueKind : std::uint8_t { text, number, fraction, flag, list };

/// What options write into, in the units that people type.
struct Typed {
  Settings settings;
  std::int64_t heartbeat_ms = 60;
  std::int64_t suspicion_ms = 300;
  std::int64_t hold_down_ms = 3000;
  std::int64_t sync_delay_ms = 0;
  double replace_after_s = 5;
  std::int64_t retain_closed_s = 3600;
  std::string durability = "fsync";
  std::string if_damaged = "rejoin";
  std::string log_format = "text";
  bool no_beacon = false;
  std::string config;  ///< the file
  bool check_config = false;
};

struct Declared {
  CLI::Option* option = nullptr;
  std::string key;  ///< "log-level"
  ValueKind kind = ValueKind::text;
  std::string not_in_file;  ///< why it may not stand in a file; empty: it may
  std::string unset;        ///< what it means not to give it, where there is no default value
};

/// In the order of the help. `app` and `typed` outlive what is returned.
std::vector<Declared> declare_options(CLI::App& app, Typed& typed);

}  // namespace gavel::node
