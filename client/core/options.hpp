// What a client is told at its start: whom it looks for, and how patient it is. The defaults suit a cluster with the
// default heartbeat and suspicion times (50 ms and 300 ms); simulations scale them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/base/ids.hpp"
#include "common/base/time.hpp"

namespace gavel::client {

struct Options {
  std::string cluster;
  /// Tells this run of the program from all others; drawn at random, never 0.
  ClientId id;
  /// Who the client says it is; may be empty.
  std::string name;
  /// Endpoints ("tcp://a.b.c.d:port") of gateways to try before all others.
  std::vector<std::string> gateways;
  /// Go to no other gateway than those given, whatever beacons and gateways tell.
  bool only_given = false;
  /// It will stay for a while, and rather goes to the gateway with the fewest clients (Redirect).
  bool stays = false;

  /// From connecting until Welcome must have come.
  Duration connect_timeout = 400ms;
  /// A gateway that says nothing for so long, although it was pinged, is left.
  Duration silence_timeout = 400ms;
  /// A living gateway that has not answered a call for so long is left for another one, which gets the call again under
  /// the same number. Grows by half with each attempt of a call, up to `attempt_timeout_max`.
  Duration attempt_timeout = 600ms;
  Duration attempt_timeout_max = 2400ms;
  /// Pings: while calls are open, while only watching, and otherwise (a gateway forgets a client after a minute).
  Duration ping_busy = 100ms;
  Duration ping_watching = 500ms;
  Duration ping_idle = 15s;
  /// A gateway that failed is not tried again for so long; doubles with each failure in a row up to the second one.
  Duration avoid = 50ms;
  Duration avoid_max = 1s;
  /// Between two probes for beacons while no gateway is known.
  Duration probe_interval = 200ms;
  /// Before a call is sent again that the gateway could not place (unknown group, lost).
  Duration retry_pause = 50ms;
  /// How long the gateways may say that they know no such group before that is believed: they learn of groups one after
  /// another.
  Duration unknown_group_patience = 600ms;
  /// A silent watch is asked for again so often, lest it was lost or its group unknown to the gateway.
  Duration watch_refresh = 1s;

  /// Commands of one session that may be under way at once; far below what a session keeps replies for.
  std::uint64_t window = 32;
  /// Calls leave at once while none is under way. What is called meanwhile gathers and leaves in one frame, when all
  /// answers have come, or so long after the frame before.
  Duration gather = 4ms;
  /// Calls that may be open at once, queued ones included; one more completes as busy at once.
  std::size_t max_calls = 1024;
  /// Gateways remembered.
  std::size_t max_gateways = 256;
};

}  // namespace gavel::client
