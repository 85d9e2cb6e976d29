// What a node tells sniffers on its `tap` lane: a copy of what it sends to single nodes, and of the client lane as much
// as tells one request from another. Of the client lane no body is in it: not what a client said, nor what it was told.
// Frames between nodes are copied whole, up to kMostTapped; those that bring what was ordered (Repair, Entries,
// SnapshotChunk) hold clients' requests and what came of them, which the batch lane carries in the clear anyway. The
// sessions named here are those of the protocol, under which commands are numbered; nobody logs in by them. Topic:
// group 0 and the lane's letter. A node sends these only while somebody subscribes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "common/wire/client_messages.hpp"

namespace gavel::wire {

/// 8 bytes of group id and the lane's letter, like all topics.
inline constexpr std::string_view kTapTopic{"\0\0\0\0\0\0\0\0t", 9};

/// A frame that the sender of this sent to one other node.
struct Tapped {
  static constexpr std::uint64_t kKind = 90;
  std::uint64_t published = 0;  ///< frames that this node's PUB sent in this life before this one
  Uid to;                       ///< 0: to an address that the node was given, whose uid it does not know
  GroupId group;
  std::uint64_t kind = 0;
  std::uint64_t size = 0;  ///< of the frame, in bytes
  Bytes frame;             ///< empty if it has more than kMostTapped bytes
  GAVEL_FIELDS(published, to, group, kind, size, frame);
};
inline constexpr std::size_t kMostTapped = 64 * 1024;

/// A frame between the sender of this and one of its clients, without its body.
struct TappedClient {
  static constexpr std::uint64_t kKind = 91;
  std::uint64_t published = 0;
  bool incoming = false;  ///< from the client
  ClientId client;        ///< 0: not known
  std::uint64_t kind = 0;
  std::uint64_t size = 0;
  GroupId group;         ///< that the message is about; 0: none
  std::uint64_t id = 0;  ///< of the call or question, in it and in its answer; 0: has none
  SessionId session;     ///< of commands (CallKind::command) only, whatever other calls name; 0: none
  RequestNumber number;
  std::optional<AnswerStatus> status;  ///< of answers
  Slot slot;                           ///< of answers and events
  GAVEL_FIELDS(published, incoming, client, kind, size, group, id, session, number, status, slot);
};

/// Goes out every 100 ms, whatever else was sent: lets a sniffer count what it missed of all lanes, also when nothing
/// is copied.
struct TapMark {
  static constexpr std::uint64_t kKind = 92;
  std::uint64_t published = 0;
  GAVEL_FIELDS(published);
};

using TapMessage = std::variant<Tapped, TappedClient, TapMark>;

}  // namespace gavel::wire
