// What a node owes to its cluster, besides serving: to be listed in the directory in its present life, and to go when
// the operator removed it; as the directory's leader (the idle node manager), to say who lives and who is to be a
// voter; as a standing service's leader or an auction's, to see to its members and to propose what is due; as an
// auction's, to tell the directory who leads and how it ended. Each is said again until the state shows it.
#pragma once

#include "node/host/mesh.hpp"
#include "node/host/placement.hpp"
#include "node/host/proposals.hpp"

namespace gavel::host {

class Duties {
 public:
  Duties(const NodeSetup& setup, Replicas& replicas, const Mesh& mesh, Proposals& proposals)
      : setup_(setup), replicas_(replicas), mesh_(mesh), proposals_(proposals) {}

  void run(Now now, const DirectoryService& directory, NodeEffects& effects);
  /// When run is due at the latest.
  TimePoint next_deadline(Now now, Duration interval) const;
  /// The directory shows this node in its present life.
  bool registered(const DirectoryService& directory) const;
  /// It did, and does no more: the operator took the node out of the cluster while it was away.
  bool removed(const DirectoryService& directory) const;
  /// The directory shows a later life of this node.
  bool outdated(const DirectoryService& directory) const;
  /// The operator drains it.
  bool draining(const DirectoryService& directory) const;

 private:
  void register_with(Now now, std::uint32_t slots, NodeEffects& effects);
  void give_up_seats(Now now, const DirectoryService& directory, NodeEffects& effects);
  void register_self(Now now, NodeEffects& effects);
  void retire_former_selves(Now now, const DirectoryService& directory, NodeEffects& effects);
  void call_the_roll(Now now, const DirectoryService& directory, NodeEffects& effects);
  directory::Life life_of(Now now, const directory::NodeRecord& node) const;
  void set_rank(Now now, const DirectoryService& directory, NodeEffects& effects);
  void set_goal(Now now, GroupId group, wire::Config goal, NodeEffects& effects);
  void see_to_standing(Now now, const DirectoryService& directory, const Hosted& hosted, NodeEffects& effects);
  void see_to_auction(Now now, const DirectoryService& directory, const Hosted& hosted, NodeEffects& effects);
  void propose_deadline(Now now, const Hosted& hosted, NodeEffects& effects);
  void report_auction(Now now, const DirectoryService& directory, const Hosted& hosted, NodeEffects& effects);
  void tell_directory(Now now, Proposals::About about, std::uint64_t subject, const directory::Command& command,
                      NodeEffects& effects);

  /// A node that was not heard for so many suspicion times is marked as down.
  static constexpr int kDownAfter = 3;

  const NodeSetup& setup_;
  Replicas& replicas_;
  const Mesh& mesh_;
  Proposals& proposals_;
  /// The directory, with all that was committed before applied; and without standing still.
  TimePoint leading_since_ = kNever;
  TimePoint ran_at_ = kLongAgo;
  bool was_registered_ = false;
  std::uint32_t rank_ = 0;
};

}  // namespace gavel::host
