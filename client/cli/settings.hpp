// What holds for every command of the program: whom to talk to, as whom, and how to print.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace gavel::cli {

enum class Format { table, json, jsonl };

struct Settings {
  std::string cluster = "gavel";
  /// "host:port" of gateways, as the user wrote them.
  std::vector<std::string> nodes;
  /// Where beacons are heard: an own address, the broadcast or multicast address (empty: chosen from the former), a
  /// port.
  std::string beacon_interface = "127.0.0.1";
  std::string beacon_address;
  std::uint16_t beacon_port = 7420;
  /// How long a call may take, all attempts together.
  Duration timeout = 5s;
  /// As whom bids and items are made.
  std::string as;
  Format format = Format::table;
  /// The program will be there for a while, and may be sent to another gateway.
  bool stays = false;
  /// Tell on stderr what the client does about gateways and sessions.
  bool verbose = false;
};

}  // namespace gavel::cli
