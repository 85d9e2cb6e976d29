// The calls that are open, in the order in which they were made. A call may be sent several times, through one gateway
// after another; its id on the wire says which attempt an answer belongs to. `uncertain` counts the sends of which
// nobody has said that they did nothing: while it is 0 a command has certainly not been executed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "client/core/effects.hpp"
#include "common/base/time.hpp"

namespace gavel::client {

struct Call {
  CallId id;
  wire::CallKind kind = wire::CallKind::query;
  /// To the gateway itself, not to a group: one of the questions and orders that client.hpp names.
  std::optional<wire::FromClient> operation;
  /// Made by the client itself (a session's opening): nobody hears of its completion.
  bool is_own = false;
  GroupId group;
  Bytes body;
  TimePoint deadline = kNever;

  SessionId session;
  RequestNumber number;

  bool in_flight = false;               ///< sent through the present gateway and not answered
  TimePoint attempt_deadline = kNever;  ///< while in flight
  TimePoint not_before = kLongAgo;      ///< while not in flight
  std::uint32_t sends = 0;
  std::uint32_t uncertain = 0;

  bool was_busy = false;             ///< the last word of a gateway
  TimePoint unknown_since = kNever;  ///< a gateway said first that it knows no such group
  std::string last_message;

  /// A session's request must be done once; everything else may be done any number of times.
  bool once() const { return kind == wire::CallKind::command && !operation; }
  std::uint64_t wire_id() const { return (id.value << 8U) | (sends & 0xFFU); }
  bool is_latest(std::uint64_t wire_id) const { return wire_id == this->wire_id(); }
};

class Calls {
 public:
  Call& add(Call call) {
    call.id = CallId{++last_};
    return open_.emplace(call.id, std::move(call)).first->second;
  }
  Call* find(CallId id) {
    const auto at = open_.find(id);
    return at == open_.end() ? nullptr : &at->second;
  }
  Call* find_wire(std::uint64_t wire_id) { return find(CallId{wire_id >> 8U}); }
  void erase(CallId id) { open_.erase(id); }
  /// An id for a call that is completed before it is opened.
  CallId draw_id() { return CallId{++last_}; }

  std::size_t size() const { return open_.size(); }
  auto begin() { return open_.begin(); }
  auto end() { return open_.end(); }
  auto begin() const { return open_.begin(); }
  auto end() const { return open_.end(); }

 private:
  std::map<CallId, Call> open_;
  std::uint64_t last_ = 0;
};

}  // namespace gavel::client
