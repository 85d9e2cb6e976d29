// The whole run: rounds of peers, each with ours before it, and each in a process of its own.
#pragma once

#include <ostream>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/turn.hpp"

namespace gavel::peers {

/// Fills `comparison`, also when it ends by an exception. False: something could not be measured, as it was told.
/// Throws cli::Failure if interrupted.
bool run_rounds(const RunOptions& options, const Scratch& scratch, Comparison& comparison, const Tell& tell);

/// What such a process does: a turn, of which it prints to `out` what run_rounds() reads.
cli::Exit run_turn(const Known& peer, const RunOptions& options, const Scratch& scratch, const Tell& tell,
                   std::ostream& out);

}  // namespace gavel::peers
