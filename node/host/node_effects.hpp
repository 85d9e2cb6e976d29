// Everything that a node can ask of the world. The program maps it to sockets and a disk, the simulator to virtual
// ones. The vectors are filled by the node and emptied by its caller, who reuses them. Frames are whole and sealed:
// nobody who moves them looks inside. Disk operations take effect in their order; everything else here may go out at
// once, because the core holds back whatever must wait for the disk.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/order/effects.hpp"
#include "common/store/log_store.hpp"
#include "common/wire/log_levels.hpp"
#include "common/wire/services/directory.hpp"

namespace gavel::host {

/// Numbers what a node asked its disk to keep, over all its groups; grows by one with each.
using DiskTicket = std::uint64_t;

/// PUB/SUB topics: 8 bytes of group id, the highest first, then the lane (PROTOCOL.md §2).
using Topic = std::array<char, 9>;
Topic topic_of(GroupId group, order::Lane lane);
/// What begins all topics of a group.
Bytes topic_prefix(GroupId group);

struct Publish {
  Topic topic;
  Bytes frame;
};
struct SendPeer {
  Uid to;
  Bytes frame;
};
/// To a node of which only the address is known: "tcp://a.b.c.d:port" of its socket for nodes.
struct SendSeed {
  std::string endpoint;
  Bytes frame;
};
struct SendClient {
  Bytes routing_id;
  Bytes frame;
};
struct WriteDisk {
  DiskTicket ticket = 0;
  store::Operation operation;
};
/// Connect to this node, or to its new endpoints. Nothing: disconnect from it.
struct Link {
  Uid peer;
  std::optional<directory::Endpoints> endpoints;
};
/// Wanted once, or no longer wanted.
struct Subscription {
  Bytes prefix;
  bool wanted = true;
};
/// One line of the narration: the core's where it has a kind, otherwise the host's. Group 0: of the node as a whole.
/// The term is what the group's replica had promised when the core said it; otherwise none.
struct NodeNote {
  GroupId group;
  std::optional<order::NoteKind> kind;
  std::string text;
  wire::Term term = {};
};
/// The node has nothing more to do: the program flushes, and ends with this code (node/README.md).
struct Exit {
  int code = 0;
  std::string reason;
};

struct NodeEffects {
  std::vector<Publish> publishes;
  std::vector<SendPeer> peers;
  std::vector<SendSeed> seeds;
  std::vector<SendClient> clients;
  std::vector<WriteDisk> writes;
  std::vector<Link> links;
  std::vector<Subscription> subscriptions;
  std::vector<NodeNote> notes;
  std::vector<std::string> alarms;     ///< for the operator, once each; the node also keeps them for its status
  std::optional<Bytes> beacon;         ///< what the UDP beacon says from now on
  std::optional<Duration> sync_delay;  ///< each sync of the disk takes so much longer from now on: a fault
  std::optional<LogLevel> log_level;   ///< what is logged from now on
  bool beacon_now = false;             ///< say it early: somebody asked
  std::optional<Exit> exit;

  void clear() {
    publishes.clear();
    peers.clear();
    seeds.clear();
    clients.clear();
    writes.clear();
    links.clear();
    subscriptions.clear();
    notes.clear();
    alarms.clear();
    beacon.reset();
    sync_delay.reset();
    log_level.reset();
    beacon_now = false;
    exit.reset();
  }
};

}  // namespace gavel::host
