// What a client can ask for and tell, in the order in which it has to be done: connect, then send. The owner of a
// Client empties the vector after each call. Nothing here waits for anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/wire/client_messages.hpp"

namespace gavel::client {

/// One call of the user, until it is completed.
using CallId = Id<struct CallTag>;

enum class OutcomeKind : std::uint8_t {
  ok,             ///< decided; `body` is the service's reply, which may be a refusal of its own
  unknown,        ///< a command that may or may not have been executed: it was sent and no answer came in time
  busy,           ///< nothing was done: no gateway had room until the deadline
  unknown_group,  ///< nothing was done: the gateways know of no such group
  malformed,      ///< nothing was done: the gateway did not understand the call
  too_large,      ///< nothing was done: it is more than a request may hold
  no_answer,      ///< nothing was done, or it was only a question: no leader or no majority answered in time
  unreachable,    ///< nothing was done: no gateway was found
  refused,        ///< nothing was done: the gateways are of another cluster or version, or do not want this client
  cancelled       ///< by the user; a command may have been executed
};
constexpr std::string_view print(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::ok:
      return "ok";
    case OutcomeKind::unknown:
      return "outcome unknown";
    case OutcomeKind::busy:
      return "busy";
    case OutcomeKind::unknown_group:
      return "unknown group";
    case OutcomeKind::malformed:
      return "malformed";
    case OutcomeKind::too_large:
      return "too large";
    case OutcomeKind::no_answer:
      return "no answer";
    case OutcomeKind::unreachable:
      return "unreachable";
    case OutcomeKind::refused:
      return "refused";
    case OutcomeKind::cancelled:
      return "cancelled";
  }
  return "?";
}

struct Outcome {
  OutcomeKind kind = OutcomeKind::no_answer;
  /// At which it was decided; for local reads, up to which the gateway's state was applied.
  Slot slot;
  Bytes body;
  /// Commands: under which the command went out; 0 if it never did. History entries carry the same pair.
  SessionId session;
  RequestNumber number;
  /// How often it was sent, and the gateway that answered.
  std::uint32_t sends = 0;
  Uid gateway;
  std::string gateway_name;
  /// For people, unless ok: what was wrong.
  std::string message;
};

/// Leave the present gateway, if any, and connect to this one. What was queued for the former is worthless.
struct Connect {
  std::string endpoint;
};
struct Disconnect {};
/// To the gateway that was last connected to.
struct Send {
  Bytes frame;
};
/// To the beacon's address, by UDP: whoever is there answers with a beacon.
struct Probe {
  Bytes datagram;
};
struct Completed {
  CallId call;
  Outcome outcome;
};
/// An event of a watched group: each once, in order, whatever gateway it came through.
struct Event {
  GroupId group;
  Slot slot;
  std::uint32_t index = 0;
  Bytes body;
  Bytes topic;
};
/// Events before `slot` may have been missed: read the group's state anew. Later events follow by themselves.
struct Resync {
  GroupId group;
  Slot slot;
  Bytes topic;
};
enum class NoteKind : std::uint8_t {
  connecting,
  welcomed,
  gateway_lost,
  gateway_silent,
  gateway_slow,
  refused,
  sent_on,
  session
};
constexpr std::string_view print(NoteKind kind) {
  switch (kind) {
    case NoteKind::connecting:
      return "connecting:";
    case NoteKind::welcomed:
      return "welcomed:";
    case NoteKind::gateway_lost:
      return "gateway lost:";
    case NoteKind::gateway_silent:
      return "gateway silent:";
    case NoteKind::gateway_slow:
      return "gateway slow:";
    case NoteKind::refused:
      return "refused:";
    case NoteKind::sent_on:
      return "sent on:";
    case NoteKind::session:
      return "opened:";
  }
  return "?";
}
/// What a person may like to know about the client's own doings.
struct Note {
  NoteKind kind;
  std::string text;
};

using Effect = std::variant<Connect, Disconnect, Send, Probe, Completed, Event, Resync, Note>;
using Effects = std::vector<Effect>;

}  // namespace gavel::client
