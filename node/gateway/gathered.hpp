// What gathers at a gateway while one turn of the loop lasts: requests, by group, and answers, by client. They leave
// together at its end, so a crowd costs a step of a replica and a frame a client, and nobody waits longer for it.
// Bounded (invariant 10): who asks has_room() first adds no more than one beyond it.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "common/order/events.hpp"
#include "common/wire/client_messages.hpp"

namespace gavel::gateway {

class Gathered {
 public:
  bool any() const { return !requests_.empty() || !answers_.empty(); }
  bool has_room() const { return bytes_ < kMostBytes; }

  void add(GroupId group, order::Submission submission) {
    bytes_ += submission.request.body.size() + sizeof submission;
    requests_[group].push_back(std::move(submission));
  }
  std::map<GroupId, std::vector<order::Submission>> take_requests() {
    bytes_ = 0;
    return std::exchange(requests_, {});
  }
  /// The group's replica went; whoever asked is told.
  void forget(GroupId group) { requests_.erase(group); }

  void add(BytesView routing_id, wire::Answer answer) {
    auto at = answers_.find(routing_id);
    if (at == answers_.end()) at = answers_.emplace(Bytes(routing_id), wire::Answers()).first;
    bytes_ += wire::gathered_bytes(answer);
    at->second.answers.push_back(std::move(answer));
  }
  /// Calls `send(routing_id, message)` for each frame that is to go out: one for a client, unless it became too long.
  template <class Send>
  void take_answers(const Send& send) {
    bytes_ = 0;
    for (auto& [routing_id, all] : std::exchange(answers_, {})) send_frames(routing_id, all.answers, send);
  }
  /// The same for one client, which is to be told something else that comes after them.
  template <class Send>
  void take_answers(BytesView routing_id, const Send& send) {
    const auto at = answers_.find(routing_id);
    if (at == answers_.end()) return;
    auto mine = answers_.extract(at);
    send_frames(routing_id, mine.mapped().answers, send);
  }

 private:
  /// Of requests and answers together, in one turn.
  static constexpr std::size_t kMostBytes = 16U << 20U;

  template <class Send>
  static void send_frames(BytesView routing_id, std::vector<wire::Answer>& answers, const Send& send) {
    wire::Answers frame;
    std::size_t bytes = 0;
    for (auto& answer : answers) {
      bytes += wire::gathered_bytes(answer);
      frame.answers.push_back(std::move(answer));
      if (bytes < wire::kGatheredBytes && frame.answers.size() < wire::kMostGathered) continue;
      send_frame(routing_id, frame, send);
      frame.answers.clear();
      bytes = 0;
    }
    send_frame(routing_id, frame, send);
  }
  template <class Send>
  static void send_frame(BytesView routing_id, wire::Answers& frame, const Send& send) {
    if (frame.answers.size() == 1)
      send(routing_id, wire::ToClient(std::move(frame.answers.front())));
    else if (!frame.answers.empty())
      send(routing_id, wire::ToClient(std::move(frame)));
  }

  std::map<GroupId, std::vector<order::Submission>> requests_;
  std::map<Bytes, wire::Answers, std::less<>> answers_;
  std::size_t bytes_ = 0;
};

}  // namespace gavel::gateway
