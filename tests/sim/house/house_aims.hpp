// Faults aimed at the moments of an assignment: the manager dies (or whoever is at work) exactly there. It finds the
// moments in what nodes send, write and hold; what somebody says in the step in which it dies reaches nobody.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/sim/house/house_faults.hpp"
#include "tests/sim/house/house_world.hpp"

namespace gavel::sim {

class HouseAims {
 public:
  HouseAims(HouseWorld& world, const FaultSet& allowed);

 private:
  void on_request(HouseNode& node, const Bytes& frame);
  void on_durable(HouseNode& node, host::DiskTicket upto);
  void on_step(HouseNode& node, const host::NodeEffects& effects);
  void look_at_publishes(HouseNode& node, const host::NodeEffects& effects);
  void look_at_batch(HouseNode& node, const wire::Batch& batch);
  void look_at_writes(HouseNode& node, const host::NodeEffects& effects);
  void look_at_answers(HouseNode& node, const host::NodeEffects& effects);
  void look_at_directory(HouseNode& node);
  void look_at_auctions(HouseNode& node);
  void look_at_config(HouseNode& node, GroupId group, const wire::Config& config);
  /// It is that moment, at this node: counts it, and strikes now and then.
  void at(HouseNode& node, HouseMoment moment);
  void strike(HouseNode& node, HouseMoment moment);
  void end(HouseNode& node);
  bool chance(double p) { return world_.random.chance(p); }

  HouseWorld& world_;
  bool allowed_;
  std::set<wire::BatchRef> wishes_;                      ///< batches that hold a wish to start an auction
  std::map<Index, std::set<host::DiskTicket>> writing_;  ///< of the manager: with such a batch
  Slot decided_;                                         ///< of the directory, as far as anybody has applied it
  std::size_t auctions_ = 0;                             ///< that somebody knows of, and somebody besides the first
  std::size_t learned_ = 0;
  std::size_t unanswered_ = 0;
  std::size_t recorded_ = 0;
  std::uint64_t moved_ = 0;
  std::set<HouseMoment> met_;
  std::set<GroupId> elected_;
  std::set<GroupId> closing_;
  std::set<std::pair<Uid, GroupId>> blank_;
  std::map<GroupId, wire::Config> configs_;
};

}  // namespace gavel::sim
