// Where the program keeps what it remembers of its user from one run to the next.
#pragma once

#include <string>

namespace gavel::cli {

/// $XDG_STATE_HOME/gavel/NAME, or ~/.local/state/gavel/NAME; the directory is made if there is none. Empty if there is
/// no place to keep anything.
std::string state_file(const std::string& name);

}  // namespace gavel::cli
