#include "tools/bench/goals/goals.hpp"

#include <algorithm>

#include "tools/bench/goals/loads.hpp"
#include "tools/bench/limits/limits.hpp"
#include "tools/bench/load/likes_run.hpp"
#include "tools/bench/report/figures.hpp"
#include "tools/bench/runs/failover.hpp"
#include "tools/bench/runs/growth.hpp"
#include "tools/bench/runs/idle.hpp"

namespace gavel::bench {
namespace {

using Say = std::function<void(const std::string&)>;
using enum Goal::Wanted;

constexpr std::size_t kKillsARun = 4;

TargetOptions cluster_of(std::size_t nodes, const GoalsOptions& options) {
  TargetOptions target;
  target.own = options.cluster;
  target.own.nodes = nodes;
  return target;
}

/// Three replicas beside the limits of the machine.
void bids(std::vector<Goal>& goals, const GoalsOptions& options, const Say& say) {
  Target target(cluster_of(3, options));
  LimitsOptions limits;
  limits.turns = options.runs;
  limits.length = options.length;
  limits.directory =
      options.cluster.place.empty() ? std::filesystem::temp_directory_path().string() : options.cluster.place;
  const auto turns = measure_limits(target, limits, say);
  const auto figure = [&](const std::function<double(const LimitsTurn&)>& of) { return median_of(turns, of); };
  const double floor = figure([](const auto& turn) { return turn.floor_us(); });
  goals.push_back(
      {"a raw round trip, 1 under way: median", figure([](const auto& t) { return t.trip.p50_us; }), "us", {}});
  goals.push_back({"fdatasync of 4 KiB: median", figure([](const auto& t) { return t.sync_us(); }), "us", {}});
  goals.push_back({"one bid at a time: median", figure([](const auto& t) { return t.bid.p50_us; }), "us", {}});
  goals.push_back({"... of two raw round trips and a sync", figure([](const auto& t) { return t.latency_ratio(); }),
                   "times " + cli::cell(rounded(floor)) + " us", 1.3, at_most});
  goals.push_back({"bids a second, 512 under way", figure([](const auto& t) { return t.bids.per_second; }), "/s", {}});
  goals.push_back({"... of raw round trips", figure([](const auto& t) { return 100 * t.throughput_ratio(); }), "%",
                   100.0 / 3, at_least});
  goals.push_back({"... 99 % of them within", figure([](const auto& t) { return t.bids.p99_us / 1e3; }), "ms", {}});
  goals.push_back({"processor time of the nodes for a bid, 512 under way",
                   figure([](const auto& t) { return t.bids.node_cpu_us; }),
                   "us",
                   {}});
}

void loads(std::vector<Goal>& goals, const GoalsOptions& options, const Say& say) {
  const auto three = cluster_of(3, options);
  measure_loads(goals, options, three, cluster_of(5, options), say);
}

void likes(std::vector<Goal>& goals, const GoalsOptions& options, const Say& say) {
  Target target(cluster_of(5, options));
  LikesOptions how;
  how.length = options.length * 2;
  const auto figures = measure_likes(target, how, say);
  goals.push_back({"likes of one item, 50 clients with 20,000 a second each", figures.likes_per_second(), "/s",
                   1'000'000, at_least});
  goals.push_back({"... likes that were not counted exactly once", figures.exact() ? 0.0 : 1.0, "", 0, at_most});
}

void failover(std::vector<Goal>& goals, const GoalsOptions& options, const Say& say) {
  TargetOptions how = cluster_of(5, options);
  prepare_for_failover(how.own);
  Target target(how);
  const auto figures = measure_failover(target, {options.runs * kKillsARun, 0}, say);
  const std::string times = std::to_string(figures.runs.size());
  goals.push_back({"SIGKILL to the active auctioneer, until the next bid is acknowledged: median of " + times,
                   figures.median_ms(), "ms", 60, at_most});
  goals.push_back({"... worst", figures.worst_ms(), "ms", 200, at_most});
  goals.push_back(
      {"... acknowledged bids lost or doubled", static_cast<double>(figures.lost + figures.doubled), "", 0, at_most});
}

void idle(std::vector<Goal>& goals, const GoalsOptions& options, const Say& say) {
  Target target(cluster_of(5, options));
  const auto nodes = measure_idle(target, 2s, std::max<Duration>(3s, options.length * 2));
  if (say) say("idle nodes");
  double cpu = 0;
  double memory = 0;
  for (const IdleNode& node : nodes) {
    cpu += node.cpu_percent;
    memory = std::max(memory, node.rss_mb);
  }
  goals.push_back({"processor time of five idle nodes together", cpu, "% of a core", 2, at_most});
  goals.push_back({"memory of an idle node, the largest of five", memory, "MB", 40, at_most});
}

void growth(std::vector<Goal>& goals, const GoalsOptions& options, const Say& say) {
  Target target(cluster_of(3, options));
  GrowthOptions how;
  how.turns = options.runs;
  how.length = options.length;
  // A brief measurement is not to spend most of its time on filling logs: a slow disk takes seconds for 10,000 bids.
  how.log = std::max<std::uint64_t>(
      1, how.log * static_cast<std::uint64_t>(std::min<Duration>(options.length, 1s) / 1ms) / 1000);
  for (const Growth& one : measure_growth(target, how, say))
    goals.push_back({"processor time of a bid with ten times the " + one.what, one.ratio(), "times", 1.1, at_most});
}

}  // namespace

std::vector<Goal> measure_goals(const GoalsOptions& options, const Say& say) {
  std::vector<Goal> goals;
  for (const auto measure : {bids, loads, likes, failover, idle, growth}) measure(goals, options, say);
  return goals;
}

}  // namespace gavel::bench
