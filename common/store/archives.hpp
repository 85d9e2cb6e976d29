// What is kept of a group whose log goes: one file each, in a directory beside the log. A file is there as a whole or
// not at all, and durable before the log is touched; what it holds is for others to say.
#pragma once

#include <string>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace gavel::store {

/// Where the archives of the log in `log_directory` are.
std::string archive_directory(const std::string& log_directory);
/// `name`: lower-case letters, digits, dashes and points. A file of that name is replaced. Error: names the file, and
/// nothing of it is left behind.
Result<void> write_archive(const std::string& directory, const std::string& name, BytesView bytes);

}  // namespace gavel::store
