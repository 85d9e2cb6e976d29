// bids: from a bidder's command to the answer that a majority holds it; once, or over a sweep of rates.
#include <unistd.h>

#include "client/cli/paint.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/commands/load_options.hpp"
#include "tools/bench/load/sweep.hpp"
#include "tools/bench/report/files.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAbout =
    "Measure bids from end to end: throughput, latencies, processor time of clients and of nodes\n\n"
    "Examples:\n"
    "  gavel-bench bids                               three nodes of its own, 512 bids under way\n"
    "  gavel-bench bids --in-flight 1 --clients 1     one bid at a time\n"
    "  gavel-bench bids --rate 2000 --for 30s         2,000 a second; latencies from the intended start\n"
    "  gavel-bench bids --sweep auto --plot bids.svg  latency over load, up to nine tenths of the highest throughput\n"
    "  gavel-bench bids --nodes 5 --durability memory -o json\n"
    "  gavel-bench bids --node 127.0.0.1:7401         a cluster that runs already";

struct Typed {
  TypedLoad load;
  std::string sweep, plot;
};

cli::Row head(const Context& context, const BidsOptions& options, const LoadOptions& load, std::size_t body_size) {
  const bool own = !context.target.given;
  return {{"nodes", own ? cli::Row(context.target.own.nodes) : cli::Row()},
          {"durability", own ? cli::Row(context.target.own.durability) : cli::Row()},
          {"auctions", options.auctions},
          {"clients", options.clients},
          {"in_flight", load.rate > 0 ? cli::Row() : cli::Row(load.in_flight)},
          {"rate", load.rate > 0 ? cli::Row(load.rate) : cli::Row()},
          {"size", body_size}};
}

/// The rates to measure at; the highest throughput is looked for first if they are to follow from it.
std::vector<double> rates_of(const Context& context, const Typed& typed, const BidsOptions& options, BidsRun& run) {
  const auto parsed = parse_rates(typed.sweep);
  if (!parsed->empty()) return *parsed;
  LoadOptions full = options.load;
  full.rate = 0;
  full.length = std::min<Duration>(full.length, 3s);
  const double highest = run.measure(full).load.per_second();
  context.say("the highest throughput is " + short_number(highest) + " a second");
  return rates_up_to(highest);
}

std::vector<SweepPoint> sweep(const Context& context, const Typed& typed, const BidsOptions& options, BidsRun& run) {
  std::vector<SweepPoint> points;
  for (const double rate : rates_of(context, typed, options, run)) {
    LoadOptions load = options.load;
    load.rate = rate;
    load.share = kMostOfOneSession;
    points.push_back({rate, run.measure(load)});
    context.say(short_number(rate) + " a second: p50 " +
                std::to_string(points.back().measured.load.latencies.percentile(50).count()) + " us");
  }
  return points;
}

void show_plot(const Context& context, const Typed& typed, const std::vector<SweepPoint>& points) {
  const Plot plot = latency_plot("bids: latency over load", points);
  if (!typed.plot.empty()) write_file(typed.plot, svg(plot));
  const auto columns = cli::terminal_extent(STDOUT_FILENO).columns;
  context.output().text("\n" + text(plot, columns > 0 ? columns : 100, 16));
}

cli::Exit bids(const Context& context, const Typed& typed) {
  const BidsOptions options = understand(typed.load);
  if (!typed.plot.empty()) check_writable("--plot", typed.plot);
  Target target(context.target);
  context.say("the cluster serves");
  BidsRun run(target, options);
  run.say = [&context](const std::string& text) { context.say(text); };
  std::vector<cli::Row> rows;
  const auto tell = [&](const LoadOptions& load, const Measured& measured) {
    rows.push_back(head(context, options, load, run.body_size()));
    rows.back().update(row(measured));
  };
  std::vector<SweepPoint> points;
  if (typed.sweep.empty()) {
    tell(options.load, run.measure(options.load));
    rows.back()["verdicts"] = run.verdicts();
  } else {
    points = sweep(context, typed, options, run);
    for (const SweepPoint& point : points) {
      LoadOptions load = options.load;
      load.rate = point.rate;
      tell(load, point.measured);
    }
  }
  std::vector<cli::Column> columns{{"in_flight", "IN FLIGHT"}, {"rate", "RATE"}};
  for (auto& column : measured_columns()) columns.push_back(column);
  context.output().list({"bids", columns, rows, ""});
  if (!points.empty()) show_plot(context, typed, points);
  return cli::Exit::ok;
}

void check_together(const Typed& typed) {
  if (!typed.plot.empty() && typed.sweep.empty())
    cli::fail_with(cli::Exit::usage, "--plot shows latency over load: it goes with --sweep RATES or --sweep auto");
  if (typed.sweep.empty()) return;
  if (const auto rates = parse_rates(typed.sweep); !rates)
    cli::fail_with(cli::Exit::usage, "--sweep: " + rates.error().message);
  if (typed.load.rate > 0) cli::fail_with(cli::Exit::usage, "--sweep is of many rates, and --rate is one: choose one");
}

}  // namespace

void add_bids_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("bids", kAbout);
  auto typed = std::make_shared<Typed>();
  add_load_options(*command, typed->load);
  add_bid_options(*command, typed->load);
  command->add_option("--sweep", typed->sweep, "Measure at one rate after the other: 1000,2000,5000, or auto")
      ->type_name("RATES");
  command->add_option("--plot", typed->plot, "Write latency over load as a picture (SVG)")->type_name("FILE");
  add_cluster_options(*command, context, 3);
  command->callback([&context, typed] {
    context.action = [&context, typed] {
      check_together(*typed);
      return bids(context, *typed);
    };
  });
}

}  // namespace gavel::bench
