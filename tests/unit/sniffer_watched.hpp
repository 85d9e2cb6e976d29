// A watch on a bus that tests make up, what it found, and a group that lives on while time passes.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/sniffer_bus.hpp"
#include "tools/sniffer/watch/watch.hpp"

namespace gavel::sniffer {

struct Watched : MadeBus {
  Watch watch{names};
  std::vector<Violation> found;

  void see(const Seen& seen) {
    for (auto& one : watch.look(seen)) found.push_back(std::move(one));
  }
  template <class Message>
  void hear(std::uint64_t from, Message message, std::uint64_t to = 0, Incarnation life = kLife) {
    see(heard(from, std::move(message), to, life));
  }
  void pass(Duration time) {
    for (Duration gone{}; gone < time; gone += 50ms) {
      now = now + 50ms;
      for (auto& one : watch.tick(now)) found.push_back(std::move(one));
    }
  }
  /// Time in which all beat, and the leader orders batches of n4.
  void live(Duration time, wire::Term term, std::vector<std::uint64_t> followers) {
    for (Duration gone{}; gone < time; gone += heartbeat) {
      hear(term.uid.value, order(term, last, last_term, {entry(term, {ref(4, ++fours)})}, last));
      ++last;
      last_term = term;
      hear(term.uid.value, leader_beat(term, last, last));
      for (const auto uid : followers) hear(uid, follower_beat(term));
      pass(heartbeat);
    }
  }
  void begin(wire::Term term) {
    hear(term.uid.value, order(term, 0, {}, {view(term)}));
    last = 1;
    last_term = term;
  }
  bool only(Rule rule, const std::string& words) {
    INFO((found.empty() ? "nothing was found" : found.front().text));
    CHECK(found.size() == 1);
    return found.size() == 1 && found.front().rule == rule && found.front().text.find(words) != std::string::npos;
  }

  Duration heartbeat = 50ms;
  std::uint64_t last = 0;
  std::uint64_t fours = 0;
  wire::Term last_term;
};

inline const auto kTerm = term(5, 3);
inline constexpr Incarnation kNextLife{2U << 24U};

}  // namespace gavel::sniffer
