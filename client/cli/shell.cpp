#include "client/cli/shell.hpp"

#include <unistd.h>

#include <algorithm>

#include "client/cli/state_place.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"
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

Shell::Shell(const Settings& settings) {
  context_.settings = settings;
  context_.settings.stays = true;
}

Exit Shell::run() { return ::isatty(STDIN_FILENO) != 0 ? run_terminal() : run_pipe(); }

void Shell::begin() {
  House& house = context_.house();
  context_.follower = std::make_unique<Follower>(
      house, [this](const Telling& telling) { on_telling(telling); }, true);
  try {
    for (const auto& item : house.items()) ids_.insert(item.id);
    for (const auto& auction : house.auctions(directory::Which::all)) ids_.insert(auction.id);
    for (const auto& node : house.nodes()) nodes_.insert(node.name);
  } catch (const Failure& failure) {
    if (failure.code == Exit::interrupted) throw;
    std::cerr << "gavel: " << failure.message << '\n';
  }
  context_.follower->follow_directory();
  begin_rooms();
}

void Shell::begin_rooms() {
  context_.rooms =
      std::make_unique<JoinedRooms>(context_.house(),
                                    ChatRoom::Hooks{[this](const Telling& telling) { on_telling(telling); },
                                                    [this](const std::string& text) { warn(text); }},
                                    "chat ", true);
  listen_for_invitations();
}

void Shell::listen_for_invitations() {
  lobby_opened_ = false;
  // Without a name that could be anybody's in a room there are no invitations either.
  try {
    context_.rooms->listen_for_invitations();
  } catch (const Failure& failure) {
    if (failure.code == Exit::interrupted) throw;
    lobby_opened_ = failure.code != Exit::usage;
  }
}

Exit Shell::run_terminal() {
  editor_.emplace(
      "gavel> ", state_file("history"),
      LineEditor::Hooks{[this] { return wait_for_input(); },
                        [this](const std::string& before, const std::string& word) { return complete(before, word); }});
  begin();
  greet();
  Exit last = Exit::ok;
  for (;;) {
    const auto line = editor_->read();
    forget_interrupt();
    if (!line || is_exit(*line)) return last;
    if (line->find_first_not_of(" \t") != std::string::npos) last = execute(*line);
    forget_interrupt();
  }
}

Exit Shell::run_pipe() {
  begin();
  Exit last = Exit::ok;
  std::string waiting;
  for (;;) {
    const auto newline = waiting.find('\n');
    if (newline == std::string::npos) {
      if (!wait_for_input()) return Exit::interrupted;
      char buffer[4096];
      const auto count = ::read(STDIN_FILENO, buffer, sizeof buffer);
      if (count > 0)
        waiting.append(buffer, static_cast<std::size_t>(count));
      else if (waiting.empty())
        return last;
      else
        waiting += '\n';
      continue;
    }
    const std::string line = waiting.substr(0, newline);
    waiting.erase(0, newline + 1);
    if (is_exit(line)) return last;
    if (line.find_first_not_of(" \t") != std::string::npos && line.front() != '#') last = execute(line);
  }
}

bool Shell::wait_for_input() {
  for (;;) {
    if (interrupted()) return false;
    const bool ready = context_.house().connection().turn(context_.rooms->next_deadline(), STDIN_FILENO);
    try {
      context_.follower->catch_up();
      context_.rooms->tick();
      if (lobby_opened_) listen_for_invitations();
    } catch (const Failure& failure) {
      if (failure.code == Exit::interrupted) return false;
    }
    if (ready) return true;
  }
}

bool Shell::is_exit(const std::string& line) const {
  const auto words = split_words(line);
  return words && words->size() == 1 && (words->front() == "exit" || words->front() == "quit");
}

Exit Shell::execute(const std::string& line) {
  const auto words = split_words(line);
  if (!words) {
    std::cerr << "gavel: " << words.error().message << '\n';
    return Exit::usage;
  }
  try {
    return execute(*words);
  } catch (const Failure& failure) {
    if (!failure.message.empty()) std::cerr << "gavel: " << failure.message << '\n';
    return failure.code;
  }
}

Exit Shell::execute(const std::vector<std::string>& words) {
  const Format format = context_.settings.format;
  CLI::App app(
      "The same commands as on the command line; unwatch AUCTION, unchat ROOM, help and exit (or quit) besides.", "");
  app.require_subcommand(1);
  app.fallthrough();
  add_output_option(app, context_.settings);
  add_commands(app, context_);
  add_own_commands(app);

  context_.action = nullptr;
  const Exit parsed = parse(app, [&] { app.parse(std::vector<std::string>(words.rbegin(), words.rend())); });
  if (parsed == Exit::ok && context_.action) {
    const auto restore = std::shared_ptr<void>(nullptr, [&](void*) { context_.settings.format = format; });
    context_.action();
  }
  context_.settings.format = format;
  return parsed;
}

void Shell::add_own_commands(CLI::App& app) {
  auto id = std::make_shared<std::string>();
  auto* unwatch = app.add_subcommand("unwatch", "Follow an auction no longer");
  unwatch->add_option("AUCTION", *id, "Its id")->required();
  unwatch->callback([this, id] { context_.action = [this, id] { context_.follower->unfollow(*id); }; });
  auto* unchat = app.add_subcommand("unchat", "Leave a room that chat entered");
  unchat->add_option("ROOM", *id, "lobby, an auction's id, or @name")->required();
  unchat->callback([this, id] {
    context_.action = [this, id] {
      const std::string room = without_first_run(*id);
      if (context_.rooms->leave(room, context_.settings.timeout))
        return context_.output().text("you have left " + room);
      const auto names = context_.rooms->names();
      fail_with(Exit::not_found, "you are not in '" + harmless(room.substr(0, directory::kMaxText)) + "'; " +
                                     (names.empty() ? "you are in no room" : "you are in " + joined(names)));
    };
  });
  app.add_subcommand("help", "What can be done here")->callback([this, &app] {
    // Not app.help(), which speaks of the subcommand that was parsed: this one.
    context_.action = [&app] { std::cout << app.get_formatter()->make_help(&app, "", CLI::AppFormatMode::Normal); };
  });
}

void Shell::greet() {
  const client::Client& client = context_.house().connection().client();
  context_.output().text("you are " + harmless(context_.settings.as) + " in cluster " + context_.settings.cluster +
                         (client.welcomed()
                              ? ", gateway " + harmless(client.gateway_name()) + " at " + client.gateway_endpoint()
                              : ", without a gateway"));
}

void Shell::on_telling(const Telling& telling) {
  learn(telling);
  // The close of an auction that is followed is told by the auction itself.
  const std::string kind = telling.row.value("event", "");
  if (kind == "auction" && telling.row.value("state", "") == "ended" &&
      context_.follower->is_followed(telling.row.value("id", "")))
    return;
  if (editor_ && context_.output().for_people())
    editor_->print_above(telling.sentence);
  else
    context_.output().line(telling.row, telling.sentence);
}

void Shell::warn(const std::string& text) {
  if (editor_ && ::isatty(STDERR_FILENO) != 0)
    editor_->print_above("gavel: " + text);
  else
    std::cerr << "gavel: " << text << '\n';
}

void Shell::learn(const Telling& telling) {
  const std::string kind = telling.row.value("event", "");
  if (kind == "standing" && telling.row.value("service", "") == chat::kLobby) lobby_opened_ = true;
  if (kind == "invited") rooms_.insert(telling.row.value("room", ""));
  if (kind == "item" || kind == "auction") ids_.insert(telling.row.value("id", ""));
  if (kind != "node") return;
  const std::string name = telling.row.value("node", "");
  telling.row.value("member", true) ? void(nodes_.insert(name)) : void(nodes_.erase(name));
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

void add_shell_command(CLI::App& app, Context& context) {
  app.add_subcommand("shell",
                     "Commands a line each, with history, completion and live events above the prompt\n\n"
                     "Examples:\n"
                     "  gavel shell --as ann\n"
                     "  gavel shell < commands.txt")
      ->callback([&context] {
        context.action = [&context] {
          const Exit last = Shell(context.settings).run();
          if (last != Exit::ok) fail_with(last, "");
        };
      });
}

}  // namespace gavel::cli
