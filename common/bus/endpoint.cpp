#include "common/bus/endpoint.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <memory>
#include <string_view>

namespace gavel::bus {
namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr int kLastBasePort = 65533;

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail("'" + std::string(text) + "' is no port: it is a number from 1 to 65535");
  }
  return port;
}

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

Result<HostPort> split(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return HostPort{text, 0};
  const auto port = parse_port(std::string_view(text).substr(colon + 1));
  if (!port) return tl::make_unexpected(port.error());
  return HostPort{text.substr(0, colon), *port};
}

bool is_numeric_ipv4(const std::string& host) {
  in_addr parsed{};
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1;
}

}  // namespace

Result<Address> parse_address(const std::string& text) {
  auto parts = split(text);
  if (!parts) return tl::make_unexpected(parts.error());
  if (!is_numeric_ipv4(parts->host)) return fail("'" + text + "' is no IPv4 address with or without a port");
  return Address{std::move(parts->host), parts->port};
}

Result<Address> resolve(const std::string& host_port) {
  const auto parts = split(host_port);
  if (!parts) return tl::make_unexpected(parts.error());
  if (parts->host.empty() || parts->port == 0) return fail("'" + host_port + "' should be host:port");
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(parts->host.c_str(), nullptr, &wanted, &found);
  if (error != 0) return fail("cannot find '" + parts->host + "': " + gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  char text[INET_ADDRSTRLEN] = {};
  inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr, text, sizeof text);
  return Address{text, parts->port};
}

Result<Address> parse_endpoint(const std::string& endpoint) {
  if (endpoint.starts_with(kTcp)) {
    const auto address = parse_address(endpoint.substr(kTcp.size()));
    if (address && address->port != 0 && address->host != "0.0.0.0") return address;
  }
  return fail("'" + endpoint.substr(0, 64) + "' is no endpoint: it should be tcp://a.b.c.d:port");
}

std::string to_endpoint(const Address& address) {
  return std::string(kTcp) + address.host + ":" + std::to_string(address.port);
}

Result<Endpoints> endpoints_at(const Address& base) {
  if (base.port == 0 || base.port > kLastBasePort) {
    return fail("a node's first port is 1 to " + std::to_string(kLastBasePort) + ", not " + std::to_string(base.port) +
                ": it takes three in a row");
  }
  const auto at = [&](int offset) { return to_endpoint({base.host, static_cast<std::uint16_t>(base.port + offset)}); };
  return Endpoints{.client = at(0), .peer = at(1), .pub = at(2)};
}

}  // namespace gavel::bus
