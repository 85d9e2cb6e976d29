#include "client/cli/conversation.hpp"

#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "client/cli/chat_commands.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

/// From a pipe no more is read while so much is waiting to be said.
constexpr std::size_t kMostWaiting = 32;
/// Whoever goes waits at most so long for what they said, and for the leave to be acknowledged; in a hurry, so long.
constexpr Duration kToFinish = 60s;
constexpr Duration kToLeave = 3s;
constexpr Duration kToLeaveInAHurry = 300ms;
/// For the lines that came of what one said.
constexpr Duration kToHear = 2s;

}  // namespace

Conversation::Conversation(Context& context, const ChatOptions& options)
    : context_(context),
      rooms_(context.house(),
             {[this](const Telling& telling) { tell(telling); }, [this](const std::string& text) { warn(text); },
              [this](const Outbox::Answered& answered) { on_answered(answered); }},
             "gavel chat ", false),
      options_(options) {}

void Conversation::run() {
  room_ = rooms_.enter(options_.room, options_.history).room();
  rooms_.listen_for_invitations();
  const bool ended = ::isatty(STDIN_FILENO) != 0 ? run_terminal() : run_pipe();
  if (!ended || interrupted()) return leave_in_a_hurry();
  finish();
}

// ---- what is printed ------------------------------------------------------------------------------------------------

void Conversation::tell(const Telling& telling) {
  const Output output = context_.output();
  tell_text(output.for_people() ? telling.sentence : telling.row.dump(-1, ' ', false, Row::error_handler_t::replace));
}

void Conversation::tell_text(const std::string& text) {
  if (editor_)
    editor_->print_above(text);
  else
    std::cout << text << '\n' << std::flush;
}

void Conversation::warn(const std::string& text) {
  if (editor_ && ::isatty(STDERR_FILENO) != 0)
    editor_->print_above("gavel: " + text);
  else
    std::cerr << "gavel: " << text << '\n';
}

// ---- what is typed --------------------------------------------------------------------------------------------------

bool Conversation::run_terminal() {
  editor_.emplace(
      room_ + "> ", "",
      LineEditor::Hooks{[this] { return wait_for_key(); },
                        [this](const std::string& before, const std::string& word) { return complete(before, word); }});
  while (room() != nullptr && !left_) {
    const auto line = editor_->read();
    if (interrupted()) return false;
    if (!line) {
      std::cout << std::endl;  // Ctrl-D
      return true;
    }
    // What was said shows as the room's line, in its place among the others.
    if (room() != nullptr && !line->empty()) editor_->take_back(*line);
    on_typed(*line);
  }
  return left_;
}

bool Conversation::wait_for_key() {
  while (!interrupted() && room() != nullptr)
    if (turn(true)) return true;
  return false;
}

bool Conversation::turn(bool for_input) {
  const TimePoint until = rooms_.next_deadline();
  const bool ready = for_input && connection().turn(until, STDIN_FILENO);
  if (!for_input) connection().turn(until);
  try {
    rooms_.tick();
  } catch (const Failure& failure) {
    if (failure.code != Exit::interrupted) throw;
  }
  return ready;
}

bool Conversation::run_pipe() {
  std::string read;
  for (bool end = false; room() != nullptr && !left_;) {
    if (interrupted()) return false;
    const auto newline = read.find('\n');
    const bool takes_more = room()->waiting() < kMostWaiting;
    if (newline != std::string::npos && takes_more) {
      on_typed(read.substr(0, newline));
      read.erase(0, newline + 1);
    } else if (end && newline == std::string::npos) {
      if (!read.empty()) on_typed(read);
      return true;
    } else if (turn(!end && takes_more && newline == std::string::npos)) {
      char buffer[4096];
      const auto count = ::read(STDIN_FILENO, buffer, sizeof buffer);
      if (count > 0)
        read.append(buffer, static_cast<std::size_t>(count));
      else
        end = true;
    }
  }
  return left_;
}

void Conversation::on_typed(const std::string& typed) {
  std::string line = typed;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (room() == nullptr || line.find_first_not_of(" \t") == std::string::npos) return;
  if (line.starts_with("//"))
    room()->say(line.substr(1));
  else if (line.front() == '/')
    on_command(line);
  else
    room()->say(line);
}

void Conversation::on_command(const std::string& line) {
  try {
    const auto typed = read_slash_command(line, room_, rooms_.who());
    if (typed.command) return room()->put(*typed.command);
    if (typed.what == SlashWhat::leave) left_ = true;
    if (typed.what == SlashWhat::who) show_who();
    if (typed.what == SlashWhat::help) tell_text(slash_help());
  } catch (const Failure& failure) {
    if (failure.code == Exit::interrupted) return;
    worst_ = failure.code;
    warn(failure.message);
  }
}

void Conversation::show_who() {
  const auto state = room()->look();
  Row all{{"event", "who"}};
  all.update(row(state, room()->names()));
  std::ostringstream text;
  Output(text, Format::table).list(members_of_room(state));
  tell({std::move(all), text.str() + describe(state, room()->names())});
}

void Conversation::on_answered(const Outbox::Answered& answered) {
  const auto* said = std::get_if<chat::Say>(&answered.command);
  const std::string text = said != nullptr ? " (" + harmless(shortened(said->text)) + ")" : "";
  if (!answered.reply) {
    const bool unknown = answered.outcome.kind == client::OutcomeKind::unknown;
    worst_ = unknown ? Exit::unknown : Exit::no_quorum;
    return warn((unknown ? "it is not known whether this was done" : "not done") + text + ": " +
                harmless(answered.outcome.message) + (unknown ? "; the lines of the room show it" : ""));
  }
  const auto& reply = *answered.reply;
  if (reply.verdict != chat::Verdict::done) {
    worst_ = exit_for(reply.verdict);
    return warn((said != nullptr ? "not said" : "not done") + text + ": " + harmless(reply.message));
  }
  // What came of anything else is told by its line, if it made one.
  if (said == nullptr && reply.number == 0) warn(harmless(reply.message));
}

std::vector<std::string> Conversation::complete(const std::string& before, const std::string& word) const {
  std::vector<std::string> all;
  if (before.empty() && word.starts_with('/')) {
    all = slash_names();
  } else if (const auto* here = room()) {
    for (const auto& name : here->people()) all.push_back(name);
  }
  std::erase_if(all, [&](const std::string& one) { return !one.starts_with(word) || word.empty(); });
  return all;
}

// ---- going ----------------------------------------------------------------------------------------------------------

/// First everything that was said has to be acknowledged, and heard.
void Conversation::finish() {
  const bool from_pipe = !editor_;
  editor_.reset();
  const TimePoint until = bus::steady_now() + kToFinish;
  while (room() != nullptr && !room()->is_idle() && !interrupted() && bus::steady_now() < until) turn(false);
  const TimePoint heard = bus::steady_now() + kToHear;
  while (room() != nullptr && !room()->has_heard_itself() && !interrupted() && bus::steady_now() < heard) turn(false);
  if (interrupted()) return leave_in_a_hurry();
  rooms_.leave(room_, kToLeave);
  if (from_pipe && worst_ != Exit::ok) fail_with(worst_, "");
}

void Conversation::leave_in_a_hurry() {
  editor_.reset();
  if (const auto& over = rooms_.last_over(); over && !interrupted()) fail_with(over->code, "");  // which was told
  forget_interrupt();
  rooms_.leave(room_, kToLeaveInAHurry);
  fail_with(Exit::interrupted, "");
}

}  // namespace gavel::cli
