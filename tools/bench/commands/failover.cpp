// failover: from the death of an auction's leader to the next acknowledged bid.
#include "tools/bench/runs/failover.hpp"

#include <cmath>

#include "client/cli/commands.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/report/figures.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAbout =
    "Kill the auction's leader again and again, and measure until a bid that was sent after it is acknowledged\n\n"
    "Examples:\n"
    "  gavel-bench failover                           fifty times, under half of the highest load\n"
    "  gavel-bench failover --runs 10 --rate 1000 -o json";

double milliseconds(Duration duration) { return rounded(static_cast<double>(duration.count()) / 1e3); }

cli::Section runs_section(const FailoverFigures& figures) {
  cli::Section section{
      "runs", {{"run", "RUN"}, {"killed", "KILLED"}, {"gap_ms", "GAP ms"}, {"silence_ms", "SILENCE ms"}}, {}, ""};
  for (std::size_t i = 0; i < figures.runs.size(); ++i)
    section.rows.push_back({{"run", i + 1},
                            {"killed", figures.runs[i].killed},
                            {"gap_ms", milliseconds(figures.runs[i].gap)},
                            {"silence_ms", milliseconds(figures.runs[i].silence)}});
  return section;
}

cli::Section summary_section(const FailoverFigures& figures) {
  return {"summary",
          {{"runs", "RUNS"},
           {"rate", "BIDS/S"},
           {"median_ms", "MEDIAN ms"},
           {"worst_ms", "WORST ms"},
           {"acknowledged", "ACCEPTED"},
           {"lost", "LOST"},
           {"doubled", "DOUBLED"}},
          {{{"runs", figures.runs.size()},
            {"rate", std::llround(figures.rate)},
            {"median_ms", rounded(figures.median_ms())},
            {"worst_ms", rounded(figures.worst_ms())},
            {"acknowledged", figures.acknowledged},
            {"lost", figures.lost},
            {"doubled", figures.doubled}}},
          ""};
}

cli::Exit failover(Context& context, const FailoverOptions& options) {
  if (context.target.given)
    cli::fail_with(cli::Exit::usage, "nodes are killed in a cluster of this program's own only: name no other one");
  prepare_for_failover(context.target.own);
  Target target(context.target);
  const auto figures = measure_failover(target, options, [&](const std::string& text) { context.say(text); });
  context.show({runs_section(figures), summary_section(figures)});
  return figures.lost + figures.doubled == 0 ? cli::Exit::ok : cli::Exit::internal;
}

}  // namespace

void add_failover_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("failover", kAbout);
  auto options = std::make_shared<FailoverOptions>();
  command->add_option("--runs", options->runs, "How many kills")
      ->check(CLI::Range(1, 10'000).description(""))
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--rate", options->rate, "Bids a second (default: half of what there is at most)")
      ->check(CLI::Range(1.0, 1e7).description(""))
      ->type_name("R");
  add_cluster_options(*command, context, 5);
  command->callback(
      [&context, options] { context.action = [&context, options] { return failover(context, *options); }; });
}

}  // namespace gavel::bench
