// The kinds of faults that a run may meet, by name: which of them a run is allowed (`gavel-sim --faults`), and how many
// of each it met.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace gavel::sim {

#define GAVEL_FAULTS(X)                                                               \
  X(loss, "messages lost")                                                            \
  X(duplicate, "messages delivered twice")                                            \
  X(reorder, "messages overtaken by later ones: delays with a long tail")             \
  X(drop, "bursts of PUB/SUB messages dropped at one subscriber")                     \
  X(clog, "links that hold everything back and let it through later")                 \
  X(cut, "links cut in one direction only")                                           \
  X(partition, "the cluster split in two, or one node cut off")                       \
  X(partial, "nodes that only some can reach, even after everything else has healed") \
  X(crash, "a process killed and started again")                                      \
  X(power, "all processes killed at once")                                            \
  X(torn, "a crash in the middle of writes to disk")                                  \
  X(pause, "a process stopped for a while (SIGSTOP)")                                 \
  X(clock, "a wall clock that jumps")                                                 \
  X(slow_disk, "a disk that syncs slowly for a while")                                \
  X(full_disk, "a disk that fails a write")                                           \
  X(lost_disk, "a disk lost or damaged: the node comes back under a new uid")         \
  X(death, "a node that dies for good")                                               \
  X(join, "a node added")                                                             \
  X(leave, "a node removed")                                                          \
  X(learner, "a node added as a learner only")                                        \
  X(drain, "a node drained for a while")                                              \
  X(remove, "a dead node struck off the directory by the operator")                   \
  X(shutdown, "a process told to end: it hands over, and is started again")           \
  X(rolling, "all processes told to end, one after the other")                        \
  X(transfer, "a lead handed over at the operator's word")                            \
  X(rank, "a node whose rank changes: idle before, busy now")                         \
  X(hint, "connections reported lost, rightly or wrongly")                            \
  X(mute, "a member whose orders nobody hears, although it beats")                    \
  X(observer, "gateways that are no members come and go")                             \
  X(aimed, "faults at the moment of a promise, a vote, a view, a configuration, an adoption, a commit")

enum class Fault : std::uint8_t {
#define X(name, text) name,
  GAVEL_FAULTS(X)
#undef X
};
#define X(name, text) +1
inline constexpr std::size_t kFaults = 0 GAVEL_FAULTS(X);
#undef X

using FaultSet = std::bitset<kFaults>;

std::string_view name_of(Fault fault);
std::string_view text_of(Fault fault);
/// "all", "none", or names with commas between them. Error: names the one that is not known, and those that are.
Result<FaultSet> parse_faults(const std::string& list);

}  // namespace gavel::sim
