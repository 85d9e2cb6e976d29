// The calls that this gateway has submitted and not yet answered, and who waits for each. A command that a client
// repeats while it is under way (it lost patience, or came back over another connection) is attached to the first, not
// submitted again. Bounded (invariant 10); whoever is over a bound is told to wait, never left waiting.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
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

  /// `seed`: drawn for this process, so that no client can choose numbers that collide.
  explicit Calls(std::uint64_t seed) : commands_(0, Hash{seed}) {}

  enum class Attached { no, yes, already, refused };
  /// If the same command is under way, waits for it too; refused if too many do already.
  Attached attach(const Waiter& waiter, const wire::Call& call);
  /// Not while full().
  order::SubmitId begin(TimePoint at, Waiter waiter, const wire::Call& call);
  struct UnderWay {
    order::SubmitId id;
    TimePoint since;
    GroupId group;
    SessionId session;  ///< commands only, as the number
    RequestNumber number;
    bool commands = false;
    Waiter waiter;
    std::vector<Waiter> others;  ///< that repeated the command
  };
  /// This submission is over; nothing if there is no such one.
  std::optional<UnderWay> finish(order::SubmitId id);
  /// All submissions to a group, because it will not answer any more.
  std::vector<order::SubmitId> of_group(GroupId group) const;

  bool full() const { return size() >= kMost; }
  std::size_t size() const { return places_.size() - free_.size(); }
  bool any_to(GroupId group) const;

 private:
  struct CommandName {
    GroupId group;
    SessionId session;
    RequestNumber number;
    bool operator==(const CommandName&) const = default;
  };
  struct Hash {
    std::uint64_t seed;
    std::size_t operator()(const CommandName& name) const;
  };
  /// Null if it is not under way (any more).
  UnderWay* find(order::SubmitId id);

  // A submission's id ends in its place, so that finding it costs nothing; the rest tells it from those before it.
  std::uint64_t last_ = 0;
  std::vector<UnderWay> places_;
  std::vector<std::size_t> free_;
  std::unordered_map<CommandName, order::SubmitId, Hash> commands_;  // looked up in, never walked through
};

}  // namespace gavel::gateway
