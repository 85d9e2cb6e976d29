// The words of a line of the shell: how a line is split into them, and what the one that is being typed may become.
#include <algorithm>
#include <utility>

#include "client/cli/shell.hpp"
#include "common/wire/log_levels.hpp"

namespace gavel::cli {

Result<std::vector<std::string>> split_words(const std::string& line) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        *word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      if (!word) word.emplace();
    } else if (c == ' ' || c == '\t') {
      if (word) words.push_back(*std::exchange(word, std::nullopt));
    } else {
      if (!word) word.emplace();
      *word += c;
    }
  }
  if (quote != 0) return fail(std::string("a ") + quote + " is not closed");
  if (word) words.push_back(*word);
  return words;
}

std::vector<std::string> Shell::complete(const std::string& before, const std::string& word) {
  std::vector<std::string> all;
  const auto words = split_words(before);
  if (words && words->empty()) {
    CLI::App app;
    Context nothing;
    add_commands(app, nothing);
    for (const CLI::App* command : app.get_subcommands({})) all.push_back(command->get_name());
    for (const char* own : {"exit", "help", "quit", "unchat", "unwatch"}) all.emplace_back(own);
  } else if (words && words->size() == 1 && words->front() == "items") {
    all = {"add", "list"};
  } else if (words && words->size() == 1 && words->front() == "room") {
    all = {"invite", "moderator", "mute", "open", "rules", "uninvite", "unmute"};
  } else if (words && words->size() == 2 && words->front() == "log-level") {
    all.assign(kLogLevelNames.begin(), kLogLevelNames.end());
  } else if (words && !words->empty()) {
    static const std::set<std::string> kOfNodes{"drain", "undrain", "remove", "clients", "log-level"};
    static const std::set<std::string> kOfGroups{"members", "verify", "backup", "transfer-leader", "ring"};
    static const std::set<std::string> kOfRooms{"chat", "unchat", "say", "who", "room", "talkers"};
    const bool wants_node =
        kOfNodes.contains(words->front()) || (words->front() == "transfer-leader" && words->size() == 2);
    const auto& known = wants_node ? nodes_ : ids_;
    all.assign(known.begin(), known.end());
    if (words->front() == "log-level") all.emplace_back("all");
    if (!wants_node && kOfGroups.contains(words->front())) {
      all.emplace_back("directory");
      for (const auto& service : kStandingServices) all.emplace_back(service.name);
    }
    if (kOfRooms.contains(words->front())) {
      all.emplace_back(chat::kLobby);
      all.insert(all.end(), rooms_.begin(), rooms_.end());
      for (const std::string& joined_room : context_.rooms->names()) all.push_back(joined_room);
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  all.erase(std::remove_if(all.begin(), all.end(), [&](const std::string& one) { return one.rfind(word, 0) != 0; }),
            all.end());
  return all;
}

}  // namespace gavel::cli
