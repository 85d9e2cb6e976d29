// How much a node logs, by the names that SetLogLevel, the command lines and the console share.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gavel {

/// That and what is more urgent.
enum class LogLevel : std::uint8_t { trace, debug, info, warn, error };

inline constexpr std::array<std::string_view, 5> kLogLevelNames{"trace", "debug", "info", "warn", "error"};
/// The same, for a sentence.
inline constexpr std::string_view kLogLevelList = "trace, debug, info, warn and error";

constexpr std::string_view name_of(LogLevel level) { return kLogLevelNames[static_cast<std::size_t>(level)]; }
/// Nothing for a name that is none.
constexpr std::optional<LogLevel> log_level_of(std::string_view name) {
  const auto at = std::find(kLogLevelNames.begin(), kLogLevelNames.end(), name);
  if (at == kLogLevelNames.end()) return std::nullopt;
  return static_cast<LogLevel>(at - kLogLevelNames.begin());
}

}  // namespace gavel
