// The clients of this gateway: who they are, when they were last heard, and how many of their calls are under way. A
// client that is silent for too long is forgotten; it says hello again when it comes back. Bounded (invariant 10).
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/wire/client_messages.hpp"

namespace gavel::gateway {

struct Client {
  ClientId id;
  std::string name;
  TimePoint heard;
  bool stays = false;
  bool sent_on = false;          ///< it was told to go elsewhere
  std::uint32_t redirected = 0;  ///< times that it was, before it came here
  std::size_t calls = 0;         ///< under way
};

class Clients {
 public:
  static constexpr std::size_t kMost = 16384;
  static constexpr Duration kIdle = 60s;

  /// Null if there is no room for another one.
  Client* welcome(TimePoint now, BytesView routing_id, const wire::Hello& hello);
  /// Null if it has not said hello, or was forgotten.
  Client* find(BytesView routing_id);
  void forget(BytesView routing_id);
  /// Forgets those that were not heard for kIdle, and names them.
  std::vector<Bytes> forget_idle(TimePoint now);
  std::size_t size() const { return clients_.size(); }
  const auto& all() const { return clients_; }
  auto& all() { return clients_; }

 private:
  std::map<Bytes, Client, std::less<>> clients_;
};

}  // namespace gavel::gateway
