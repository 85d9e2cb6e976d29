#include "client/cli/shell.hpp"

#include <unistd.h>

#include <algorithm>

#include "client/cli/state_place.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {

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
  if (context_.house().connection().client().welcomed())
    listen_for_invitations();
  else
    look_for_invitations_ = kLongAgo;  // as soon as there is a node
}

void Shell::listen_for_invitations() {
  constexpr Duration kLookAgain = 5s;
  look_for_invitations_ = kNever;
  try {
    context_.rooms->listen_for_invitations();
  } catch (const Failure& failure) {
    if (failure.code == Exit::interrupted) throw;
    // Under a name that nobody in a room can have, nobody is invited.
    if (failure.code != Exit::usage) look_for_invitations_ = bus::steady_now() + kLookAgain;
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
      const bool may_ask = context_.house().connection().client().welcomed();
      if (may_ask && bus::steady_now() >= look_for_invitations_) listen_for_invitations();
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
      if (context_.rooms->leave(room, context_.settings.timeout)) {
        context_.follower->listen_again(room);
        return context_.output().text("you have left " + room);
      }
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
  if (kind == "standing" && telling.row.value("service", "") == chat::kLobby) look_for_invitations_ = kLongAgo;
  if (kind == "invited") rooms_.insert(telling.row.value("room", ""));
  if (kind == "item" || kind == "auction") ids_.insert(telling.row.value("id", ""));
  if (kind != "node") return;
  const std::string name = telling.row.value("node", "");
  telling.row.value("member", true) ? void(nodes_.insert(name)) : void(nodes_.erase(name));
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
