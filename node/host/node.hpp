// A node without its sockets, its disk and its clock: the replicas of the groups that live here, the gateway that
// serves clients, and the duties that follow from the directory. Every call is one event: it changes the state and
// appends to `effects` what the world is to do. The node composes and decides nothing; replicas.hpp, placement.hpp,
// duties.hpp, mesh.hpp and node/gateway do. The program (node/runtime.hpp) and the simulator drive the same class.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/order/options.hpp"
#include "common/order/replica.hpp"
#include "common/wire/archive.hpp"
#include "node/host/counters.hpp"
#include "node/host/node_effects.hpp"

namespace gavel {
class AuctionService;
class DirectoryService;
}  // namespace gavel

namespace gavel::host {

struct NodeSetup {
  order::Options options;
  std::string cluster = "gavel";
  std::string name;
  std::string version;
  wire::Member self;               ///< the low 24 bits of the incarnation are free: replicas count in them
  directory::Endpoints endpoints;  ///< where others reach this node
  std::uint32_t slots = 16;        ///< auctions that it serves at most
  std::uint32_t room = 4096;       ///< clients that it serves at most
  /// Founds the cluster: the directory group with this node as its only voter. An error if the disk holds groups.
  bool bootstrap = false;
  /// With `bootstrap`: founds it from this backup.
  std::optional<wire::Archive> restore;
  /// A founder looks round so long for a cluster of the same name, and refuses to found a second one. 0: not at all.
  Duration found_wait{};
  std::vector<std::string> seeds;       ///< endpoints of sockets for nodes, to be told where this node is
  std::vector<Uid> retired;             ///< uids that this node gave up when it lost their data (PROTOCOL.md §8)
  std::size_t log_memory = 64U << 20U;  ///< bytes that the logs of all groups may hold in memory together
  std::uint64_t seed = 0;               ///< of all its random numbers
  Duration drain_limit = 2s;            ///< most that on_drain may take until it asks to exit
  Duration observer_idle = 30s;         ///< an observer that no client uses goes after this
  Duration replace_after = 5s;          ///< a node that is down for longer is lost: others take its seats
  Duration retain_closed = 1h;          ///< an auction's replica goes so long after its close was recorded
  LogLevel log_level = LogLevel::info;
  bool allow_faults = false;   ///< takes faults to inject from whoever asks (SetFaults)
  bool allow_restore = false;  ///< takes an auction's state from whoever hands one over (RestorePiece)
  /// What the outer layer counts, for the status; appends. May be empty.
  std::function<void(std::vector<wire::Counter>&)> more_counters;
};

class Node {
 public:
  /// Starts every group that the disk holds (`kept`: what the store recovered). Error: a record that cannot be read;
  /// the store's data are damaged then, and must not be served.
  static Result<std::unique_ptr<Node>> start(NodeSetup setup, const store::Image& kept, Now now, NodeEffects& effects);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// A frame from another node, published or unicast.
  void on_peer_frame(Now now, BytesView frame, NodeEffects& effects);
  /// A UDP datagram, the own ones included.
  void on_datagram(Now now, BytesView datagram, NodeEffects& effects);
  /// A frame from a client; `routing_id` names its connection.
  void on_client_frame(Now now, BytesView routing_id, BytesView frame, NodeEffects& effects);
  /// A frame could not be sent to this client: it is gone, or reads too slowly.
  void on_client_unreachable(Now now, BytesView routing_id, NodeEffects& effects);
  /// Everything up to and including this ticket is on the disk.
  void on_durable(Now now, DiskTicket upto, NodeEffects& effects);
  /// Nothing more will become durable: the node follows from now on, and neither acks nor leads.
  void on_storage_failed(Now now, const std::string& why, NodeEffects& effects);
  /// The disk has something to say, and goes on.
  void on_storage_note(Now now, const std::string& note, NodeEffects& effects);
  /// The transport's hint that a peer's process is dead.
  void on_peer_lost(Now now, Uid peer, NodeEffects& effects);
  /// next_deadline() was reached.
  void on_tick(Now now, NodeEffects& effects);
  /// The operator wants it gone: it hands over what it leads, and then asks to exit, at the latest after drain_limit.
  void on_drain(Now now, NodeEffects& effects);
  /// The loop has nothing more at hand: what gathered since the last time, requests and answers, leaves together. After
  /// each event, or after several.
  void end_turn(Now now, NodeEffects& effects);
  /// Somebody at the node wants more logged, or less.
  void on_log_level(Now now, LogLevel level, NodeEffects& effects);

  /// When on_tick is due at the latest.
  TimePoint next_deadline() const;

  // ---- for status, tests and checkers
  const NodeSetup& setup() const;
  /// The groups that live here, observed ones included, ascending.
  std::vector<GroupId> groups() const;
  /// Null if the group does not live here. Not to be kept across events.
  const order::Replica* replica(GroupId group) const;
  bool observes(GroupId group) const;
  /// The directory as applied here; null before this node holds a directory replica.
  const DirectoryService* directory() const;
  /// An auction as applied here; null if its group does not live here or its state has not arrived yet.
  const AuctionService* auction(GroupId group) const;
  const std::vector<std::string>& alarms() const;
  /// What a client is told that asks for the status, or for the clients.
  wire::StatusReport status(Now now) const;
  wire::ClientList clients(Now now) const;
  /// The same without its groups.
  wire::StatusReport overview(Now now) const;
  /// "directory", the standing service's name, or the auction's id; empty if that is not known here.
  std::string name_of(GroupId group) const;
  LogLevel log_level() const;
  const Counters& counters() const;
  /// What waits in it now.
  struct Queues {
    std::size_t calls = 0;         ///< of clients, submitted and not answered yet
    std::size_t watches = 0;       ///< a client and a group each
    std::size_t disk_tickets = 0;  ///< writes that a replica waits for
  };
  Queues queues() const;
  /// Why this node should not be sent new clients; empty if it may.
  std::string ailment(Now now) const;
  /// Every bounded queue within its bound (invariant 10); empty, or the name of one that is not.
  std::string overfull() const;

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace gavel::host
