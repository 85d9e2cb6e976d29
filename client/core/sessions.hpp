// The client's sessions, at most one a group, and the numbers of their requests (PROTOCOL.md §7). A number is given
// once and kept until its request is answered; it is given only while it lies within the window above the lowest
// unanswered one, so that a session never forgets a reply that the client may still ask for.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "client/core/effects.hpp"
#include "common/base/ids.hpp"

namespace gavel::client {

class Sessions {
 public:
  explicit Sessions(std::uint64_t window) : window_(window) {}

  struct Ticket {
    SessionId session;
    RequestNumber number;
  };

  /// An open session, and the number of its last request.
  struct Open {
    GroupId group;
    SessionId session;
    RequestNumber last;
  };
  std::vector<Open> open() const;
  SessionId session(GroupId group) const;
  /// The call that opens a session in the group, if one is under way.
  CallId opening(GroupId group) const;

  void open_with(GroupId group, CallId call);
  void opened(GroupId group, SessionId session);
  void opening_failed(GroupId group);
  /// The group does not know that session any more; nothing happens if a newer one is open.
  void expired(GroupId group, SessionId session);

  /// Nothing while no session is open or the window is full.
  std::optional<Ticket> draw(GroupId group);
  /// The request is answered, or given up for good.
  void settled(GroupId group, Ticket ticket);

 private:
  struct State {
    SessionId session;
    CallId opening;
    RequestNumber last;
    /// Of the last numbers, beginning with the lowest unsettled one, whether each is settled. At most the window.
    std::deque<bool> settled;
  };
  std::uint64_t window_;
  std::map<GroupId, State> states_;
};

}  // namespace gavel::client
