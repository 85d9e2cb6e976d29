// Where each setting comes from: a flag, else the environment, else the configuration file, else its default. The file
// is judged strictly and as a whole, also where a flag wins: a key that nobody knows or a value that makes no sense is
// an error with its line.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "node/settings_options.hpp"

namespace gavel::node {

/// By key: "flag", "environment GAVEL_SLOTS", "gavel.toml:3"; not there: the default.
using Sources = std::map<std::string, std::string>;

/// Of what was parsed from the command line and the environment.
Sources sources_of(const std::vector<Declared>& declared, int argc, const char* const* argv);
/// Sets what neither a flag nor the environment set. Error: "FILE:LINE: what is wrong and what would be right".
Result<void> apply_file(const std::string& path, const std::vector<Declared>& declared, Sources& sources);
/// What the node would run with, as TOML that could be its file, each with where it comes from.
std::string effective(const std::vector<Declared>& declared, const Sources& sources);

}  // namespace gavel::node
