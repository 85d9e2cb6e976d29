#include "tools/bench/peers/turn.hpp"

#include <algorithm>
#include <cmath>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/ours.hpp"
#include "tools/bench/report/figures.hpp"

namespace gavel::peers {
namespace {

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

/// `before`: rows of the same side, of which the first is under the full load.
Load load_of(const Needed& needed, const RunOptions& options, const std::vector<cli::Row>& before) {
  Load load{options.in_flight, 0, options.warm_up, options.measured};
  if (needed.load == LoadKind::single) load.in_flight = 1;
  if (needed.load == LoadKind::half) load.rate = before.front().value("per_second", 0.0) / 2;
  return load;
}

}  // namespace

Turn::Turn(const RunOptions& options, const Scratch& scratch, const Known& peer, const Tell& tell)
    : options_(options), scratch_(scratch), peer_(peer), tell_(tell) {}

void Turn::run() {
  const auto needed = loads_for(peer_.name);
  const Place place{scratch_.path(), options_.spread};
  for (const Needed& load : needed)
    ours_.push_back(
        told("gavel", load, measure_ours(options_.bench, place, load_of(load, options_, ours_), load.durable)));
  const auto peer = peer_.start(place);
  warm_up(peer_, *peer, options_.in_flight);
  for (const Needed& load : needed)
    theirs_.push_back(told(peer_.name, load, row(measure(*peer, load_of(load, options_, theirs_)))));
}

cli::Row Turn::rows() const {
  cli::Row rows = cli::Row::array();
  for (std::size_t i = 0; i < theirs_.size(); ++i) rows.push_back({{"theirs", theirs_[i]}, {"ours", ours_[i]}});
  return rows;
}

cli::Row Turn::told(const std::string& system, const Needed& needed, cli::Row row) const {
  tell_("  " + system + ", " + (needed.durable ? "fsync, " : "memory, ") + described(needed.load, options_.in_flight) +
        ": " + cli::cell(row.value("per_second", cli::Row())) + "/s, median " +
        cli::cell(row.value("p50_us", cli::Row())) + " us, p99 " + cli::cell(row.value("p99_us", cli::Row())) + " us");
  return row;
}

cli::Row measure_alone(const Known& known, const Place& place, const Load& load) {
  if (const std::string why = hindrance(known); !why.empty()) cli::fail_with(cli::Exit::usage, known.name + ": " + why);
  const auto peer = known.start(place);
  warm_up(known, *peer, std::max<std::size_t>(load.in_flight, 64));
  return row(measure(*peer, load));
}

}  // namespace gavel::peers
