// The interactive shell: the program's commands, a line each, while what happens in the auctions that one takes part in
// and is said in the rooms that one is in shows above the prompt. From a pipe it reads the same lines and prints the
// same events, without a prompt.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/cli/commands.hpp"
#include "client/cli/line_editor.hpp"

namespace gavel::cli {

class Shell {
 public:
  explicit Shell(const Settings& settings);
  /// Until `exit` or the end of the input. The exit code of the last command.
  Exit run();

 private:
  Exit run_terminal();
  Exit run_pipe();
  void begin();
  Exit execute(const std::string& line);
  Exit execute(const std::vector<std::string>& words);
  bool is_exit(const std::string& line) const;
  void greet();
  void on_telling(const Telling& telling);
  void learn(const Telling& telling);
  void warn(const std::string& text);
  void begin_rooms();
  void listen_for_invitations();
  bool wait_for_input();
  void add_own_commands(CLI::App& app);
  std::vector<std::string> complete(const std::string& before, const std::string& word);

  Context context_;
  /// Ids of items and auctions, and names of nodes, for completion.
  std::set<std::string> ids_;
  std::set<std::string> nodes_;
  /// Private rooms that were heard of.
  std::set<std::string> rooms_;
  /// When to look for invitations (again).
  TimePoint look_for_invitations_ = kNever;
  std::optional<LineEditor> editor_;
};

/// Splits a line at spaces; "..." and '...' keep theirs. Error: a quote that is not closed.
Result<std::vector<std::string>> split_words(const std::string& line);

}  // namespace gavel::cli
