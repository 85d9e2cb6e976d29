// Plays a service as the log would: one command after the other, each in a slot of its own, at a time that the test
// says.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/wire/services/auction.hpp"
#include "common/wire/services/chat.hpp"
#include "common/wire/services/directory.hpp"
#include "common/wire/services/likes.hpp"
#include "node/services/auction.hpp"
#include "node/services/directory.hpp"
#include "node/services/floor.hpp"
#include "node/services/likes.hpp"
#include "node/services/rooms.hpp"
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

/// A person's secret, the same for the same letter.
inline chat::Secret secret_of(char letter) { return {Bytes(chat::kSecretBytes, letter)}; }
/// Everybody's secret is their name's first letter.
inline chat::Speaker speaker(const std::string& name) { return {name, secret_of(name.empty() ? '?' : name.front())}; }

struct RoomsPlay {
  using Machine = RoomsService;
  static constexpr SessionId kSession{7};
  using Command = chat::Command;
  using Reply = chat::Reply;
  using Question = chat::Question;
  using Answer = chat::Answer;
  using Event = chat::Event;
  static Machine make() { return {}; }
  static std::vector<Question> questions() {
    return {chat::AskRoom{"lobby", speaker("ada"), chat::kMostKept},
            chat::AskRoom{"@friends", speaker("ada"), chat::kMostKept}, chat::AskRooms{speaker("ada"), {}}};
  }
};
struct LikesPlay {
  using Machine = LikesService;
  static constexpr SessionId kSession{7};
  using Command = likes::Command;
  using Reply = likes::Reply;
  using Question = likes::Question;
  using Answer = likes::Answer;
  using Event = likes::Event;
  static Machine make() { return {}; }
  static std::vector<Question> questions() { return {likes::AskCounts{}}; }
};
/// An auction's messages and its room's, as the floor takes both.
struct FloorPlay {
  using Machine = FloorService;
  static constexpr SessionId kSession{7};
  using Command = std::variant<auction::Join, auction::Leave, auction::Bid, auction::Close, chat::Enter, chat::Leave,
                               chat::Say, chat::Stay, chat::OpenRoom, chat::Invite, chat::Mute, chat::Appoint,
                               chat::SetRules, chat::Sweep, chat::Call>;
  using Reply = std::variant<auction::Refused, auction::BidReply, auction::Presence, auction::CloseReply, chat::Refused,
                             chat::RoomReply>;
  using Question =
      std::variant<auction::AskShow, auction::AskHistory, auction::AskResult, chat::AskRoom, chat::AskRooms>;
  using Answer = std::variant<auction::Refused, auction::Summary, auction::History, auction::ResultAnswer,
                              chat::Refused, chat::RoomState, chat::NoRoom, chat::Rooms>;
  using Event =
      std::variant<auction::NewHighest, auction::Joined, auction::Left, auction::Closed, chat::Said, chat::Invited>;
  static Machine make() { return Machine(lot_7()); }
  static std::vector<Question> questions() {
    return {auction::AskShow{}, auction::AskHistory{}, auction::AskResult{},
            chat::AskRoom{{}, speaker("ada"), chat::kMostKept}, chat::AskRooms{speaker("ada"), {}}};
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
  /// Where each of them went.
  std::vector<Bytes> topics;

  Bytes bytes(BytesView command) {
    Events pushed;
    ++slot;
    const Bytes reply = machine.apply({slot, now, session, RequestNumber{slot.value}}, command, pushed);
    keep(pushed);
    return reply;
  }
  /// Others serve the group, or another of them leads.
  void view(const GroupView& view) {
    Events pushed;
    ++slot;
    machine.on_view({slot, now, {}, {}}, view, pushed);
    keep(pushed);
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
  void keep(const Events& pushed) {
    for (const auto& event : pushed) {
      REQUIRE(event.topic.size() <= kMaxTopic);
      events.push_back(wire::decode_any<typename Play::Event>(event.body).value());
      topics.push_back(event.topic);
    }
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
