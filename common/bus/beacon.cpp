#include "common/bus/beacon.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/base/check.hpp"
#include "common/bus/endpoint.hpp"

namespace gavel::bus {
namespace {

constexpr Duration kFastPhase = 1s;
constexpr Duration kLeastGap = 20ms;
constexpr int kReceiveAtOnce = 64;

class Socket {
 public:
  Socket() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

  template <class T>
  bool set(int level, int option, const T& value) {
    return setsockopt(fd_, level, option, &value, sizeof value) == 0;
  }
  bool bind_to(const sockaddr_in& address) {
    return ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

 private:
  int fd_;
};

std::string text_of(const sockaddr_in& address) {
  char host[INET_ADDRSTRLEN] = {};
  inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
  return std::string(host) + ":" + std::to_string(ntohs(address.sin_port));
}

Result<sockaddr_in> socket_address(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return fail("'" + host + "' is no IPv4 address");
  return address;
}

bool is_loopback(in_addr address) { return (ntohl(address.s_addr) >> 24U) == 127; }
bool is_multicast(in_addr address) { return IN_MULTICAST(ntohl(address.s_addr)); }

/// The broadcast address of the interface that has the address `own`.
Result<in_addr> broadcast_of(in_addr own, const std::string& listen) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return fail(std::string("cannot list the network interfaces: ") + std::strerror(errno));
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, freeifaddrs);
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    if (reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr.s_addr != own.s_addr) continue;
    if ((each->ifa_flags & IFF_BROADCAST) == 0 || each->ifa_broadaddr == nullptr) break;
    return reinterpret_cast<const sockaddr_in*>(each->ifa_broadaddr)->sin_addr;
  }
  return fail("no network interface has the address " + listen +
              " and a broadcast address; give the beacon an address");
}

Result<sockaddr_in> group_address(const BeaconOptions& options, const sockaddr_in& own, const std::string& listen) {
  if (!options.address.empty()) return socket_address(options.address, options.port);
  if (is_loopback(own.sin_addr)) return socket_address("127.255.255.255", options.port);
  const auto found = broadcast_of(own.sin_addr, listen);
  if (!found) return tl::make_unexpected(found.error());
  sockaddr_in group{};
  group.sin_family = AF_INET;
  group.sin_port = htons(options.port);
  group.sin_addr = *found;
  return group;
}

tl::unexpected<Error> system_failure(const std::string& what) { return fail(what + ": " + std::strerror(errno)); }

}  // namespace

struct Beacon::Sockets {
  Socket in;
  Socket out;
  sockaddr_in group{};
  BeaconOptions options;
  Bytes announced;
  TimePoint fast_until = kLongAgo;
  TimePoint last_sent = kLongAgo;
  TimePoint next = kNever;

  Result<void> open(const sockaddr_in& own);
  bool send(BytesView bytes) const;
};

Result<void> Beacon::Sockets::open(const sockaddr_in& own) {
  if (in.fd() < 0 || out.fd() < 0) return system_failure("cannot make a socket for beacons");
  const bool multicast = is_multicast(group.sin_addr);
  // REUSEADDR alone: each of the sockets gets its own copy of a broadcast or multicast datagram.
  bool ok = in.set(SOL_SOCKET, SO_REUSEADDR, 1) && in.bind_to(group);
  if (ok && multicast) {
    const ip_mreq membership{group.sin_addr, own.sin_addr};
    ok = in.set(IPPROTO_IP, IP_ADD_MEMBERSHIP, membership) && in.set(IPPROTO_IP, IP_MULTICAST_ALL, 0);
  }
  if (!ok) return system_failure("cannot receive beacons at " + text_of(group));
  sockaddr_in source = own;
  source.sin_port = 0;
  ok = out.set(SOL_SOCKET, SO_BROADCAST, 1) && out.bind_to(source);
  if (ok && multicast) {
    const unsigned char on = 1;
    ok = out.set(IPPROTO_IP, IP_MULTICAST_IF, own.sin_addr) && out.set(IPPROTO_IP, IP_MULTICAST_LOOP, on) &&
         out.set(IPPROTO_IP, IP_MULTICAST_TTL, on);
  }
  if (!ok) return system_failure("cannot send beacons from " + text_of(own));
  return {};
}

bool Beacon::Sockets::send(BytesView bytes) const {
  GAVEL_CHECK(!bytes.empty() && bytes.size() <= kMaxBeaconBytes, "a beacon has 1 to kMaxBeaconBytes");
  const ssize_t sent = sendto(out.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&group), sizeof group);
  return sent == static_cast<ssize_t>(bytes.size());
}

Beacon::Beacon(std::unique_ptr<Sockets> sockets) : sockets_(std::move(sockets)) {}
Beacon::Beacon(Beacon&&) noexcept = default;
Beacon& Beacon::operator=(Beacon&&) noexcept = default;
Beacon::~Beacon() = default;

Result<Beacon> Beacon::open(const BeaconOptions& options, const std::string& listen) {
  const auto own = socket_address(listen, 0);
  if (!own) return tl::make_unexpected(own.error());
  const auto group = group_address(options, *own, listen);
  if (!group) return tl::make_unexpected(group.error());
  auto sockets = std::make_unique<Sockets>();
  sockets->group = *group;
  sockets->options = options;
  if (const auto opened = sockets->open(*own); !opened) return tl::make_unexpected(opened.error());
  return Beacon(std::move(sockets));
}

void Beacon::announce(Bytes bytes, TimePoint now) {
  GAVEL_CHECK(bytes.size() <= kMaxBeaconBytes, "a beacon has at most kMaxBeaconBytes");
  Sockets& s = *sockets_;
  if (s.announced.empty()) s.fast_until = now + kFastPhase;
  s.announced = std::move(bytes);
  s.next = s.announced.empty() ? kNever : now;
  tick(now);
}

void Beacon::send_now(TimePoint now) {
  Sockets& s = *sockets_;
  if (s.announced.empty()) return;
  s.next = std::min(s.next, std::max(now, s.last_sent + kLeastGap));
  tick(now);
}

bool Beacon::send(BytesView bytes) { return sockets_->send(bytes); }

TimePoint Beacon::next_deadline() const { return sockets_->next; }

void Beacon::tick(TimePoint now) {
  Sockets& s = *sockets_;
  if (now < s.next) return;
  s.send(s.announced);
  s.last_sent = now;
  s.next = now + (now < s.fast_until ? s.options.first_interval : s.options.interval);
}

int Beacon::fd() const { return sockets_->in.fd(); }

int Beacon::receive(const std::function<void(BytesView, const std::string&)>& on_datagram) {
  std::array<char, kMaxBeaconBytes + 1> buffer;
  int count = 0;
  for (; count < kReceiveAtOnce; ++count) {
    sockaddr_in from{};
    socklen_t length = sizeof from;
    const ssize_t got =
        recvfrom(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &length);
    if (got < 0) break;
    if (got > 0 && static_cast<std::size_t>(got) <= kMaxBeaconBytes) {
      on_datagram(BytesView(buffer.data(), static_cast<std::size_t>(got)), text_of(from));
    }
  }
  return count;
}

}  // namespace gavel::bus
