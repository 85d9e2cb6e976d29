// Whether acknowledged commands are in the order (PROTOCOL.md §10.6): the tap of the client lane tells which session's
// which number was answered with which slot; the batches tell what they hold; the log tells which batches stand at that
// slot. A command that is not there, or whose slot the group's leader does not even have in its log after the patience,
// was lost. Only what is known whole is judged, and only against the log of members that were heard about then: those
// of a cluster that was wiped and founded anew have nothing to do with answers of the other.
// Bounded: kCalls open calls, kAnswers answers that wait, kRequests requests in remembered batches.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <tuple>
#include <vector>

#include "tools/sniffer/message/seen.hpp"
#include "tools/sniffer/watch/findings.hpp"
#include "tools/sniffer/watch/log.hpp"

namespace gavel::sniffer {

class AnswerWatch {
 public:
  /// The log of a group; null if nothing of it was seen.
  using LogOf = std::function<const LogWatch*(GroupId)>;

  void on_batch(GroupId group, const wire::Batch& batch);
  void on_client(const Seen& seen, const wire::TappedClient& client);
  /// Messages of this node were missed.
  void missed(Uid node);
  /// Nothing was seen for so long: whoever waits, waits so much longer.
  void prolong(Duration time);
  void look(const Names& names, const LogOf& log_of, WallTime now, Duration patience, Findings& findings);
  /// Nothing more will come: whoever waits is not judged.
  void end(Findings& findings);

 private:
  static constexpr std::size_t kCalls = 16384;
  static constexpr std::size_t kAnswers = 8192;
  static constexpr std::size_t kRequests = 1U << 18U;

  using CallKey = std::tuple<Uid, ClientId, std::uint64_t>;
  using RequestName = std::pair<SessionId, RequestNumber>;
  struct Called {
    GroupId group;
    RequestName request;
  };
  struct Answer {
    Uid gateway;
    GroupId group;
    RequestName request;
    Slot slot;
    WallTime at;
    std::uint64_t shown = 0;
    Duration prolonged{};  ///< its patience, by pauses
  };
  enum class Verdict { waits, good, lost, nowhere, unknown };
  Verdict judge(const Answer& answer, const LogWatch* log, WallTime now, Duration patience) const;

  std::map<CallKey, Called> calls_;
  std::deque<CallKey> calls_in_order_;
  std::map<std::pair<GroupId, wire::BatchRef>, std::vector<RequestName>> batches_;
  std::deque<std::pair<GroupId, wire::BatchRef>> batches_in_order_;
  std::size_t requests_ = 0;
  std::deque<Answer> answers_;
  std::uint64_t overlooked_ = 0;
};

}  // namespace gavel::sniffer
