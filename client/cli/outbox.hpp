// What one says and does in a room, on its way: one command after the other, the next when the one before was
// acknowledged, so that nothing is reordered and nobody says anything again because a node died. What was certainly not
// done is tried again until its time is over; what came too fast waits as long as the room asks for; whoever is found
// not to be in the room any more (the program was stopped for long) enters it again first. Nothing here waits: things
// move on in the connection's turns and in tick().
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "client/cli/connection.hpp"
#include "client/cli/room_calls.hpp"

namespace gavel::cli {

class Outbox {
 public:
  /// What became of a command.
  struct Answered {
    chat::Command command;
    /// Nothing if no reply came: then the outcome says why, and whether it may have been done all the same.
    std::optional<chat::RoomReply> reply;
    client::Outcome outcome;
    TimePoint sent;  ///< for the first time
    TimePoint answered;
  };
  struct Hooks {
    std::function<void(const Answered&)> answered;
    /// For the user, while it goes on being tried.
    std::function<void(const std::string&)> warn;
  };

  Outbox(Connection& connection, RoomPlace place, chat::Speaker who, Hooks hooks);
  /// What is under way may still be done.
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  void put(chat::Command command);
  /// Before everything that has not been sent yet.
  void put_first(chat::Command command);
  bool empty() const { return queue_.empty(); }
  std::size_t size() const { return queue_.size(); }

  void tick();
  TimePoint next_deadline() const;
  /// The room is in another group now.
  void move_to(const RoomPlace& place);
  /// Gives up what is waiting and what is under way.
  void clear();

 private:
  struct Waiting {
    chat::Command command;
    TimePoint sent = kNever;  ///< for the first time
    bool warned = false;
    bool entered_again = false;
  };
  void send();
  void on_outcome(const client::Outcome& outcome);
  void on_reply(chat::RoomReply reply, const client::Outcome& outcome);
  void answer(std::optional<chat::RoomReply> reply, const client::Outcome& outcome);
  void again_at(TimePoint at) { not_before_ = at; }

  Connection& connection_;
  RoomPlace place_;
  chat::Speaker who_;
  Hooks hooks_;
  std::deque<Waiting> queue_;
  std::optional<client::CallId> call_;
  TimePoint not_before_ = kLongAgo;
  TimePoint pace_told_ = kLongAgo;
};

}  // namespace gavel::cli
