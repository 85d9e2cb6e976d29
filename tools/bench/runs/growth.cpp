#include "tools/bench/runs/growth.hpp"

#include "tools/bench/figures/median.hpp"

namespace gavel::bench {
namespace {

constexpr std::size_t kTimes = 10;

LoadOptions open_load(const GrowthOptions& options) {
  LoadOptions load;
  load.rate = options.rate;
  load.share = 64;
  load.length = options.length;
  return load;
}

double cost(BidsRun& run, const GrowthOptions& options, std::size_t clients) {
  return run.measure(open_load(options), clients).node_cpu_us().value_or(0);
}

BidsRun with_auctions(Target& target, std::size_t auctions) {
  BidsOptions how;
  how.auctions = auctions;
  return BidsRun(target, how);
}

/// In turns, so that whatever else the machine does hits both alike.
Growth in_turns(Growth growth, const GrowthOptions& options, const std::function<double()>& small,
                const std::function<double()>& large) {
  std::vector<double> smalls;
  std::vector<double> larges;
  for (std::size_t i = 0; i < options.turns; ++i) {
    smalls.push_back(small());
    larges.push_back(large());
  }
  growth.small_cpu_us = median(smalls);
  growth.large_cpu_us = median(larges);
  return growth;
}

Growth by_auctions(Target& target, const GrowthOptions& options) {
  auto one = with_auctions(target, 1);
  auto ten = with_auctions(target, kTimes);
  return in_turns(
      {"auctions", 1, kTimes, 0, 0}, options, [&] { return cost(one, options, options.clients); },
      [&] { return cost(ten, options, options.clients); });
}

Growth by_clients(Target& target, const GrowthOptions& options) {
  auto run = with_auctions(target, 1);
  return in_turns(
      {"clients", options.clients, kTimes * options.clients, 0, 0}, options,
      [&] { return cost(run, options, options.clients); },
      [&] { return cost(run, options, kTimes * options.clients); });
}

/// Puts that many bids in the log.
std::uint64_t fill(BidsRun& run, std::uint64_t bids) {
  LoadOptions load;
  load.in_flight = 512;
  load.share = 64;
  load.warm_up = 0s;
  load.length = 200ms;
  std::uint64_t done = 0;
  while (done < bids) done += run.measure(load, 8).load.operations();
  return done;
}

Growth by_log(Target& target, const GrowthOptions& options) {
  auto shorter = with_auctions(target, 1);
  auto longer = with_auctions(target, 1);
  Growth growth{"bids in the log", fill(shorter, options.log), fill(longer, kTimes * options.log), 0, 0};
  return in_turns(
      growth, options, [&] { return cost(shorter, options, options.clients); },
      [&] { return cost(longer, options, options.clients); });
}

}  // namespace

std::vector<Growth> measure_growth(Target& target, const GrowthOptions& options,
                                   const std::function<void(const std::string&)>& say) {
  if (target.pids().empty())
    cli::fail_with(cli::Exit::usage, "the nodes' processes are not known: name them with --pid, or name no cluster");
  std::vector<Growth> all;
  for (const auto measure : {by_clients, by_log, by_auctions}) {
    all.push_back(measure(target, options));
    if (say) say(all.back().what + ": " + std::to_string(all.back().ratio()));
  }
  return all;
}

}  // namespace gavel::bench
