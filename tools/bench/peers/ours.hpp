// Gavel under the same load as a peer: by `gavel-bench bids`, a process of its own with three nodes of its own, so that
// a peer's figure and ours are never taken with each other's threads, memory or caches.
#pragma once

#include <string>

#include "client/cli/output.hpp"
#include "tools/bench/peers/load.hpp"

namespace gavel::peers {

/// The row of what it measured. `program` is gavel-bench; its data and what it says go below `place`. Throws
/// cli::Failure.
cli::Row measure_ours(const std::string& program, const Place& place, const Load& load, bool durable);

/// Connections that share so many bids in flight evenly: at least eight if there are as many bids, and no more bids to
/// each than one session allows.
std::size_t clients_for(std::size_t in_flight);

}  // namespace gavel::peers
