#include "common/store/archives.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "common/base/check.hpp"
#include "common/store/file.hpp"

namespace gavel::store {
namespace {

namespace fs = std::filesystem;

bool is_safe(const std::string& name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace

std::string archive_directory(const std::string& log_directory) {
  return (fs::path(log_directory).parent_path() / "archive").string();
}

Result<void> write_archive(const std::string& directory, const std::string& name, BytesView bytes) {
  GAVEL_CHECK(is_safe(name), "store: an archive's name stays within its directory");
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    fs::create_directories(directory, error);
    if (error) return fail(directory + ": cannot be made: " + error.message());
    if (auto synced = sync_directory(fs::absolute(directory).parent_path().string()); !synced) return synced;
  }
  auto written = replace_file(directory, name, bytes);
  if (!written) fs::remove(fs::path(directory) / (name + ".new"), error);  // its room may be wanted
  return written;
}

}  // namespace gavel::store
