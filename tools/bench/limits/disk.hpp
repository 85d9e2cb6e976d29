// What the disk itself does: one block of 4 KiB written and synced after the other, as one durable bid needs it at
// least.
#pragma once

#include <cstdint>
#include <string>

#include "tools/bench/figures/latencies.hpp"

namespace gavel::bench {

enum class Layout : std::uint8_t {
  growing,  ///< each block makes the file longer: a sync writes its metadata too
  recycled  ///< a file that is whole already is written anew from its beginning, as the log store does
};

/// fdatasync after each block, in a file in `directory` that is gone afterwards. Throws cli::Failure.
Latencies sync_blocks(const std::string& directory, Layout layout, Duration length);
/// So many of them at the same time, each in a thread and a recycled file of its own, as so many nodes on one disk. On
/// some machines that is far faster for each than one alone, whose disk or core falls asleep in between.
Latencies sync_together(const std::string& directory, std::size_t writers, Duration length);

}  // namespace gavel::bench
