// What goes on between a room and the one who sits before it: at a terminal the lines of the room show above the one
// that is being typed; from a pipe a line that is read is a text that is said. What the room has to say comes by itself
// (ChatRoom); here is what is typed, what is printed, and how it ends.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/cli/commands.hpp"
#include "client/cli/joined_rooms.hpp"
#include "client/cli/line_editor.hpp"

namespace gavel::cli {

struct ChatOptions {
  std::string room;
  /// Lines of what was said before.
  std::uint32_t history = 20;
};

class Conversation {
 public:
  Conversation(Context& context, const ChatOptions& options);
  /// Until the user leaves, or the input ends; then everything that was said has been acknowledged. Throws Failure,
  /// also for what went wrong with what a pipe said.
  void run();

 private:
  ChatRoom* room() const { return rooms_.find(room_); }
  Connection& connection() { return context_.house().connection(); }

  /// Both false: interrupted, or not in the room any more.
  bool run_terminal();
  bool run_pipe();

  bool wait_for_key();
  bool turn(bool for_input);
  void on_typed(const std::string& line);
  void on_command(const std::string& line);
  void on_answered(const Outbox::Answered& answered);
  void show_who();
  void finish();
  void leave_in_a_hurry();
  void tell(const Telling& telling);
  void tell_text(const std::string& text);
  void warn(const std::string& text);
  std::vector<std::string> complete(const std::string& before, const std::string& word) const;

  Context& context_;
  JoinedRooms rooms_;
  ChatOptions options_;
  std::string room_;
  std::optional<LineEditor> editor_;
  bool left_ = false;
  /// From a pipe, how it ends; to people each trouble was told when it came.
  Exit worst_ = Exit::ok;
};

}  // namespace gavel::cli
