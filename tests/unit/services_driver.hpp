// Plays a service as the log would: one command after the other, each in a slot of its own, at a time that the test
// says.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/wire/services/auction.hpp"
#include "common/wire/services/directory.hpp"
#include "node/services/auction.hpp"
#include "node/services/directory.hpp"
#include "node/services/service.hpp"

namespace gavel {

inline Money eur(std::int64_t cents) { return {cents, {}}; }
inline WallTime at_seconds(std::int64_t seconds) { return WallTime{} + std::chrono::seconds(seconds); }

/// Open on [100 s, 200 s), from 100.00 EUR, by 5.00 EUR.
inline auction::Terms lot_7() {
  return {"lot-7",    "lot-7",  "A lamp",        "selma",        auction::Kind::english,
          eur(10000), eur(500), at_seconds(100), at_seconds(200)};
}

/// What the messages of a service are, and the service itself.
struct AuctionPlay {
  using Machine = AuctionService;
  static constexpr SessionId kSession{7};  ///< a client's
  using Command = auction::Command;
  using Reply = auction::Reply;
  using Question = auction::Question;
  using Answer = auction::Answer;
  using Event = auction::Event;
  static Machine make() { return Machine(lot_7()); }
  /// Between them, they show the whole state.
  static std::vector<Question> questions() { return {auction::AskShow{}, auction::AskHistory{}, auction::AskResult{}}; }
};
struct DirectoryPlay {
  using Machine = DirectoryService;
  static constexpr SessionId kSession{};  ///< a node's
  using Command = directory::Command;
  using Reply = directory::Reply;
  using Question = directory::Question;
  using Answer = directory::Answer;
  using Event = directory::Event;
  static Machine make() { return {}; }
  /// Between them, they show the whole state.
  static std::vector<Question> questions() {
    return {directory::AskNodes{}, directory::AskItems{}, directory::AskAuctions{}};
  }
};

template <class Play>
class Driver {
 public:
  typename Play::Machine machine = Play::make();
  WallTime now = at_seconds(150);
  Slot slot;
  SessionId session = Play::kSession;
  std::vector<typename Play::Event> events;

  Bytes bytes(BytesView command) {
    Events pushed;
    ++slot;
    const Bytes reply = machine.apply({slot, now, session, RequestNumber{slot.value}}, command, pushed);
    for (const auto& event : pushed) events.push_back(wire::decode_any<typename Play::Event>(event.body).value());
    return reply;
  }
  typename Play::Reply apply(const typename Play::Command& command) {
    return wire::decode_any<typename Play::Reply>(bytes(wire::encode_any(command))).value();
  }
  /// Applies a command that is expected to be answered with an `Expected`.
  template <class Expected>
  Expected expect(const typename Play::Command& command) {
    const auto reply = apply(command);
    REQUIRE(std::holds_alternative<Expected>(reply));
    return std::get<Expected>(reply);
  }
  /// Asks a question that is expected to be answered with an `Expected`.
  template <class Expected>
  Expected ask(const typename Play::Question& question) const {
    const auto answer = wire::decode_any<typename Play::Answer>(machine.query(wire::encode_any(question))).value();
    REQUIRE(std::holds_alternative<Expected>(answer));
    return std::get<Expected>(answer);
  }
  /// The whole state, as those who ask see it.
  std::vector<Bytes> shown() const {
    std::vector<Bytes> answers;
    for (const auto& question : Play::questions()) answers.push_back(machine.query(wire::encode_any(question)));
    return answers;
  }
  /// The events since the last time, if they are all of this kind; a failure otherwise.
  template <class Expected>
  std::vector<Expected> told() {
    std::vector<Expected> all;
    for (const auto& event : std::exchange(events, {})) {
      REQUIRE(std::holds_alternative<Expected>(event));
      all.push_back(std::get<Expected>(event));
    }
    return all;
  }
};

}  // namespace gavel
