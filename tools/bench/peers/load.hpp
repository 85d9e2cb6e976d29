// What a peer is put under, and what comes out. Closed: so many writes in flight, the next one as soon as one is done.
// Open: writes begin at a constant rate whatever happens, and a latency counts from when its write should have begun.
#pragma once

#include <cstdint>

#include "common/base/time.hpp"
#include "tools/bench/figures/latencies.hpp"
#include "tools/bench/peers/peer.hpp"

namespace gavel::peers {

struct Load {
  std::size_t in_flight = 1;
  double rate = 0;  ///< writes a second; 0: closed
  Duration warm_up = 1s;
  Duration measured = 5s;
};

struct Measured {
  double rate = 0;  ///< completed writes a second
  std::uint64_t writes = 0;
  bench::Latencies latencies;
  double client_cpu = 0;  ///< microseconds of processor time for each write: this process,
  double nodes_cpu = 0;   ///< ... and the peer's nodes together
};

/// Connects, loads, measures, disconnects. Throws cli::Failure, also if one write failed or the rate cannot be kept.
Measured measure(Peer& peer, const Load& load);

}  // namespace gavel::peers
