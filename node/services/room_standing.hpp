// How people stand in a room, whether they are in it at the moment or not: who moderates it, who may not speak and
// until when, and which names are invited. Moderators and muted ones are persons, whatever they call themselves.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "common/base/result.hpp"
#include "common/wire/services/chat.hpp"
#include "node/services/records.hpp"

namespace gavel {

class RoomStanding {
 public:
  RoomStanding() = default;
  /// The first who enters under the name `steward` is to moderate; empty: nobody is waited for.
  explicit RoomStanding(std::string steward) : steward_(std::move(steward)) {}

  bool moderates(const chat::Secret& person) const { return moderators_.contains(person); }
  /// Nobody does, and nobody is waited for.
  bool has_no_moderator() const { return moderators_.empty() && steward_.empty(); }
  std::size_t moderators() const { return moderators_.size(); }
  /// Each is true if that is news.
  bool appoint(const chat::Secret& person) { return moderators_.insert(person).second; }
  bool dismiss(const chat::Secret& person) { return moderators_.erase(person) > 0; }
  /// Somebody comes in: the one who is waited for moderates from now on.
  void welcome(const chat::Speaker& who);

  bool is_invited(const std::string& name) const { return invited_.contains(name); }
  std::size_t invited() const { return invited_.size(); }
  bool invite(const std::string& name) { return invited_.insert(name).second; }
  bool uninvite(const std::string& name) { return invited_.erase(name) > 0; }

  /// When they may speak again; nothing if they may now.
  std::optional<WallTime> muted_until(const chat::Secret& person, WallTime now) const;
  /// Who may not speak now.
  std::size_t muted(WallTime now) const;
  void mute(const chat::Secret& person, WallTime until, WallTime now);
  /// True if that is news.
  bool unmute(const chat::Secret& person, WallTime now);

  void append_to(Bytes& snapshot) const;
  /// Error: malformed, too many, or out of order.
  static Result<RoomStanding> read_from(RecordReader& reader);

 private:
  void forget_past(WallTime now);

  std::string steward_;
  std::set<chat::Secret> moderators_;
  std::set<std::string> invited_;
  std::map<chat::Secret, WallTime> muted_;
};

}  // namespace gavel
