// A room that one is in. It enters, tells every line once and in order (after a gap it reads the room anew), says what
// it is given through an Outbox, and says that it stays before the lease is over. If the room's group goes on
// elsewhere, so does this. What is told goes to functions; who calls decides where that prints.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "client/cli/chat_rows.hpp"
#include "client/cli/outbox.hpp"

namespace gavel::cli {

class ChatRoom {
 public:
  struct Hooks {
    /// A line of the room.
    std::function<void(const Telling&)> tell;
    /// For the user, beside the lines.
    std::function<void(const std::string&)> warn;
    /// Of what was said or done here; may be empty.
    std::function<void(const Outbox::Answered&)> answered = {};
  };

  /// `names_room`: lines say which room they are from.
  ChatRoom(House& house, RoomPlace place, chat::Speaker who, Hooks hooks, bool names_room = false);
  /// Stays in the room until the lease is over, unless leave() came before.
  ~ChatRoom();
  ChatRoom(const ChatRoom&) = delete;
  ChatRoom& operator=(const ChatRoom&) = delete;

  /// Waits until it is in, and tells the last lines and who is there. Throws Failure.
  void enter(std::uint32_t history);
  /// As it is now. Throws Failure.
  chat::RoomState look(std::uint32_t lines = 0);
  /// Does not wait.
  void put(chat::Command command) { outbox_.put(std::move(command)); }
  void say(std::string text) { put(chat::Say{place_.room, who_, std::move(text)}); }
  /// Waits for that at most so long.
  void leave(Duration patience);

  const std::string& room() const { return place_.room; }
  const chat::Speaker& who() const { return who_; }
  const Names& names() const { return names_; }
  /// Everything that was said has been answered.
  bool is_idle() const { return outbox_.empty(); }
  std::size_t waiting() const { return outbox_.size(); }
  /// It was told all lines that came of what it said or did.
  bool has_heard_itself() const { return last_told_ >= last_own_; }
  /// Why one is in the room no longer; nothing while one is.
  const std::optional<Failure>& over() const { return over_; }
  /// Who is known to be in it, for completion.
  const std::set<std::string>& people() const { return people_; }

  /// To be called again and again, and at next_deadline() at the latest. Not from within `tell`.
  void tick();
  TimePoint next_deadline() const;

 private:
  void watch(Slot slot, const Bytes& topic);
  void on_event(const client::Event& event);
  void on_line(const chat::Line& line);
  void tell_kept(const chat::RoomState& state);
  void on_answered(const Outbox::Answered& answered);
  void on_reentry(const chat::RoomReply& reply);
  void stay();
  void learn_names();
  void renewed(const chat::RoomRules& rules);
  void read_anew();
  void go_on_elsewhere();

  House& house_;
  RoomPlace place_;
  chat::Speaker who_;
  Hooks hooks_;
  bool names_room_;
  Outbox outbox_;
  Names names_;
  std::set<std::string> people_;

  std::optional<std::uint64_t> watch_;
  Uid leader_;
  std::uint64_t last_told_ = 0;
  std::uint64_t last_own_ = 0;
  bool missed_ = false;
  bool group_gone_ = false;
  TimePoint look_again_ = kLongAgo;

  TimePoint stay_at_ = kNever;
  Duration stay_every_ = 30s;
  std::optional<client::CallId> staying_;
  TimePoint learn_at_ = kNever;
  std::optional<client::CallId> learning_;
  std::optional<Failure> over_;
};

}  // namespace gavel::cli
