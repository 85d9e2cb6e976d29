// What a node tells of itself in the Prometheus text format (node/README.md lists every name). Rendered on request from
// the node as it stands; a pure function of it and of what only the program around it can know.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/histogram.hpp"
#include "node/host/node.hpp"

namespace gavel::host {

/// Of the world around the node: its sockets and its disk. All but what waits is counted since the start.
struct Surroundings {
  std::uint64_t published = 0;        ///< frames
  std::uint64_t unsent_peer = 0;      ///< frames to nodes that were not connected or did not read
  std::uint64_t unsent_client = 0;    ///< the same of clients
  std::uint64_t wrong_frames = 0;     ///< messages of a wrong number of frames
  bool tapped = false;                ///< a sniffer listens
  Histogram syncs;                    ///< of the disk
  std::uint64_t bytes_written = 0;    ///< to the disk
  std::uint64_t unsubmitted = 0;      ///< writes that the storage's queue had no room for
  std::uint64_t storage_batches = 0;  ///< in the storage's queues
  std::uint64_t storage_bytes = 0;    ///< the same: of records not taken up yet
};

/// Groups that are told of one by one; of more only how many there are.
inline constexpr std::size_t kMostGroupsTold = 256;

std::string metrics(const Node& node, Now now, const Surroundings& around);

/// Of this process, as the operating system counts.
struct ProcessUsage {
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
};
std::string metrics(const ProcessUsage& usage);

}  // namespace gavel::host
