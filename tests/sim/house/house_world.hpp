// A world in which a whole house lives: nodes as in production (node/host), with the directory, auctions and gateways,
// and clients as in production (client/core), under virtual time, network and disks. The programs' part, sockets and
// threads, is what this stands for: connections, subscriptions, beacons, a store in memory.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/core/client.hpp"
#include "common/store/memory_store.hpp"
#include "node/host/node.hpp"
#include "tests/sim/house/house_checks.hpp"
#include "tests/sim/house/house_plan.hpp"
#include "tests/sim/narrator.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/plan.hpp"

namespace gavel::sim {

/// The last of them is the operator's.
inline constexpr std::size_t kHouseClients = 6;
/// The first of them sell.
inline constexpr std::size_t kHouseSellers = 2;

struct HouseNode {
  Index index = 0;
  Uid uid;  ///< another one after its disk was lost
  std::uint64_t starts = 0;
  std::unique_ptr<host::Node> node;  ///< null while it is down
  std::unique_ptr<store::MemoryStore> disk = std::make_unique<store::MemoryStore>();
  bool syncing = false;
  bool failed = false;  ///< its disk
  bool gone = false;    ///< for good
  std::optional<host::DiskTicket> written;
  host::NodeEffects effects;
  std::map<Uid, std::string> links;  ///< to which endpoint it is connected
  std::multiset<Bytes> subscriptions;
  Bytes beacon;
  wire::Config directory_config;  ///< of the directory's group, the last that it held
  std::vector<Uid> retired;
  TimePoint paused_until = kLongAgo;
  TimePoint slow_until = kLongAgo;
  TimePoint tick_at = kNever;
  Duration skew{};

  Incarnation life() const { return Incarnation{(uid.value << 40U) + (starts << 24U)}; }
  directory::Endpoints endpoints() const;
};

/// A client program: the production core, and what it is connected to.
struct HouseClient {
  std::size_t index = 0;
  std::unique_ptr<client::Client> core;
  std::optional<Index> gateway;
  std::uint64_t connection = 0;
  TimePoint tick_at = kNever;
};

class HouseWorld {
 public:
  HouseWorld(const Plan& plan, const HousePlan& house, Random random, Narrator::Line line, Statistics& statistics);

  Timeline timeline;
  Statistics& statistics;
  Narrator narrator;
  Plan plan;
  HousePlan house;
  Random random;
  Network network;
  std::vector<HouseNode> nodes;
  std::vector<HouseClient> clients;
  HouseChecks checks{plan.options};
  /// Called with what a client's core wants its user to know.
  std::function<void(HouseClient& client, const client::Effect& effect)> on_client_effect;
  /// Called after each event of a node, before what it sends leaves it: whoever dies in it has said nothing.
  std::function<void(HouseNode& node, const host::NodeEffects& effects)> on_step;
  /// Called before a node learns that its disk has everything up to this ticket.
  std::function<void(HouseNode& node, host::DiskTicket upto)> on_durable;
  /// Called with what a client sends, before its gateway takes it.
  std::function<void(HouseNode& node, const Bytes& frame)> on_request;

  void start(HouseNode& node, bool bootstrap = false);
  void crash(HouseNode& node);
  void pause(HouseNode& node, Duration time);
  void fail_disk(HouseNode& node);
  /// It comes back empty, under another uid: at once, or once it has read what is damaged.
  void lose_disk(HouseNode& node, bool damaged);
  /// It never comes back.
  void die(HouseNode& node);
  /// Told to end, as by SIGTERM: it hands over, ends, and is started again.
  void shut_down(HouseNode& node);
  /// As the operator's program would: to the leader, who is to hand the group over to that member.
  void transfer(GroupId group, Uid to);
  /// Lets the client do something; what follows from it is carried out.
  void use(HouseClient& client, const std::function<void(client::Client& core)>& what);

  std::vector<Index> running() const;
  /// Its disk is there, in a running node or in one that will be started again.
  bool exists(Uid uid) const;
  HouseNode* with_uid(Uid uid);
  /// Who leads the group, at the moment; nobody if none does, the newest if several think so.
  HouseNode* leader_of(GroupId group);
  /// The directory's group keeps a majority of disks without this node, in every configuration that anybody holds.
  bool directory_survives_without(const HouseNode& node) const;
  /// The group, as far as anybody knows, has lost the majority of its disks for good, or would have without this node.
  bool is_orphan(const directory::Auction& auction, Uid without = {}) const;
  bool is_orphan(const directory::StandingGroup& standing, Uid without = {}) const;
  bool is_orphan(GroupId group) const;
  /// It is over, and its replicas are to go soon.
  bool is_retired(const directory::Auction& auction) const;
  /// Whoever watches the group hears of everything in the end: it is neither lost for good nor retired.
  bool is_served(GroupId group) const;
  void run_until(TimePoint until);
  void heal();
  /// All clocks go ahead: whoever is silent now has been silent for that long.
  void set_clocks_ahead(Duration time);
  bool healed() const { return healed_; }
  /// What keeps the house from being at rest, but for its clients; empty when nothing does.
  std::string missing() const;

 private:
  enum class Tag : char { peer = 'p', datagram = 'd', to_gateway = 'c', to_client = 'C' };
  using Act = std::function<void(host::Node& node, host::NodeEffects& effects)>;

  Now now_at(const HouseNode& node) const;
  void act(HouseNode& node, const Act& what);
  void act_later(HouseNode& node, Duration delay, Act what);
  void carry_out(HouseNode& node);
  /// What the program does: says the beacon again and again.
  void beacon(HouseNode& node, std::uint64_t life);
  void say_beacon(HouseNode& node);
  void publish(HouseNode& node, const host::NodeEffects& effects);
  void write(HouseNode& node, const host::NodeEffects& effects);
  void sync(HouseNode& node);
  void plan_tick(HouseNode& node);
  void stop(HouseNode& node);
  void lost_to_clients(HouseNode& node);
  void deliver(Index from, Index to, const SharedBytes& frame);
  void carry_out(HouseClient& client);
  void connect(HouseClient& client, const std::string& endpoint);
  void plan_tick(HouseClient& client);
  HouseNode* at_endpoint(const std::string& endpoint);
  std::string missing_in_groups() const;
  std::string missing_in_auction(const directory::Auction& auction) const;
  std::string missing_in_directory() const;
  std::string missing_in_standing(const directory::StandingGroup& standing) const;
  std::string missing_in_rooms(const HouseNode& node, GroupId group) const;
  bool has_reached(const wire::Config& config, const std::vector<Uid>& wanted) const;
  bool all_exist() const;
  bool has_lost_majority(GroupId group, const std::vector<Uid>& genesis, bool ended, Uid without) const;
  Index client_index(const HouseClient& client) const { return kHouseNodes + client.index; }
  static SharedBytes tagged(Tag tag, const Bytes& address, const Bytes& frame);
  Duration moment() { return random.between(Duration(50us), Duration(400us)); }

  bool healed_ = false;
  std::uint64_t next_uid_ = 0;
};

}  // namespace gavel::sim
