// bids: from a bidder's command to the answer that a majority holds it.
#include "client/cli/rows.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/commands/load_options.hpp"
#include "tools/bench/load/bids_run.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAbout =
    "Measure bids from end to end: throughput, latencies, processor time of clients and of nodes\n\n"
    "Examples:\n"
    "  gavel-bench bids                               three nodes of its own, 512 bids under way\n"
    "  gavel-bench bids --in-flight 1 --clients 1     one bid at a time\n"
    "  gavel-bench bids --rate 2000 --for 30s         2,000 a second; latencies from the intended start\n"
    "  gavel-bench bids --nodes 5 --durability memory -o json\n"
    "  gavel-bench bids --node 127.0.0.1:7401         a cluster that runs already";

cli::Row head(const Context& context, const BidsOptions& options, std::size_t body_size) {
  const bool own = !context.target.given;
  return {{"nodes", own ? cli::Row(context.target.own.nodes) : cli::Row()},
          {"durability", own ? cli::Row(context.target.own.durability) : cli::Row()},
          {"auctions", options.auctions},
          {"clients", options.clients},
          {"in_flight", options.load.rate > 0 ? cli::Row() : cli::Row(options.clients * options.load.share)},
          {"rate", options.load.rate > 0 ? cli::Row(options.load.rate) : cli::Row()},
          {"size", body_size}};
}

cli::Exit bids(const Context& context, const BidsOptions& options) {
  Target target(context.target);
  context.say("the cluster serves");
  BidsRun run(target, options);
  const Measured measured = run.measure(options.load);
  cli::Row all = head(context, options, run.body_size());
  all.update(row(measured));
  all["verdicts"] = run.verdicts();
  std::vector<cli::Column> columns{{"in_flight", "IN FLIGHT"}, {"rate", "RATE"}};
  for (auto& column : measured_columns()) columns.push_back(column);
  context.output().list({"bids", columns, {all}, ""});
  return measured.load.operations() > 0 ? cli::Exit::ok : cli::Exit::no_quorum;
}

}  // namespace

void add_bids_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("bids", kAbout);
  auto typed = std::make_shared<TypedLoad>();
  add_load_options(*command, *typed);
  add_bid_options(*command, *typed);
  add_cluster_options(*command, context, 3);
  command->callback(
      [&context, typed] { context.action = [&context, typed] { return bids(context, understand(*typed)); }; });
}

}  // namespace gavel::bench
