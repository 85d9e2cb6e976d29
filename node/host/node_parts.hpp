// What a node consists of, in the order in which the parts stand on each other, and how an event goes through them:
// first into the part that it concerns, then its answers and changes to whoever waits for them, then upkeep if it is
// due. Private to Node.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/wire/envelope.hpp"
#include "node/gateway/gateway.hpp"
#include "node/host/backups.hpp"
#include "node/host/duties.hpp"
#include "node/host/faults.hpp"
#include "node/host/node.hpp"
#include "node/host/restorations.hpp"
#include "node/host/restore.hpp"

namespace gavel::host {

struct Node::Parts {
  Parts(NodeSetup s, Now now)
      : setup(std::move(s)),
        started(now.at),
        replicas(setup, counters),
        mesh(setup, counters),
        placement(setup, replicas, counters),
        proposals(replicas, counters),
        duties(setup, replicas, mesh, proposals),
        faults(setup.allow_faults, setup.seed ^ 0xfa0175),
        backups(replicas),
        restorations(setup, replicas, placement, proposals),
        gateway(setup, replicas, placement, mesh, counters, faults, backups, restorations,
                [this](Now at) { return report(at); }) {}

  void on_refused(const wire::Refusal& refusal, NodeEffects& effects);
  void on_opened(Now now, const wire::Opened& opened, NodeEffects& effects);
  void on_datagram(Now now, const wire::Opened& opened, NodeEffects& effects);
  /// Frames that an injected fault held back.
  void hear_late(Now now, NodeEffects& effects);
  void on_discovery(Now now, const wire::Discovery& message, Uid unicast_from, NodeEffects& effects);
  void found_cluster(Now now, NodeEffects& effects);
  void settle(Now now, NodeEffects& effects);
  void deliver(Now now, NodeEffects& effects);
  void keep_house(Now now, NodeEffects& effects);
  void leave_if_unwanted(const DirectoryService& directory, NodeEffects& effects);
  void check_drained(Now now, NodeEffects& effects);
  bool others_lead(TimePoint at) const;
  void keep_alarms(const NodeEffects& effects);
  bool member() const;
  wire::StatusReport report(Now now) const;
  wire::StatusReport overview(Now now) const;

  const NodeSetup setup;
  const TimePoint started;
  Counters counters;
  Replicas replicas;
  Mesh mesh;
  Placement placement;
  Proposals proposals;
  Duties duties;
  Faults faults;
  Backups backups;
  Restorations restorations;
  gateway::Gateway gateway;

  Restoration restoration;         ///< what the cluster is founded from; nothing: from nothing
  std::vector<GroupId> leftovers;  ///< of a founding that was cut short
  TimePoint found_at = kNever;     ///< a founder still looks round
  TimePoint house_kept_until = kLongAgo;
  TimePoint house_wakes_at = kLongAgo;
  bool directory_changed = true;
  std::uint32_t load_told = 0;
  TimePoint drain_until = kNever;
  bool exiting = false;
  std::vector<std::string> alarms;
  std::set<std::string> refused_versions;
};

}  // namespace gavel::host
