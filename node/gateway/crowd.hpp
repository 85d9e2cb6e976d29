// Which gateway a client is to go through, when not this one: the one with the fewest clients for those who stay, any
// that has room when this one is full or about to leave. What a crowd that came at once left uneven, or a node that
// came back, is evened out afterwards, a few clients at a time. Decides on what it is told, and remembers only whom it
// sent on a moment ago, because the others' counts are known no sooner than their next beats. Bounded (invariant 10).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/wire/client_messages.hpp"

namespace gavel::gateway {

/// Another gateway that could take clients.
struct Neighbour {
  Uid uid;
  std::string endpoint;    ///< for clients
  std::uint32_t load = 0;  ///< clients that it serves
  std::uint32_t room = 0;  ///< at most
};

class Crowd {
 public:
  /// A client is sent on so often; whoever comes all the same is kept.
  static constexpr std::uint32_t kMostRedirects = 2;
  /// Places above `room` for those who were sent on, do not stay, and come back: they want this very node.
  static constexpr std::uint32_t kAside = 16;
  /// How long a client waits when everybody is full.
  static constexpr Duration kFullPause = 500ms;
  /// A gateway sends some on that has so many clients more, and a tenth of the mean, than the one with the fewest: so
  /// all are within a tenth of even, and nobody is moved to and fro by a few who come and go. One with few keeps them.
  static constexpr std::uint32_t kSlack = 4;
  static constexpr std::uint32_t kFew = 8;
  /// As many at once, and then not before the others' beats tell what came of it.
  static constexpr std::uint32_t kEvenedOutAtOnce = 8;
  static constexpr Duration kEvenOut = 250ms;

  struct Own {
    std::uint32_t clients = 0;  ///< without the newcomer
    std::uint32_t room = 0;
    bool leaving = false;  ///< the operator drains this node
  };

  /// What to answer the newcomer's Hello with; nothing: welcome.
  std::optional<wire::Redirect> judge(TimePoint now, const Own& own, const wire::Hello& hello,
                                      const std::vector<Neighbour>& others);
  /// Where a client that is here is to go because this node leaves; nothing: nobody has room.
  std::optional<wire::Redirect> send_away(TimePoint now, ClientId client, const std::vector<Neighbour>& others);
  bool may_even_out(TimePoint now, std::uint32_t clients) const {
    return clients > kFew && now >= evened_out_ + kEvenOut;
  }
  /// How many who stay here are to go now, because others have fewer.
  std::uint32_t surplus(TimePoint now, const Own& own, const std::vector<Neighbour>& others);
  /// Where one of them is to go; nothing: nobody has fewer any more.
  std::optional<wire::Redirect> even_out(TimePoint now, ClientId client, std::uint32_t own,
                                         const std::vector<Neighbour>& others);

 private:
  static constexpr std::size_t kMostNamed = 3;
  static constexpr std::size_t kMostRemembered = 4096;
  /// By then the others' beats have told of whoever was sent to them.
  static constexpr Duration kBeatLag = 200ms;

  /// Those with fewer clients than `below` and room, the fewest first.
  std::vector<Neighbour> better(TimePoint now, ClientId client, std::uint32_t below, std::vector<Neighbour> others);
  std::optional<wire::Redirect> send_to(TimePoint now, const std::vector<Neighbour>& chosen, std::string reason);

  struct Sent {
    TimePoint at;
    Uid to;
  };
  std::deque<Sent> sent_;
  TimePoint evened_out_ = kLongAgo;
};

}  // namespace gavel::gateway
