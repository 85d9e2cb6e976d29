// What a full load and half of one are worth, and how that changes with replicas and auctions.
#include "tools/bench/goals/loads.hpp"

#include "tools/bench/figures/median.hpp"
#include "tools/bench/load/bids_run.hpp"

namespace gavel::bench {
namespace {

using enum Goal::Wanted;

constexpr std::size_t kInFlight = 512;
constexpr std::size_t kClients = 8;
/// Of an open load: what falls due while a disk stalls is to wait for the cluster, not for a client's window.
constexpr std::size_t kClientsOfRate = 16;

LoadOptions closed(std::size_t in_flight, std::size_t clients, Duration length) {
  LoadOptions load;
  load.in_flight = in_flight;
  load.share = in_flight / clients;
  load.length = length;
  return load;
}

BidsOptions in_auctions(std::size_t auctions) {
  BidsOptions how;
  how.auctions = auctions;
  return how;
}

double microseconds(const Measured& measured) { return measured.client_cpu_us() + measured.node_cpu_us().value_or(0); }

/// The same load on both, in turns: what the second does of what the first does.
double share(BidsRun& first, BidsRun& second, const LoadOptions& load, std::size_t clients, std::size_t turns) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < turns; ++i) {
    const double one = first.measure(load, clients).load.per_second();
    shares.push_back(100 * second.measure(load, clients).load.per_second() / one);
  }
  return median(shares);
}

void full_and_half(std::vector<Goal>& goals, Target& target, const GoalsOptions& options) {
  constexpr std::size_t kMuch = 4096;
  BidsRun run(target, in_auctions(1));
  std::vector<double> cost, tail;
  for (std::size_t i = 0; i < options.runs; ++i) {
    cost.push_back(microseconds(run.measure(closed(kMuch, kMuch / 64, options.length), kMuch / 64)));
    const double most = run.measure(closed(kInFlight, kClients, options.length), kClients).load.per_second();
    LoadOptions half;
    half.rate = most / 2;
    half.share = 64;
    half.length = options.length;
    const auto measured = run.measure(half, kClientsOfRate).load.latencies;
    tail.push_back(static_cast<double>(measured.percentile(99).count()) /
                   static_cast<double>(measured.percentile(50).count()));
  }
  goals.push_back({"processor time of a bid, clients and nodes, 4,096 under way", median(cost), "us", 5, at_most});
  goals.push_back({"99 % of the bids at half the highest rate within", median(tail), "medians", 5, at_most});
}

}  // namespace

void measure_loads(std::vector<Goal>& goals, const GoalsOptions& options, const TargetOptions& three,
                   const TargetOptions& five, const std::function<void(const std::string&)>& say) {
  Target small(three);
  full_and_half(goals, small, options);
  if (say) say("full and half load");
  BidsRun one(small, in_auctions(1));
  {
    constexpr std::size_t kMany = 50;
    BidsRun many(small, in_auctions(kMany));
    goals.push_back({"bids a second in 50 auctions, of those in one",
                     share(one, many, closed(kMany * 10, kMany, options.length), kMany, options.runs), "%", 90,
                     at_least});
  }
  Target large(five);
  BidsRun replicated(large, in_auctions(1));
  goals.push_back({"bids a second with five nodes, of those with three",
                   share(one, replicated, closed(kInFlight, kClients, options.length), kClients, options.runs), "%", 60,
                   at_least});
  if (say) say("more auctions, more nodes");
}

}  // namespace gavel::bench
