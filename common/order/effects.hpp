// Everything that a replica can ask for. The vectors are filled by `Replica::step` and emptied by its caller, who
// reuses them: in the steady state a step allocates nothing for them. Messages that must wait for the disk are held
// back by the replica itself; whatever stands here may go out at once. Operations of `persists` take effect in their
// order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/service_event.hpp"
#include "common/order/events.hpp"
#include "common/wire/client_messages.hpp"

namespace gavel::order {

/// PUB/SUB topics are group id + lane (PROTOCOL.md §2).
enum class Lane : char { batch = 'b', order = 'o', ack = 'a', beat = 'h' };

/// To every node that subscribes to the group's lane; not to the sender itself.
struct Multicast {
  Lane lane;
  wire::OrderMessage message;
};
struct Unicast {
  Uid to;
  wire::OrderMessage message;
};

enum class PersistKind : std::uint8_t {
  promise,   ///< `bytes`: a PromiseRecord, replaces the one before
  append,    ///< `bytes`: a FullEntry at `slot`, the one after the last
  cut_tail,  ///< `slot` is the last that stays
  snapshot   ///< `bytes`: a SnapshotRecord up to `slot`; entries up to there go, those after it stay iff `keep_tail`
};
struct Persist {
  Ticket ticket;
  PersistKind kind;
  Slot slot;
  Rope bytes;
  bool keep_tail = true;
};

/// What became of a submitted request. Exactly one comes for each Submission, unless the replica is destroyed first.
struct Answered {
  SubmitId id;
  wire::AnswerStatus status = wire::AnswerStatus::ok;
  Slot slot;
  SessionId session;  ///< of an `open`
  Bytes body;
};
/// An event of the state machine, in total order, for those who watch. `index` starts at 1 in each slot.
struct Happened {
  Slot slot;
  std::uint32_t index = 0;
  ServiceEvent event;
};

enum class NoteKind : std::uint8_t {
  suspected,
  stalled,
  candidate,
  token_sent,
  token_passed,
  swallowed,
  promised,
  token_home,
  asked_directly,
  recovering,
  adopted,
  elected,
  election_failed,
  stepped_down,
  followed,
  cut,
  ordered,
  committed,
  configured,
  handing_over,
  handed_over,
  snapshot_made,
  snapshot_installed,
  repaired,
  diverged,
  storage_failed
};
/// One line of the narration: the core's only log. The node prints it; a trace test compares it.
struct Note {
  NoteKind kind;
  std::string text;
};

struct Effects {
  std::vector<Multicast> multicasts;
  std::vector<Unicast> unicasts;
  std::vector<Persist> persists;
  std::vector<Answered> answers;
  std::vector<Happened> events;
  std::vector<Note> notes;

  void clear() {
    multicasts.clear();
    unicasts.clear();
    persists.clear();
    answers.clear();
    events.clear();
    notes.clear();
  }
};

}  // namespace gavel::order
