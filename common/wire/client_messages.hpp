// The messages between a client and its gateway, and the beacon by which both find nodes (WIRE.md has the grammar). On
// the client lane the envelope's `from` is the client's id; its group is 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/wire/order_messages.hpp"

namespace gavel::wire {

/// A node tells where it is: by UDP to its LAN, and by unicast to those it was told of (`--join`).
struct Beacon {
  static constexpr std::uint64_t kKind = 50;
  Uid uid;
  Incarnation incarnation;
  std::string name;
  std::string pub;            ///< endpoint of its PUB socket, "tcp://127.0.0.1:40001"
  std::string peer;           ///< endpoint of its ROUTER for nodes
  std::string client;         ///< endpoint of its ROUTER for clients
  bool member = false;        ///< it has joined a cluster (or founded it)
  std::uint32_t clients = 0;  ///< that it serves now
  Bytes authenticator;        ///< empty until clusters have keys
  GAVEL_FIELDS(uid, incarnation, name, pub, peer, client, member, clients, authenticator);
};

/// By UDP: whoever is out there, say so now.
struct Probe {
  static constexpr std::uint64_t kKind = 51;
  GAVEL_FIELDS();
};

struct Hello {
  static constexpr std::uint64_t kKind = 60;
  ClientId client;
  std::string name;  ///< who the client says it is; "" if it does not say
  /// It means to stay for a while, and would rather be sent (Redirect) to the gateway with the fewest clients.
  bool stays = false;
  /// Gateways that sent it on before this one did; after a few it is kept.
  std::uint32_t redirected = 0;
  GAVEL_FIELDS(client, name, stays, redirected);
};
struct Welcome {
  static constexpr std::uint64_t kKind = 61;
  Uid node;
  std::string name;
  std::vector<std::string> gateways;  ///< client endpoints of all nodes known, this one first
  GAVEL_FIELDS(node, name, gateways);
};
/// The gateway cannot understand or serve this client; the reason says what would be right.
struct Refused {
  static constexpr std::uint64_t kKind = 62;
  std::string reason;
  GAVEL_FIELDS(reason);
};

/// Go there instead: this gateway has more clients, is full, or is about to leave. No gateway: all nodes are full, try
/// again after `retry_after`.
struct Redirect {
  static constexpr std::uint64_t kKind = 73;
  std::vector<std::string> gateways;  ///< client endpoints, the best first
  Duration retry_after{};
  std::string reason;
  GAVEL_FIELDS(gateways, retry_after, reason);
};
/// The client goes, and wants nothing more; not answered.
struct Bye {
  static constexpr std::uint64_t kKind = 74;
  GAVEL_FIELDS();
};

enum class CallKind : std::uint8_t {
  open = 1,     ///< a session in the group
  command = 2,  ///< under a session and a number, once
  query = 3,    ///< a linearizable read
  local = 4,    ///< a read of the gateway's own state as it stands, which may be behind
  mark = 5      ///< the answer's slot is one at which every replica keeps its digest for a while (GroupStatus.marks)
};
constexpr bool is_known(CallKind kind) { return kind >= CallKind::open && kind <= CallKind::mark; }

struct Call {
  static constexpr std::uint64_t kKind = 63;
  std::uint64_t id = 0;  ///< chosen by the client, repeated in the answer
  GroupId group;
  CallKind kind = CallKind::query;
  SessionId session;     ///< commands only
  RequestNumber number;  ///< commands only; repeated unchanged when the client tries again
  Bytes body;
  GAVEL_FIELDS(id, group, kind, session, number, body);
};

enum class AnswerStatus : std::uint8_t {
  ok = 1,
  expired = 2,  ///< the session is not known (any more): open another
  stale = 3,    ///< the number is below the session's window: it was answered long ago, and is never executed again
  busy = 4,     ///< nothing was done; try again after `retry_after`
  unknown_group = 5,  ///< this node knows of no such group
  malformed = 6,      ///< `message` says what is wrong with the call
  lost = 7            ///< this gateway cannot tell what became of it: send it again, under the same number
};
constexpr bool is_known(AnswerStatus status) { return status >= AnswerStatus::ok && status <= AnswerStatus::lost; }

struct Answer {
  static constexpr std::uint64_t kKind = 64;
  std::uint64_t id = 0;
  AnswerStatus status = AnswerStatus::ok;
  Slot slot;               ///< at which it was decided; for local reads, up to which the state was applied
  Bytes body;              ///< of the service; for `open`, empty
  SessionId session;       ///< `open` only
  Duration retry_after{};  ///< `busy` only
  std::string message;     ///< for people; empty when ok
  GAVEL_FIELDS(id, status, slot, body, session, retry_after, message);
};

/// Calls that a client had to make at the same time, in their order: as if each came by itself.
struct Calls {
  static constexpr std::uint64_t kKind = 84;
  std::vector<Call> calls;
  GAVEL_FIELDS(calls);
};
/// The same for what a gateway has to answer to one client.
struct Answers {
  static constexpr std::uint64_t kKind = 85;
  std::vector<Answer> answers;
  GAVEL_FIELDS(answers);
};
/// In one of these at most; a frame with more is refused.
inline constexpr std::size_t kMostGathered = 512;
/// So many bytes in one of these, as gathered_bytes counts, and the next begins: both fit a client's frame with the
/// largest request that there may be.
inline constexpr std::size_t kGatheredBytes = 32U << 10U;
inline std::size_t gathered_bytes(const Call& call) { return call.body.size() + 48; }
inline std::size_t gathered_bytes(const Answer& answer) { return answer.body.size() + answer.message.size() + 64; }

/// Asks for the events of a group's topic, from the one after (`slot`, `index`) on; {0, 0}: from now on. Repeat to
/// move. Which topics there are is the service's to say; the main one is empty.
struct Watch {
  static constexpr std::uint64_t kKind = 65;
  GroupId group;
  Slot slot;
  std::uint32_t index = 0;
  Bytes topic = {};
  GAVEL_FIELDS(group, slot, index, topic);
};
struct Unwatch {
  static constexpr std::uint64_t kKind = 66;
  GroupId group;
  Bytes topic = {};
  GAVEL_FIELDS(group, topic);
};
/// One event of a watched topic. `(slot, index)` names it in the group, and grows; index starts at 1 in each slot. Of a
/// topic whose events replace each other, some may be left out: the newest comes.
struct Pushed {
  static constexpr std::uint64_t kKind = 67;
  GroupId group;
  Slot slot;
  std::uint32_t index = 0;
  Bytes body;
  Bytes topic = {};
  GAVEL_FIELDS(group, slot, index, body, topic);
};
/// The gateway holds no events before `slot`: the watcher reads the state anew, and goes on from there. kNoMoreEvents:
/// the group was given up (its auction goes on in another one, from a backup), and there will be no more.
struct PushedGap {
  static constexpr std::uint64_t kKind = 68;
  GroupId group;
  Slot slot;
  Bytes topic = {};
  GAVEL_FIELDS(group, slot, topic);
};
inline constexpr Slot kNoMoreEvents{~std::uint64_t{0}};

struct Ping {
  static constexpr std::uint64_t kKind = 69;
  std::uint64_t id = 0;
  GAVEL_FIELDS(id);
};
struct Pong {
  static constexpr std::uint64_t kKind = 70;
  std::uint64_t id = 0;
  GAVEL_FIELDS(id);
};

// ---- status -----------------------------------------------------------------------------------------------------

/// How one member of a group looks from the node that reports.
struct MemberStatus {
  Uid uid;
  bool voter = false;
  bool heard = false;  ///< within the suspicion time
  Role role = Role::follower;
  Slot durable;  ///< its last ack in the current term
  Slot applied;
  std::uint32_t load = 0;  ///< clients that its node serves
  bool draining = false;
  GAVEL_FIELDS(uid, voter, heard, role, durable, applied, load, draining);
};
/// The digest of a replica's state after it had applied `slot`.
struct DigestMark {
  Slot slot;
  Digest digest;
  GAVEL_FIELDS(slot, digest);
};
struct GroupStatus {
  GroupId group;
  std::uint16_t service = 0;
  Role role = Role::follower;
  bool observer = false;
  Term promised;
  Uid leader;  ///< whom the reporting node follows; 0 if none
  Slot first;  ///< of the log; everything before is in the snapshot
  Slot last;
  Slot commit;
  Slot applied;
  Slot digest_slot;
  Digest digest;
  std::vector<DigestMark> marks;  ///< asked for by CallKind::mark, the last few, ascending
  Config config;
  std::vector<MemberStatus> members;
  /// How the election went that the reporting node won last: whose promises it gathered, in their order. Empty if it
  /// won none in this life.
  std::vector<Uid> way;
  GAVEL_FIELDS(group, service, role, observer, promised, leader, first, last, commit, applied, digest_slot, digest,
               marks, config, members, way);
};
struct Counter {
  std::string name;
  std::uint64_t value = 0;
  GAVEL_FIELDS(name, value);
};
struct StatusQuery {
  static constexpr std::uint64_t kKind = 71;
  std::uint64_t id = 0;
  GAVEL_FIELDS(id);
};
struct StatusReport {
  static constexpr std::uint64_t kKind = 72;
  std::uint64_t id = 0;
  Uid node;
  Incarnation incarnation;
  std::string name;
  std::string version;
  Duration uptime{};
  std::uint32_t clients = 0;
  std::uint32_t room = 0;  ///< clients that it serves at most
  std::uint32_t slots = 0;
  bool draining = false;
  std::vector<std::string> alarms;
  std::vector<GroupStatus> groups;
  std::vector<Counter> counters;
  GAVEL_FIELDS(id, node, incarnation, name, version, uptime, clients, room, slots, draining, alarms, groups, counters);
};

// ---- operations -------------------------------------------------------------------------------------------------

/// Whom this node serves.
struct ClientsQuery {
  static constexpr std::uint64_t kKind = 75;
  std::uint64_t id = 0;
  GAVEL_FIELDS(id);
};
struct ClientRecord {
  ClientId client;
  std::string name;
  bool stays = false;
  Duration idle{};  ///< since it was last heard
  std::uint32_t calls = 0;
  std::vector<GroupId> watches;
  GAVEL_FIELDS(client, name, stays, idle, calls, watches);
};
struct ClientList {
  static constexpr std::uint64_t kKind = 76;
  std::uint64_t id = 0;
  std::vector<ClientRecord> clients;  ///< the first kMostClients
  std::uint64_t total = 0;
  GAVEL_FIELDS(id, clients, total);
};
inline constexpr std::size_t kMostClients = 1024;

/// To the node that leads the group: hand over to that member, which then keeps the lead although others rank higher.
struct TransferLead {
  static constexpr std::uint64_t kKind = 77;
  std::uint64_t id = 0;
  GroupId group;
  Uid to;
  GAVEL_FIELDS(id, group, to);
};
/// Faults to inject from now on, all others end; only a node that was started with --allow-faults takes it.
struct SetFaults {
  static constexpr std::uint64_t kKind = 78;
  std::uint64_t id = 0;
  std::vector<Uid> blocked;        ///< nothing from these nodes is heard
  std::uint32_t drop_percent = 0;  ///< of what comes from other nodes, at random
  Duration delay{};                ///< added to everything that comes from other nodes
  Duration sync_delay{};           ///< added to each sync of the disk
  GAVEL_FIELDS(id, blocked, drop_percent, delay, sync_delay);
};
/// What became of an operation: begun (its effect shows in the status), or refused for the reason given.
struct Operated {
  static constexpr std::uint64_t kKind = 79;
  std::uint64_t id = 0;
  bool done = false;
  std::string message;
  GAVEL_FIELDS(id, done, message);
};

/// A piece of a group's state as this node has it, for a backup: offset 0 first, then one piece after the other.
struct BackupQuery {
  static constexpr std::uint64_t kKind = 80;
  std::uint64_t id = 0;
  GroupId group;
  std::uint64_t offset = 0;
  GAVEL_FIELDS(id, group, offset);
};
/// The pieces make up one encoded SnapshotRecord; `message` says why there is none, and is empty otherwise.
struct BackupPiece {
  static constexpr std::uint64_t kKind = 81;
  std::uint64_t id = 0;
  GroupId group;
  Slot slot;
  std::uint64_t size = 0;  ///< of the whole, in bytes
  std::uint64_t offset = 0;
  Digest digest;  ///< of the whole
  SharedBytes bytes;
  std::string message;
  GAVEL_FIELDS(id, group, slot, size, offset, digest, bytes, message);
};

/// A piece of an auction's state from a backup, for an auction whose group is lost: offset 0 first, then one piece
/// after the other, each answered by Operated. With the last one this node has the directory give the auction another
/// group, and founds that from the state; said again, the last piece tells how far that is.
struct RestorePiece {
  static constexpr std::uint64_t kKind = 82;
  std::uint64_t id = 0;
  GroupId group;           ///< that is given up: the auction's, as the directory has it
  bool force = false;      ///< even if this node hears a leader of it
  std::uint64_t size = 0;  ///< of the whole, in bytes: one encoded SnapshotRecord
  std::uint64_t offset = 0;
  Digest digest;  ///< of the whole
  SharedBytes bytes;
  GAVEL_FIELDS(id, group, force, size, offset, digest, bytes);
};

/// What the node logs from now on: "trace", "debug", "info", "warn" or "error".
struct SetLogLevel {
  static constexpr std::uint64_t kKind = 83;
  std::uint64_t id = 0;
  std::string level;
  GAVEL_FIELDS(id, level);
};

using FromClient = std::variant<Hello, Call, Watch, Unwatch, Ping, StatusQuery, Bye, ClientsQuery, TransferLead,
                                SetFaults, BackupQuery, RestorePiece, SetLogLevel, Calls>;
using ToClient = std::variant<Welcome, Refused, Answer, Pushed, PushedGap, Pong, StatusReport, Redirect, ClientList,
                              Operated, BackupPiece, Answers>;
/// What a UDP datagram may hold, and what nodes tell each other about themselves by unicast.
using Discovery = std::variant<Beacon, Probe>;

}  // namespace gavel::wire
