// Files that are written whole.
#pragma once

#include <string>

namespace gavel::bench {

/// Throws cli::Failure{usage} if the file could not be written, before anything was measured for it.
void check_writable(const std::string& option, const std::string& file);
/// Throws cli::Failure.
void write_file(const std::string& file, const std::string& content);
std::string read_file(const std::string& option, const std::string& file);

}  // namespace gavel::bench
