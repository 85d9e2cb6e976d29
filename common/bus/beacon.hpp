// UDP beacons: how nodes and clients find each other without a list of addresses. Sends the bytes it was given at an
// interval (faster at first) and receives everybody's, its own included; what the bytes mean is the caller's business.
// Broadcast or multicast, by the address; on one machine 127.255.255.255, where every process on the port hears all.
// Receives on a socket bound to the group's address itself, so nothing else that arrives at the port gets in.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace gavel::bus {

/// A datagram longer than this is neither sent nor received (bytes).
inline constexpr std::size_t kMaxBeaconBytes = 1024;

struct BeaconOptions {
  bool enabled = true;
  /// The broadcast or multicast address. Empty: 127.255.255.255 when listening on loopback, otherwise the broadcast
  /// address of the interface that has the listen address.
  std::string address;
  std::uint16_t port = 7420;
  Duration interval = 1s;
  /// In the first second the interval is this, so that a cluster that starts at once finds itself at once.
  Duration first_interval = 100ms;
};

class Beacon {
 public:
  /// `listen`: the own IPv4 address that datagrams are sent from. Fails with a message that names address and port.
  static Result<Beacon> open(const BeaconOptions& options, const std::string& listen);
  Beacon(Beacon&&) noexcept;
  Beacon& operator=(Beacon&&) noexcept;
  ~Beacon();

  /// Sends `bytes` (1 to kMaxBeaconBytes) now and then at the interval. Call again to change them. Empty: stop.
  void announce(Bytes bytes, TimePoint now);
  /// Sends the announced bytes early, for instance to answer a probe; at most once in 20 ms, however often it is
  /// called.
  void send_now(TimePoint now);
  /// Sends other bytes once, for instance a client's probe. False if the system refused them.
  bool send(BytesView bytes);
  /// When tick() has something to send; kNever if nothing is announced.
  TimePoint next_deadline() const;
  void tick(TimePoint now);

  /// Becomes readable when a datagram waits.
  int fd() const;
  /// Hands over up to 64 waiting datagrams: the bytes and the sender's address "a.b.c.d:port". Returns how many.
  int receive(const std::function<void(BytesView datagram, const std::string& from)>& on_datagram);

 private:
  struct Sockets;
  explicit Beacon(std::unique_ptr<Sockets> sockets);
  std::unique_ptr<Sockets> sockets_;
};

}  // namespace gavel::bus
