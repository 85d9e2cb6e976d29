// What a node owes to its cluster, besides serving: to be listed in the directory in its present life; as the
// directory's leader (the idle node manager), to say who lives and who is to be a voter; as an auction's leader, to
// close it in time, and to tell the directory who leads and how it ended. Each is said again until the state shows it.
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
  TimePoint next_deadline(Now now) const;
  /// The directory shows this node in its present life.
  bool registered(const DirectoryService& directory) const;

 private:
  void register_self(Now now, const DirectoryService& directory, NodeEffects& effects);
  void retire_former_selves(Now now, const DirectoryService& directory, NodeEffects& effects);
  void call_the_roll(Now now, const DirectoryService& directory, NodeEffects& effects);
  void set_goal(Now now, wire::Config goal, NodeEffects& effects);
  void propose_deadline(Now now, const Hosted& hosted, NodeEffects& effects);
  void report_auction(Now now, const DirectoryService& directory, const Hosted& hosted, NodeEffects& effects);
  void tell_directory(Now now, Proposals::About about, std::uint64_t subject, const directory::Command& command,
                      NodeEffects& effects);

  /// A node that was not heard for so many suspicion times is marked as dead.
  static constexpr int kDeadAfter = 3;
  static constexpr Duration kInterval = 50ms;

  const NodeSetup& setup_;
  Replicas& replicas_;
  const Mesh& mesh_;
  Proposals& proposals_;
  TimePoint leading_since_ = kNever;  ///< the directory, with all that was committed before applied
};

}  // namespace gavel::host
