#include "tools/bench/limits/limits.hpp"

#include "common/bus/bench/raw.hpp"
#include "tools/bench/figures/median.hpp"
#include "tools/bench/limits/disk.hpp"

namespace gavel::bench {
namespace {

constexpr std::size_t kReplicas = 3;
constexpr std::size_t kClients = 8;

double micros(Duration duration) { return static_cast<double>(duration.count()); }
double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

LimitsFigure raw_trips(std::size_t depth, const LimitsOptions& options) {
  Latencies latencies;
  const auto raw =
      bus::raw_round_trips(depth, options.size, options.length, [&](Duration took) { latencies.record(took); });
  return {raw.per_second(), micros(latencies.percentile(50)), micros(latencies.percentile(99)), raw.cpu_us(), 0};
}

LimitsFigure raw_fan_out(const LimitsOptions& options) {
  const auto raw = bus::raw_fan_out(kReplicas, options.size, options.length);
  return {raw.per_second(), 0, 0, raw.cpu_us(), 0};
}

LimitsFigure syncs(const Latencies& latencies, const LimitsOptions& options) {
  return {ratio(1e6 * static_cast<double>(latencies.count()), micros(options.length)), micros(latencies.percentile(50)),
          micros(latencies.percentile(99)), 0, 0};
}

LimitsFigure bids(BidsRun& run, std::size_t depth, const LimitsOptions& options) {
  const std::size_t clients = depth == 1 ? 1 : kClients;
  LoadOptions load;
  load.length = options.length;
  load.in_flight = depth;
  load.share = (depth + clients - 1) / clients;
  run.go_through(depth == 1 ? Through::leader : Through::all);  // where the wire is shortest; where there is most room
  const Measured measured = run.measure(load, clients);
  const auto& latencies = measured.load.latencies;
  const double nodes = measured.node_cpu_us().value_or(0);
  return {measured.load.per_second(), micros(latencies.percentile(50)), micros(latencies.percentile(99)),
          measured.client_cpu_us() + nodes, nodes};
}

}  // namespace

double LimitsTurn::throughput_ratio() const { return ratio(bids.per_second, trips.per_second); }
double LimitsTurn::latency_ratio() const { return ratio(bid.p50_us, floor_us()); }
double LimitsTurn::cpu_ratio() const { return ratio(bids.cpu_us, trips.cpu_us); }

double median_of(const std::vector<LimitsTurn>& turns, const std::function<double(const LimitsTurn&)>& figure) {
  std::vector<double> values;
  for (const LimitsTurn& turn : turns) values.push_back(figure(turn));
  return median(std::move(values));
}

std::vector<LimitsTurn> measure_limits(Target& target, const LimitsOptions& options,
                                       const std::function<void(const std::string&)>& say) {
  BidsOptions how;
  how.bidding.size = options.size;
  BidsRun run(target, how);
  std::vector<LimitsTurn> turns;
  for (std::size_t i = 0; i < options.turns; ++i) {
    LimitsTurn turn;
    turn.trip = raw_trips(1, options);
    turn.append = syncs(sync_blocks(options.directory, Layout::growing, options.length), options);
    turn.recycle = syncs(sync_blocks(options.directory, Layout::recycled, options.length), options);
    turn.together = syncs(sync_together(options.directory, kReplicas, options.length), options);
    turn.bid = bids(run, 1, options);
    turn.trips = raw_trips(options.deep, options);
    turn.bids = bids(run, options.deep, options);
    turn.fan_out = raw_fan_out(options);
    turns.push_back(turn);
    if (say) say("limits, turn " + std::to_string(i + 1) + " of " + std::to_string(options.turns));
  }
  return turns;
}

}  // namespace gavel::bench
