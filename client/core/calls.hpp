// The calls that are open, in the order in which they were made, and which of them are still to be sent. A call may be
// sent several times, through one gateway after another; its id on the wire says which attempt an answer belongs to.
// `uncertain` counts the sends of which nobody has said that they did nothing: while it is 0 a command has certainly
// not been executed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

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
  /// To be sent.
  Call& add(Call call) {
    call.id = CallId{++last_};
    to_send_.push_back(call.id);
    lapses(call.deadline);
    return open_.emplace_hint(open_.end(), call.id, std::move(call))->second;
  }
  /// It is not under way any more, and is to be sent again.
  void send_again(Call& call) {
    if (!call.in_flight) return;
    call.in_flight = false;
    --in_flight_;
    to_send_.insert(std::upper_bound(to_send_.begin(), to_send_.end(), call.id), call.id);
  }
  void send_all_again() {
    for (auto& [id, call] : open_) send_again(call);
  }
  /// Hands each call that is to be sent to `try_to_send`, in their order, those that it adds too; a call for which it
  /// says true is under way.
  template <class TryToSend>
  void send(TryToSend try_to_send) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < to_send_.size(); ++i) {
      const CallId id = to_send_[i];
      Call& call = open_.at(id);
      call.in_flight = try_to_send(call);
      if (!call.in_flight) {
        to_send_[kept++] = id;
        continue;
      }
      ++in_flight_;
      lapses(call.attempt_deadline);
    }
    to_send_.resize(kept);
  }
  /// When a call that is to be sent again may go; kNever if none waits for that.
  TimePoint resend_at() const {
    TimePoint at = kNever;
    for (const CallId id : to_send_) {
      const TimePoint not_before = open_.at(id).not_before;
      if (not_before != kLongAgo) at = std::min(at, not_before);
    }
    return at;
  }

  /// No call lapses, nor an attempt of one, before this.
  TimePoint next_lapse() const { return open_.empty() ? kNever : next_lapse_; }
  /// What is due was dealt with.
  void find_next_lapse() {
    next_lapse_ = kNever;
    for (const auto& [id, call] : open_) {
      lapses(call.deadline);
      if (call.in_flight) lapses(call.attempt_deadline);
    }
  }
  void lapses(TimePoint at) { next_lapse_ = std::min(next_lapse_, at); }

  Call* find(CallId id) {
    const auto at = open_.find(id);
    return at == open_.end() ? nullptr : &at->second;
  }
  Call* find_wire(std::uint64_t wire_id) { return find(CallId{wire_id >> 8U}); }
  void erase(CallId id) {
    const auto at = open_.find(id);
    if (at == open_.end()) return;
    if (at->second.in_flight)
      --in_flight_;
    else if (const auto waits = std::lower_bound(to_send_.begin(), to_send_.end(), id);
             waits != to_send_.end() && *waits == id)
      to_send_.erase(waits);
    open_.erase(at);
  }
  /// An id for a call that is completed before it is opened.
  CallId draw_id() { return CallId{++last_}; }

  std::size_t size() const { return open_.size(); }
  std::size_t in_flight() const { return in_flight_; }
  auto begin() { return open_.begin(); }
  auto end() { return open_.end(); }
  auto begin() const { return open_.begin(); }
  auto end() const { return open_.end(); }

 private:
  std::map<CallId, Call> open_;
  std::vector<CallId> to_send_;  ///< those of the open ones that are not in flight, ascending
  std::size_t in_flight_ = 0;
  TimePoint next_lapse_ = kNever;
  std::uint64_t last_ = 0;
};

}  // namespace gavel::client
