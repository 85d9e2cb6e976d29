// What must hold of one room: its lines are the same for everybody, numbered without a hole, each heard once and in
// order (4); what was acknowledged stands exactly once, where the reply said (6, 7); one client's texts stand in the
// order in which it said them (5); nobody speaks who is not in it, and no name is two persons' at a time (7). Comings
// and goings stand on no replica for long, so the lines are pieced together from what replicas hold and watchers hear.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "node/services/room_book.hpp"
#include "tests/sim/checkers/linearizability.hpp"

namespace gavel::sim {

/// What a client says; no two texts are alike.
struct Text {
  std::size_t client = 0;
  int number = 0;  ///< rises with each of the client's texts
  std::string words() const { return std::to_string(client) + ": " + std::to_string(number); }
};

class RoomChecks {
 public:
  /// What a text's number must be beyond, and a room's last line at least.
  std::int64_t begin() const { return known_.begin(); }
  /// A client says this now; texts are numbered as they begin.
  std::int64_t begins(const Text& text);
  /// A client was told that its text is line `number`.
  void told(std::int64_t begun_at, const Text& text, std::uint64_t number);
  /// A read through the log saw these lines.
  void read(std::int64_t begun_at, const chat::RoomState& state);
  /// A watcher heard of a line; `gap`: it was told before that it may have missed some.
  void heard(std::size_t watcher, const chat::Line& line, bool gap);
  /// A replica holds the room; its lines up to `seen` were compared before.
  void holds(Uid node, const RoomBook& room, std::uint64_t seen);
  /// In the end: everything told that is still kept is there, on this replica.
  void ends_with(Uid node, const RoomBook& room) const;
  /// In the end: what comes after lines that nobody knows is followed too.
  void end();

  /// The lines that are known, by number, and the last number that was given.
  const std::map<std::uint64_t, chat::Line>& lines() const { return lines_; }
  std::uint64_t last() const { return last_; }
  /// Every line is known.
  bool is_whole() const { return lines_.size() == last_; }
  std::size_t told() const { return told_.size(); }
  std::uint64_t heard_up_to(std::size_t watcher) const {
    const auto at = heard_.find(watcher);
    return at == heard_.end() ? 0 : at->second;
  }

 private:
  void note(const std::string& who, const chat::Line& line);
  void check_told(std::uint64_t number, const chat::Line& line) const;
  /// Follows the room line by line, as far as there is no hole.
  void follow();
  void follow(const chat::Line& line);
  void follow_text(const chat::Line& line);
  bool may_be_here(const std::string& name, bool here) const;

  std::map<std::uint64_t, chat::Line> lines_;
  std::uint64_t last_ = 0;
  std::map<std::string, Text> begun_;            ///< by its words
  std::map<std::string, std::uint64_t> stands_;  ///< texts, and where
  std::map<std::uint64_t, std::string> told_;    ///< texts by number
  std::map<std::size_t, std::uint64_t> heard_;   ///< by watcher: the last number
  Linearizability known_;

  // As of the line before `next_`.
  std::uint64_t next_ = 1;
  bool whole_ = true;                 ///< no line was passed over
  std::map<std::string, bool> here_;  ///< who is in the room, as far as is known
  std::map<std::size_t, int> said_;   ///< by client: the number of its last text
  Slot slot_;
  WallTime time_;
};

}  // namespace gavel::sim
