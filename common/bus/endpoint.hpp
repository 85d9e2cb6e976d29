// Addresses of a node's three sockets. A node takes three consecutive ports, so that people name a node by one
// "host:port", the first of them, in `--node` as in `--join`. Endpoints that come from outside (a beacon, a message)
// are checked here before ZeroMQ sees them: only tcp, only numbers, so that nobody can make a node resolve a name or
// open a local socket.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.hpp"

namespace gavel::bus {

/// An IPv4 address and a port, both numeric: host "127.0.0.1", port 1 to 65535 (0 where a caller says "any").
struct Address {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const Address&) const = default;
};

/// Where a node can be reached, each as "tcp://a.b.c.d:port".
struct Endpoints {
  std::string client;  ///< its ROUTER for clients: the base port
  std::string peer;    ///< its ROUTER for other nodes: base port + 1
  std::string pub;     ///< its PUB: base port + 2

  bool operator==(const Endpoints&) const = default;
};

/// "a.b.c.d:port" or "a.b.c.d" (port 0); numeric only.
Result<Address> parse_address(const std::string& text);
/// "host:port" as a person types it, where host may be a name: asks the system's resolver, which may take seconds.
Result<Address> resolve(const std::string& host_port);
/// "tcp://a.b.c.d:port" from outside; fails for anything else, port 0 and 0.0.0.0 included.
Result<Address> parse_endpoint(const std::string& endpoint);
std::string to_endpoint(const Address& address);
/// The three sockets of the node whose base port this is; 1 <= port <= 65533.
Result<Endpoints> endpoints_at(const Address& base);

}  // namespace gavel::bus
