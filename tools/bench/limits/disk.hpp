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

}  // namespace gavel::bench
