// What the parts of a replica share: the member's durable state and its log, its place in the group, and the few moves
// that keep them consistent (promise, append, cut). Each move keeps the invariant that it names; who makes a move, and
// when, is the business of the parts.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/check.hpp"
#include "common/base/random.hpp"
#include "common/order/applier.hpp"
#include "common/order/effects.hpp"
#include "common/order/journal.hpp"
#include "common/order/log.hpp"
#include "common/order/peers.hpp"
#include "common/order/print.hpp"
#include "common/order/publisher.hpp"
#include "common/order/replica.hpp"
#include "common/order/streams.hpp"

namespace gavel::order {

struct Core {
  Core(Setup setup_, Recovered recovered, std::unique_ptr<StateMachine> machine, Now now_);

  // ---- fixed
  const Setup setup;
  const Options& options = setup.options;
  Uid self() const { return setup.self.uid; }
  bool observer() const { return setup.participation == Participation::observer; }

  // ---- this step
  Now now;
  Effects* out = nullptr;
  Random random;

  // ---- the member's memory of its disk, and what follows from it
  Journal journal;
  Log log;
  Streams streams;
  Applier applier;
  Publisher publisher;
  Peers peers;

  wire::Term promised;  ///< nobody learns of it before it is durable (PROTOCOL.md §4)
  Slot match;           ///< up to where the log is known to match that of the leader of `promised`
  Slot commit;          ///< committed, and applied
  wire::Role role = wire::Role::follower;

  // ---- following
  TimePoint leader_heard = kLongAgo;
  wire::Term leader_term;
  bool stalled = false;  ///< the leader beats, and orders nothing that could be ordered
  TimePoint stalled_since = kLongAgo;
  TimePoint candidacy_at = kLongAgo;  ///< not before this does the member become a candidate
  std::uint64_t highest_round = 0;    ///< seen anywhere
  bool election_lost = false;         ///< swallows no tokens until it has seen a leader
  bool overruled = false;             ///< has swallowed a higher uid's token since it last saw a leader
  wire::Term barred;                  ///< a term in which this member stepped down

  // ---- the operator's and the directory's wishes
  wire::Config goal;  ///< empty: no wish
  bool draining = false;
  bool narrates_slots = options.narrate;
  std::uint32_t load = 0;
  std::size_t log_room = options.compact_bytes;
  std::uint32_t rank = 0;
  TimePoint ranked_since = kLongAgo;

  bool handing_over = false;     ///< the leader orders nothing meanwhile
  bool appointed = false;        ///< the reign is by the operator's word: it gives way to nobody for a higher rank
  bool diverged = false;         ///< the applied state differs from the majority's; it is not served
  TimePoint beat_at = kLongAgo;  ///< the next beat is due
  TimePoint fetch_not_before = kLongAgo;
  TimePoint forget_at = kNever;         ///< looks next for members and streams to forget
  TimePoint founding_until = kLongAgo;  ///< a founder of a new group: until then it beats often

  // ---- questions
  const wire::Config& config() const;
  bool is_voter() const { return config().is_voter(self()); }
  bool wants_to_leave() const;
  bool hears_leader() const;
  /// A founder that has not seen a leader yet.
  bool founding() const { return now.at < founding_until && !hears_leader(); }
  Standing standing(Uid uid) const { return uid == self() ? Standing{rank, uid} : peers.standing(uid); }
  /// Hears a majority of the voters and is heard by them.
  bool mutually_heard() const;
  bool eligible() const;
  /// A majority of the voters says that it hears no live leader.
  bool gate_open() const;
  /// How long to leave others the chance to stand for election first. The one of the highest standing goes at once: it
  /// would swallow the tokens of the others.
  Duration candidacy_delay();
  Slot ack_slot() const;
  wire::Ack own_ack() const;
  const Streams::Marks& last_ordered() const;

  // ---- moves
  /// Somebody has promised something: this founder comes late, and is as cautious as anybody.
  void group_lives();
  void set_rank(std::uint32_t wish);
  /// Promises `term`: the highest so far. The match index starts again from the commit slot.
  void promise(const wire::Term& term);
  /// I2: an entry follows what is there; what it orders counts as ordered from now on.
  void append(wire::FullEntry entry);
  /// I3: a committed entry is never cut.
  void cut_to(Slot last_kept);
  /// Starts from a foreign snapshot. Error: the snapshot cannot be read.
  Result<void> install(const wire::SnapshotRecord& snapshot, Rope encoded);
  /// Bytes of entries after the snapshot from which on another one is due.
  std::size_t log_bound() const { return std::max(log_room, 2 * log.snapshot().size()); }
  /// The state at `commit`. The log is not blank.
  wire::SnapshotRecord snapshot() const;
  void make_snapshot();
  void run_when_durable(std::function<void()> then) { journal.when_durable(std::move(then)); }

  void say(NoteKind kind, std::string text) { out->notes.push_back({kind, std::move(text)}); }
  void send(Uid to, wire::OrderMessage message);
  void cast(Lane lane, wire::OrderMessage message);
};

}  // namespace gavel::order
