// A world in which one group lives: up to twelve nodes with a replica each, under virtual time, network and disks, with
// clients, an operator who wants other members now and then, and every checker looking on. Messages are really sealed
// and opened. Who makes things go wrong stands outside (fault_injector.hpp, aimed_faults.hpp, a scenario) and uses what
// is public here. Everything that is random comes from the seed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/checkers/liveness.hpp"
#include "tests/sim/clients.hpp"
#include "tests/sim/group_checks.hpp"
#include "tests/sim/narrator.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/onlooker.hpp"
#include "tests/sim/plan.hpp"
#include "tests/sim/sim_node.hpp"

namespace gavel::sim {

inline constexpr std::size_t kMaxNodes = 12;

/// The moments at which faults are aimed.
enum class Moment : std::uint8_t { promise, view, config, order, adopt, commit };

class GroupWorld {
 public:
  /// `line`: takes the narration, or is empty.
  GroupWorld(const RunOptions& run, const Plan& plan, Random random, Narrator::Line line, Statistics& statistics);

  Timeline timeline;
  Statistics& statistics;
  Narrator narrator;
  Plan plan;
  Random random;
  Network network;
  std::vector<SimNode> nodes;
  GroupChecks checks;
  bool show_messages = false;        ///< tell of every message, beats and acks apart
  std::unique_ptr<Clients> clients;  ///< null in a scenario, which submits by itself

  /// Called at every moment of a node, before what it sends leaves it.
  std::function<void(SimNode& node, Moment moment)> on_moment;
  /// Called with every answer that no client of this world asked for.
  std::function<void(SimNode& node, const order::Answered& answer)> on_answer;

  // ---- nodes
  /// Founds the group with these nodes as its voters and starts them.
  void found(const std::vector<Index>& founders);
  void start_clients();
  /// Starts a node that was down, from its disk.
  void restart(SimNode& node);
  /// Starts a node that has never been there: a new member to be, or a gateway that is none.
  void join(SimNode& node, bool observer);
  void crash(SimNode& node);
  /// The node does nothing until then, and nothing is lost.
  void pause(SimNode& node, Duration time);
  /// The node is down, and its disk is empty (`damaged`: only its last record is gone, unnoticed).
  void lose_disk(SimNode& node);
  void fail_disk(SimNode& node);
  void drain(SimNode& node, bool on);
  void set_rank(SimNode& node, std::uint32_t rank);
  /// The leader, if there is one, is told to hand over to that node.
  void transfer(Uid to);
  /// The node is told that the other's connection was reset.
  void hint(SimNode& node, Uid lost);
  /// Hands a request to the node as a gateway; answers go to `origin` or, without one, to on_answer.
  void submit(SimNode& node, const wire::Request& request, const SimNode::Origin* origin = nullptr);

  // ---- the operator
  const wire::Config& goal() const { return goal_; }
  void want(wire::Config goal);
  /// Nodes that were configured and are wanted no more stop being members once their removal is decided, unless they
  /// keep their replicas.
  void retire(SimNode& node);
  /// Retires whoever the leader's configuration leaves out for good.
  void tidy();

  // ---- looking round
  SimNode& node(Uid uid) { return nodes[uid.value - 1]; }
  /// Those that exist and were not lost.
  std::vector<Index> living() const;
  /// The leader of the highest term, among those that are up; null if there is none.
  SimNode* leader();
  /// A node that was never started; null if all were.
  SimNode* fresh();
  /// Whether every configuration that may still count keeps a majority without this node's disk.
  bool safe_without(const SimNode& node) const;
  /// Whether someone still counts as a voter whom the operator does not want (`gone`: and whose disk was lost).
  /// To lose a disk meanwhile, or to take away a voter while one is gone, could leave a majority of the dead, when a
  /// late beat makes one of them seem alive: no protocol survives that.
  bool removing(bool gone) const;
  /// Runs what is due up to then.
  void run_until(TimePoint until);

  // ---- the end
  bool healed() const { return healed_; }
  /// The faults are over. `core`: those that stay fully connected, when some links stay cut; empty if none do.
  void heal(std::vector<Index> core);
  /// Who is to lead in the end, if the operator has chosen nobody: of the voters the one of the highest rank, and of
  /// equal ranks the highest.
  Uid highest() const;
  /// What keeps the world from being at rest; empty when nothing does.
  std::string missing();
  /// After rest: everyone holds what was acknowledged.
  void check_end();

 private:
  void boot(SimNode& node);
  Now now_at(const SimNode& node) const;
  void step(SimNode& node, order::Event event);
  /// Steps the node when it is not stopped; not at all if it was restarted meanwhile.
  void step_later(SimNode& node, Duration delay, std::function<order::Event()> event);
  void absorb(SimNode& node);
  void tell(SimNode& node);
  void send(SimNode& node);
  void answer(SimNode& node);
  void raise_moments(SimNode& node, const Found& found);
  void deliver(Index from, Index to, const SharedBytes& frame);
  void sync(SimNode& node);
  void plan_tick(SimNode& node);
  void tell_goal(SimNode& node);
  /// A gateway becomes a member: with what its disk held, if it was one before.
  void enlist(SimNode& node);
  void call(std::size_t client, CallId id, const wire::Request& request);
  std::string member_missing(const SimNode& node, const SimNode& leader) const;

  wire::Config goal_;
  wire::SnapshotRecord genesis_;
  Random chance_;  ///< of what happens by itself: delays of disks and of clients
  order::Effects effects_;
  std::uint64_t incarnations_ = 0;
  std::uint64_t submits_ = 0;
  Onlooker* onlooker_;
  bool unchecked_;
  bool healed_ = false;
  std::vector<Index> core_;
  bool promised_ = false;  ///< in the step at hand
};

}  // namespace gavel::sim
