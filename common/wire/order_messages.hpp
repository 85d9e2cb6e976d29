// The messages between the replicas of one group, one aggregate each (PROTOCOL.md §2 to §8; WIRE.md has the grammar).
// Who sent a message, in which incarnation, and for which group stands in the envelope (envelope.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "common/base/rope.hpp"
#include "common/wire/limits.hpp"
#include "common/wire/order_types.hpp"

namespace gavel::wire {

// ---- normal operation (§3) --------------------------------------------------------------------------------------

/// Lane `batch`: a publisher's requests, multicast once.
struct Batch {
  static constexpr std::uint64_t kKind = 1;
  BatchRef ref;
  SharedBytes payload;
  GAVEL_FIELDS(ref, payload);
};

/// Lane `order`: the slot owner says which batches come after `previous`.
struct Order {
  static constexpr std::uint64_t kKind = 2;
  Term term;           ///< the sender's, never an entry's
  Slot previous;       ///< the slot before the first of `entries`
  Term previous_term;  ///< the term of the entry there
  std::vector<Entry> entries;
  Slot commit;
  GAVEL_FIELDS(term, previous, previous_term, entries, commit);
};

/// Lane `ack`: how far the sender's log is durable and known to match the log of `term`. Cumulative.
struct Ack {
  static constexpr std::uint64_t kKind = 3;
  Term term;
  Slot durable;
  Slot applied;
  Slot digest_slot;  ///< the last multiple of the digest interval that was applied; 0 if none
  Digest digest;     ///< of the applied state there
  GAVEL_FIELDS(term, durable, applied, digest_slot, digest);
  bool operator==(const Ack&) const = default;
};

/// Lane `beat`: every member to all, at every heartbeat (with nothing new to say, at every other one) and at once when
/// the sender stops hearing its leader.
struct Beat {
  static constexpr std::uint64_t kKind = 4;
  Term promised;  ///< on the sender's disk
  Role role = Role::follower;
  Term following;  ///< the live leader that the sender follows, or the zero term
  Slot last;
  std::vector<Uid> hears;  ///< whom the sender heard within the suspicion time
  Term heard_promise;      ///< the highest promise that the sender heard from a member
  bool draining = false;
  bool eligible = false;
  Slot commit;
  std::optional<Ack> ack;  ///< repeated, so that a lost last ack heals; none while a promise is on its way to disk
  std::vector<StreamMark> held;  ///< per stream: up to where the sender holds every batch
  std::uint32_t load = 0;        ///< clients that the sender serves
  std::uint32_t rank = 0;        ///< who has a higher one is elected first, whatever the uids (idle nodes, §4)
  GAVEL_FIELDS(promised, role, following, last, hears, heard_promise, draining, eligible, commit, ack, held, load,
               rank);
  bool operator==(const Beat&) const = default;
};

/// Unicast: the sender lacks batches `from`..`to` of a stream.
struct Missing {
  static constexpr std::uint64_t kKind = 5;
  Uid publisher;
  Incarnation incarnation;
  BatchNumber from;
  BatchNumber to;
  GAVEL_FIELDS(publisher, incarnation, from, to);
};

/// Unicast: the answer to Missing, as far as the sender holds them.
struct Repair {
  static constexpr std::uint64_t kKind = 6;
  std::vector<Batch> batches;
  GAVEL_FIELDS(batches);
};

// ---- election (§4) ----------------------------------------------------------------------------------------------

/// Unicast round the ring: LCR's token, which collects the promises. `direct` tokens go to one voter and straight back.
struct Token {
  static constexpr std::uint64_t kKind = 10;
  Term term;  ///< what is to be promised; term.uid is the candidate
  Incarnation candidate_incarnation;
  std::vector<Uid> ring;  ///< the voters of the candidate's configuration, ascending
  std::vector<Vote> votes;
  bool hand_over = false;
  bool direct = false;
  std::uint32_t hops = 0;
  std::uint64_t id = 0;  ///< of this hop; a TokenAck repeats it
  GAVEL_FIELDS(term, candidate_incarnation, ring, votes, hand_over, direct, hops, id);
};
struct TokenAck {
  static constexpr std::uint64_t kKind = 11;
  std::uint64_t id = 0;
  GAVEL_FIELDS(id);
};
/// To a candidate: I have promised more than you ask for.
struct Rejected {
  static constexpr std::uint64_t kKind = 12;
  Term promised;
  GAVEL_FIELDS(promised);
};
/// From a leader to its successor: start a token, marked as hand-over.
struct HandOver {
  static constexpr std::uint64_t kKind = 13;
  Term term;
  bool appointed = false;  ///< by the operator: it does not give way to a higher uid while its reign lasts
  GAVEL_FIELDS(term, appointed);
};

// ---- repair and recovery of the log (§4, §8) --------------------------------------------------------------------

/// Asks a member of the same term for entries from `from` on; 0: the snapshot first. In a recovery the candidate asks
/// the best voter.
struct Fetch {
  static constexpr std::uint64_t kKind = 20;
  Term term;
  Slot from;
  bool recovery = false;
  GAVEL_FIELDS(term, from, recovery);
};
struct Entries {
  static constexpr std::uint64_t kKind = 21;
  Term term;
  Slot previous;
  Term previous_term;
  std::vector<FullEntry> entries;
  Slot commit;
  bool recovery = false;
  GAVEL_FIELDS(term, previous, previous_term, entries, commit, recovery);
};
/// A piece of the sender's snapshot: the answer to a Fetch from a slot that its log no longer holds, or to
/// SnapshotFetch.
struct SnapshotChunk {
  static constexpr std::uint64_t kKind = 22;
  Term term;
  Slot slot;                 ///< that the snapshot stands for
  std::uint64_t size = 0;    ///< of the whole, in bytes
  std::uint64_t offset = 0;  ///< of this piece
  Digest digest;             ///< of the whole
  SharedBytes bytes;
  bool recovery = false;
  GAVEL_FIELDS(term, slot, size, offset, digest, bytes, recovery);
};
struct SnapshotFetch {
  static constexpr std::uint64_t kKind = 23;
  Term term;
  Slot slot;  ///< of the snapshot whose next piece is wanted; 0: whichever the receiver can make newest
  std::uint64_t offset = 0;
  bool recovery = false;
  GAVEL_FIELDS(term, slot, offset, recovery);
};

using OrderMessage = std::variant<Batch, Order, Ack, Beat, Missing, Repair, Token, TokenAck, Rejected, HandOver, Fetch,
                                  Entries, SnapshotChunk, SnapshotFetch>;

// ---- what batches hold (§7) -------------------------------------------------------------------------------------

enum class RequestKind : std::uint8_t {
  open = 1,      ///< opens a session; the answer names it
  command = 2,   ///< changes the state, once per (session, number)
  query = 3,     ///< reads at its place in the order; only the gateway that published it evaluates it
  proposal = 4,  ///< from a node, not a client: a deadline, an observation; idempotent by what it says
  mark = 5       ///< changes nothing; every replica keeps the digest of its state at this slot for a while
};
constexpr bool is_known(RequestKind kind) { return kind >= RequestKind::open && kind <= RequestKind::mark; }

struct Request {
  RequestKind kind = RequestKind::query;
  SessionId session;     ///< commands only
  RequestNumber number;  ///< commands only
  Bytes body;
  GAVEL_FIELDS(kind, session, number, body);
};

/// The same where it lies in a batch's payload.
struct RequestView {
  RequestKind kind = RequestKind::query;
  SessionId session;
  RequestNumber number;
  BytesView body;
  GAVEL_FIELDS(kind, session, number, body);
};

/// The payload of a batch.
struct RequestList {
  static constexpr Limits kLimits{kMaxBatchRequests, 5 * kMaxBatchRequests + 2};
  std::vector<Request> requests;
  GAVEL_FIELDS(requests);
};
struct RequestViews {
  static constexpr Limits kLimits = RequestList::kLimits;
  std::vector<RequestView> requests;
  GAVEL_FIELDS(requests);
};

// ---- what disks hold (§8) ---------------------------------------------------------------------------------------

/// The store's small record of a group.
struct PromiseRecord {
  Term promised;
  GAVEL_FIELDS(promised);
};

/// Replaces the log up to and including `slot`. At slot 0 it is a group's genesis.
struct SnapshotRecord {
  Slot slot;
  Term term;
  WallTime stamp;
  Config config;
  View view;
  std::vector<StreamMark> last_ordered;
  std::uint16_t service = 0;  ///< which kind of state machine
  Rope state;                 ///< its snapshot, sessions included
  GAVEL_FIELDS(slot, term, stamp, config, view, last_ordered, service, state);
};

}  // namespace gavel::wire
