#include "client/cli/state_place.hpp"

#include <cstdlib>
#include <filesystem>

namespace gavel::cli {

std::string state_file(const std::string& name) {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state == nullptr && home == nullptr) return {};
  const auto directory =
      (state != nullptr ? std::filesystem::path(state) : std::filesystem::path(home) / ".local/state") / "gavel";
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  return error ? std::string() : (directory / name).string();
}

}  // namespace gavel::cli
