#include "tools/bench/peers/rounds.hpp"

#include <algorithm>
#include <cmath>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/ours.hpp"
#include "tools/bench/report/figures.hpp"

namespace gavel::peers {
namespace {

/// A first guess of what it takes to start and to end a cluster.
constexpr Duration kToStart = 2s;

/// With the keys of gavel-bench's rows.
cli::Row row(const Measured& measured) {
  const auto percentile = [&](double percent) { return measured.latencies.percentile(percent).count(); };
  return {{"operations", measured.writes},
          {"per_second", std::llround(measured.rate)},
          {"p50_us", percentile(50)},
          {"p99_us", percentile(99)},
          {"p999_us", percentile(99.9)},
          {"max_us", measured.latencies.max().count()},
          {"client_cpu_us", bench::rounded(measured.client_cpu)},
          {"node_cpu_us", bench::rounded(measured.nodes_cpu)}};
}

void warm_up(const Known& known, Peer& peer, std::size_t in_flight) {
  if (known.warms_up > 0s) measure(peer, {in_flight, 0, known.warms_up, 500ms});
}

/// One round of one peer.
class Turn {
 public:
  Turn(const RunOptions& options, const Scratch& scratch, Comparison& comparison, const Known& known, const Tell& tell)
      : options_(options), scratch_(scratch), comparison_(comparison), known_(known), tell_(tell) {}

  void run() {
    const auto needed = loads_for(known_.name);
    std::vector<cli::Row> ours;
    ours.reserve(needed.size());
    for (const Needed& load : needed)
      ours.push_back(
          told("gavel", load, measure_ours(options_.bench, scratch_.path(), load_of(load, ours), load.durable)));
    const auto peer = known_.start(scratch_.path());
    warm_up(known_, *peer, options_.in_flight);
    std::vector<cli::Row> theirs;
    for (const Needed& load : needed) {
      theirs.push_back(told(known_.name, load, row(measure(*peer, load_of(load, theirs)))));
      comparison_.add(known_.name, load, theirs.back(), ours[theirs.size() - 1]);
    }
  }

 private:
  /// `before`: rows of the same side, of which the first is under the full load.
  Load load_of(const Needed& needed, const std::vector<cli::Row>& before) const {
    Load load{options_.in_flight, 0, options_.warm_up, options_.measured};
    if (needed.load == LoadKind::single) load.in_flight = 1;
    if (needed.load == LoadKind::half) load.rate = before.front().value("per_second", 0.0) / 2;
    return load;
  }

  cli::Row told(const std::string& system, const Needed& needed, cli::Row row) const {
    tell_("  " + system + ", " + (needed.durable ? "fsync, " : "memory, ") + comparison_.described(needed.load) + ": " +
          cli::cell(row.value("per_second", cli::Row())) + "/s, median " + cli::cell(row.value("p50_us", cli::Row())) +
          " us, p99 " + cli::cell(row.value("p99_us", cli::Row())) + " us");
    return row;
  }

  const RunOptions& options_;
  const Scratch& scratch_;
  Comparison& comparison_;
  const Known& known_;
  const Tell& tell_;
};

std::vector<const Known*> chosen(const RunOptions& options, const Tell& tell) {
  std::vector<const Known*> all;
  for (const std::string& name : options.only) all.push_back(&find_peer(name));
  if (all.empty())
    for (const Known& peer : known_peers()) all.push_back(&peer);
  std::erase_if(all, [&](const Known* peer) {
    const std::string why = hindrance(*peer);
    if (!why.empty()) tell(peer->name + ": " + why);
    return !why.empty();
  });
  return all;
}

Duration estimate(const std::vector<const Known*>& peers, const RunOptions& options) {
  Duration all{};
  for (const Known* peer : peers)
    all += peer->warms_up + kToStart +
           (2 * (options.warm_up + options.measured) + kToStart) * loads_for(peer->name).size();
  return all * options.rounds;
}

}  // namespace

bool run_rounds(const RunOptions& options, const Scratch& scratch, Comparison& comparison, const Tell& tell) {
  const auto peers = chosen(options, tell);
  if (peers.empty()) return false;
  tell("about " + std::to_string(std::chrono::ceil<std::chrono::minutes>(estimate(peers, options)).count()) +
       " minutes");
  bool all = true;
  for (std::size_t round = 1; round <= options.rounds; ++round) {
    for (const Known* peer : peers) {
      tell("round " + std::to_string(round) + " of " + std::to_string(options.rounds) + ", " + peer->title);
      try {
        Turn(options, scratch, comparison, *peer, tell).run();
      } catch (const cli::Failure& failure) {
        if (failure.code == cli::Exit::interrupted) throw;
        all = false;
        tell("  failed: " + failure.message);
      }
    }
  }
  return all;
}

cli::Row measure_alone(const Known& known, const Scratch& scratch, const Load& load) {
  if (const std::string why = hindrance(known); !why.empty()) cli::fail_with(cli::Exit::usage, known.name + ": " + why);
  const auto peer = known.start(scratch.path());
  warm_up(known, *peer, std::max<std::size_t>(load.in_flight, 64));
  return row(measure(*peer, load));
}

}  // namespace gavel::peers
