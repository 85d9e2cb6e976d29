// The calls that this gateway has submitted and not yet answered, and who waits for each. A command that a client
// repeats while it is under way (it lost patience, or came back over another connection) is attached to the first, not
// submitted again. Bounded (invariant 10); whoever is over a bound is told to wait, never left waiting.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "common/base/time.hpp"
#include "common/order/events.hpp"
#include "common/wire/client_messages.hpp"

namespace gavel::gateway {

struct Waiter {
  Bytes routing_id;
  std::uint64_t call = 0;
  bool operator==(const Waiter&) const = default;
};

class Calls {
 public:
  static constexpr std::size_t kMost = 16384;     ///< under way, of all clients
  static constexpr std::size_t kMostOfOne = 512;  ///< of one client
  static constexpr std::size_t kMostWaiters = 8;  ///< for one command

  enum class Attached { no, yes, already, refused };
  /// If the same command is under way, waits for it too; refused if too many do already.
  Attached attach(const Waiter& waiter, const wire::Call& call);
  order::SubmitId begin(TimePoint at, Waiter waiter, const wire::Call& call);
  struct Finished {
    std::vector<Waiter> waiters;         ///< whoever waits for it; nobody if there is no such submission
    std::optional<TimePoint> commanded;  ///< when it was submitted, if it is a command
  };
  /// This submission is over.
  Finished finish(order::SubmitId id);
  /// All submissions to a group, because it will not answer any more.
  std::vector<order::SubmitId> of_group(GroupId group) const;

  bool full() const { return calls_.size() >= kMost; }
  std::size_t size() const { return calls_.size(); }
  bool any_to(GroupId group) const;

 private:
  using CommandName = std::tuple<GroupId, SessionId, RequestNumber>;
  struct UnderWay {
    TimePoint since;
    GroupId group;
    std::optional<CommandName> command;
    std::vector<Waiter> waiters;
  };
  static std::optional<CommandName> name_of(const wire::Call& call);

  std::uint64_t last_ = 0;
  std::map<order::SubmitId, UnderWay> calls_;
  std::map<CommandName, order::SubmitId> commands_;
};

}  // namespace gavel::gateway
