#include "client/cli/chat_commands.hpp"

#include <array>
#include <string_view>

#include "client/cli/room_calls.hpp"
#include "client/cli/rows.hpp"
#include "client/cli/shell.hpp"
#include "common/base/nearest.hpp"

namespace gavel::cli {
namespace {

/// How long somebody is muted if nothing else is said.
constexpr const char* kUsualMute = "10m";

struct SlashHelp {
  std::string_view name, arguments, about;
};
constexpr std::array<SlashHelp, 8> kSlashes{{{"/who", "", "who is here, and who serves the room"},
                                             {"/invite", " NAME", "NAME may enter this private room"},
                                             {"/uninvite", " NAME", "and no longer"},
                                             {"/mute", " NAME [10m]", "NAME says nothing for so long"},
                                             {"/unmute", " NAME", "NAME may speak again"},
                                             {"/moderator", " NAME", "NAME moderates, too"},
                                             {"/leave", "", "leave the room; Ctrl-D does as well"},
                                             {"/help", "", "this list; // says a text that begins with /"}}};

std::string quoted_word(const std::string& text) { return "'" + harmless(shortened(text)) + "'"; }

const SlashHelp& slash_called(const std::string& name) {
  for (const auto& one : kSlashes)
    if (one.name == name) return one;
  const auto meant = nearest(name, slash_names());
  fail_with(Exit::usage, quoted_word(name) + " is nothing that can be done here" +
                             (meant.empty() ? "" : "; did you mean " + meant + "?") +
                             "; /help lists what there is, // says a text that begins with /");
}

}  // namespace

std::string shortened(const std::string& text) {
  constexpr std::size_t kEnough = 40;
  if (text.size() <= kEnough) return text;
  std::size_t cut = kEnough;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;  // not within a character
  return text.substr(0, cut) + "...";
}

std::vector<std::string> slash_names() {
  std::vector<std::string> names;
  for (const auto& one : kSlashes) names.emplace_back(one.name);
  return names;
}

std::string slash_help() {
  constexpr std::size_t kWidth = 22;
  std::string text;
  for (const auto& one : kSlashes) {
    const std::string usage = std::string(one.name) + std::string(one.arguments);
    text += (text.empty() ? "  " : "\n  ") + usage + std::string(kWidth - usage.size(), ' ') + std::string(one.about);
  }
  return text;
}

Slash read_slash_command(const std::string& line, const std::string& room, const chat::Speaker& who) {
  const auto words = split_words(line);
  if (!words) fail_with(Exit::usage, words.error().message);
  const auto& help = slash_called(words->front());
  const std::size_t least = help.arguments.empty() ? 1 : 2;
  const std::size_t most = help.name == "/mute" ? 3 : least;
  if (words->size() < least || words->size() > most)
    fail_with(Exit::usage, "write " + std::string(help.name) + std::string(help.arguments));
  if (help.name == "/who") return {SlashWhat::who, {}};
  if (help.name == "/leave") return {SlashWhat::leave, {}};
  if (help.name == "/help") return {SlashWhat::help, {}};
  const std::string& name = (*words)[1];
  check_member_name(name);
  if (help.name == "/invite" || help.name == "/uninvite")
    return {SlashWhat::command, chat::Invite{room, who, name, help.name == "/invite"}};
  if (help.name == "/moderator") return {SlashWhat::command, chat::Appoint{room, who, name, true}};
  if (help.name == "/unmute") return {SlashWhat::command, chat::Mute{room, who, name, {}}};
  const auto length = parse_duration(words->size() == 3 ? words->back() : kUsualMute);
  if (!length) fail_with(Exit::usage, length.error().message);
  return {SlashWhat::command, chat::Mute{room, who, name, *length}};
}

}  // namespace gavel::cli
