// What one types in a room that is not said there: "/mute ben 10m".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/wire/services/chat.hpp"

namespace gavel::cli {

enum class SlashWhat { command, who, leave, help };

struct Slash {
  SlashWhat what = SlashWhat::command;
  /// For the room; nothing for the others.
  std::optional<chat::Command> command;
};

/// Throws Failure{usage}, with what would be right.
Slash read_slash_command(const std::string& line, const std::string& room, const chat::Speaker& who);
/// "/help", "/invite", …
std::vector<std::string> slash_names();
/// A line each.
std::string slash_help();

/// Of a text, so much that one knows it again.
std::string shortened(const std::string& text);

}  // namespace gavel::cli
