// People in a room, for the tests of rooms: whoever is named speaks as themselves, in the lobby unless it is said
// otherwise.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/services_driver.hpp"

namespace gavel {

/// Works on any play that takes the chat's messages.
template <class Play>
struct Talk : Driver<Play> {
  std::string room = "lobby";

  chat::RoomReply reply(const typename Play::Command& command) {
    return this->template expect<chat::RoomReply>(command);
  }
  chat::RoomReply enter(const std::string& name) { return reply(chat::Enter{room, speaker(name)}); }
  chat::RoomReply leave(const std::string& name) { return reply(chat::Leave{room, speaker(name)}); }
  chat::RoomReply stay(const std::string& name) { return reply(chat::Stay{room, speaker(name)}); }
  chat::RoomReply say(const std::string& name, const std::string& text) {
    return reply(chat::Say{room, speaker(name), text});
  }
  chat::RoomReply mute(const std::string& by, const std::string& whom, Duration length) {
    return reply(chat::Mute{room, speaker(by), whom, length});
  }
  chat::RoomReply appoint(const std::string& by, const std::string& whom, bool moderator = true) {
    return reply(chat::Appoint{room, speaker(by), whom, moderator});
  }
  chat::RoomReply set_rules(const std::string& by, const chat::RoomRules& rules) {
    return reply(chat::SetRules{room, speaker(by), rules});
  }
  chat::RoomReply sweep() { return reply(chat::Sweep{}); }
  void pass(Duration time) { this->now = this->now + time; }

  chat::RoomState state(const std::string& who = "ada", std::uint32_t lines = chat::kMostKept) const {
    return this->template ask<chat::RoomState>(chat::AskRoom{room, speaker(who), lines});
  }
  /// The names of those who are there, as the room shows them.
  std::vector<std::string> present(const std::string& who = "ada") const {
    std::vector<std::string> names;
    for (const auto& member : state(who).members) names.push_back(member.name);
    return names;
  }
  /// The lines since the last time, from whichever room; other events stay out of it.
  std::vector<chat::Line> lines() {
    std::vector<chat::Line> all;
    this->topics.clear();
    for (const auto& event : std::exchange(this->events, {}))
      if (const auto* said = std::get_if<chat::Said>(&event)) all.push_back(said->line);
    return all;
  }
  /// The one line since the last time; a failure if there was none, or another event.
  chat::Line line() {
    this->topics.clear();
    const auto said = this->template told<chat::Said>();
    REQUIRE(said.size() == 1);
    return said[0].line;
  }
};

}  // namespace gavel
