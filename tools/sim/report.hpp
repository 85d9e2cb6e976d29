// What gavel-sim prints at its end: a table for people, or JSON.
#pragma once

#include <string>

#include "tools/sim/jobs.hpp"

namespace gavel::sim {

std::string table_of(const Campaign& campaign, const Tally& result, double seconds);
std::string json_of(const Campaign& campaign, const Tally& result, double seconds);

}  // namespace gavel::sim
