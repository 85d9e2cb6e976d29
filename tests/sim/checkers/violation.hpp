// What a checker says when an invariant of PROTOCOL.md §10 does not hold. It ends the run.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace gavel::sim {

/// The numbers are those of PROTOCOL.md §10.
enum class Invariant : std::uint8_t {
  election_safety = 1,
  log_matching = 2,
  leader_completeness = 3,
  total_order = 4,
  fifo = 5,
  durability = 6,
  exactly_once = 7,
  linearizability = 8,
  liveness = 9,
  boundedness = 10,
  contract = 11,  ///< not the protocol's, but that of the code: an assertion failed, an operation out of order
  placement = 12  ///< the house's: who has a seat, who serves what, what may be given up
};

const char* name_of(Invariant invariant);

class Violation : public std::runtime_error {
 public:
  Violation(Invariant which, const std::string& what) : std::runtime_error(what), invariant(which) {}
  Invariant invariant;
};

/// "P4 total order: ..."
std::string describe(const Violation& violation);

}  // namespace gavel::sim
