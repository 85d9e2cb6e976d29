// Several users of the house in one program, each in a thread with a connection and a session of its own: what bidders,
// likers and talkers have in common. For demonstrations and tests.
#pragma once

#include <functional>
#include <string>

#include "client/cli/house.hpp"
#include "client/cli/output.hpp"

namespace gavel::cli {

/// "bidder-3", from 1 on; stays, and is sent to a gateway with few clients.
Settings settings_in_crowd(Settings settings, const std::string& what, std::size_t index);

/// Runs `one` with each index from 0 to `count` - 1 at the same time, until all have returned. Each one's Failure goes
/// to stderr under its name ("bidder-3"), the last one's code is returned; Ctrl-C is none.
Exit run_crowd(std::size_t count, const std::string& what, const std::function<void(std::size_t)>& one);

/// One write a line: the lines of several threads do not mix.
void print_line(const std::string& line);
void print_line(const Row& row);

/// Of CLOCK_MONOTONIC.
double millis(TimePoint at);

/// What every answer to a command tells an auditor.
Row audit_row(const client::Outcome& outcome, TimePoint sent, TimePoint answered);

}  // namespace gavel::cli
