// One member's part in one group: the whole ordering protocol (PROTOCOL.md) as a function of state, time and event. It
// composes the parts of this directory, hands each event to the part it concerns, and afterwards lets follow what
// follows: commit, apply, publish, order, ack. It opens no socket, reads no clock and starts no thread; what it wants
// stands in Effects. Invariants 1 to 7 and 10 of PROTOCOL.md §10 are this directory's to keep.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/order/effects.hpp"
#include "common/order/events.hpp"
#include "common/order/state_machine.hpp"

namespace gavel::order {

/// What a replica starts from: the contents of its store, or nothing (a new member, which waits for a snapshot).
struct Recovered {
  wire::Term promised;
  std::optional<wire::SnapshotRecord> snapshot;
  std::vector<wire::FullEntry> entries;  ///< contiguous, the first at snapshot->slot + 1
};

/// The genesis of a group with these voters: what every founding member persists (as snapshot at slot 0) before it
/// starts.
wire::SnapshotRecord genesis(const wire::Config& config, const StateMachine& initial);

/// How a replica takes part.
enum class Participation : std::uint8_t {
  member,   ///< as the configuration says; its promises and acks are durable
  observer  ///< follows and applies, never acks, votes or promises: a gateway whose node is no member
};

struct Setup {
  Options options;
  GroupId group;
  wire::Member self;
  Participation participation = Participation::member;
  std::uint64_t seed = 0;  ///< for jitter
};

class Replica {
 public:
  Replica(Setup setup, Recovered recovered, std::unique_ptr<StateMachine> machine, Now now);
  ~Replica();
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  /// Lets one event happen and appends what follows from it to `effects`.
  void step(Now now, Event event, Effects& effects);
  /// When the next Tick is due at the latest; an earlier or a later one does no harm but to speed.
  TimePoint next_deadline() const;

  // ---- for status, tests and checkers: the state as it stands
  wire::GroupStatus status(TimePoint at) const;
  wire::Role role() const;
  bool leads() const { return role() == wire::Role::leader; }
  /// Whether it leads by the operator's word.
  bool appointed() const;
  wire::Term promised() const;
  /// The leader that is followed, itself included; {} if none is heard.
  Uid leader(TimePoint at) const;
  Slot first() const;  ///< the first slot that the log still holds as an entry
  Slot base() const;   ///< of the snapshot; 0 for genesis
  bool blank() const;  ///< a new member that has no genesis or snapshot yet
  Slot last() const;
  Slot commit() const;  ///< everything up to here is applied
  const wire::Config& config() const;
  const wire::View& view() const;
  /// base() < slot <= last()
  const wire::Entry& entry(Slot slot) const;
  const StateMachine& machine() const;
  /// Of the applied state at commit(), sessions and history included.
  Digest digest() const;
  /// The digests after the last few slots that hold a mark.
  const std::map<Slot, Digest>& marks() const;
  /// Why a TransferTo would not begin now; empty if it would.
  std::string transfer_objection(Uid to, TimePoint at) const;
  /// The state at commit(), as a snapshot that another replica could start from: for backups and archives. Not if
  /// blank().
  wire::SnapshotRecord snapshot() const;
  /// Whether a request can be submitted without being answered Busy.
  bool accepts_requests() const;
  /// Every bounded queue within its bound (invariant 10); empty, or the name of one that is not.
  const char* overfull() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gavel::order
