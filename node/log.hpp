// What the node says to people, on stderr: the core's notes and the host's, as text or as one JSON object a line. It
// keeps the last notes, to be printed when an assertion fails.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "node/host/node_effects.hpp"

namespace spdlog {
class logger;
}

namespace gavel::node {

struct Settings;

class Log {
 public:
  /// From now on a failing assertion prints the last notes of this log, which lives until the process ends.
  explicit Log(const Settings& settings);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// How this node is called in each line from now on.
  void set_name(std::string name) { name_ = std::move(name); }
  void set_level(LogLevel least);
  /// `group_name`: what people call the note's group; empty if that is not known.
  void note(const host::NodeNote& note, const std::string& group_name);
  void info(std::string_view text);
  void warn(std::string_view text);
  void error(std::string_view text);

 private:
  struct Line {
    int level;  ///< spdlog's
    std::string_view text;
    std::string_view kind = {};   ///< empty: none
    std::string_view group = {};  ///< its number; empty: of the node as a whole
    std::string_view group_name = {};
    wire::Term term = {};  ///< none if its round is 0
  };
  void write(const Line& line);

  std::shared_ptr<spdlog::logger> logger_;
  bool json_;
  std::string name_;
  std::deque<std::string> last_;
};

}  // namespace gavel::node
