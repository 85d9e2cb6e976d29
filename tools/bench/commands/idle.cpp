// idle: what nodes use that have nothing to do.
#include "tools/bench/runs/idle.hpp"

#include "client/cli/commands.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/report/figures.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAbout =
    "Measure what five idle nodes use: processor time, in percent of one core, and memory\n\n"
    "Examples:\n"
    "  gavel-bench idle                               five nodes, ten seconds\n"
    "  gavel-bench idle --nodes 3 --for 60s -o json";

struct Typed {
  std::string length = "10s", settle = "2s";
};

cli::Exit idle(const Context& context, const Typed& typed) {
  const Duration length = length_option("--for", typed.length);
  const Duration settle = cli::duration_option("--warm-up", typed.settle);
  Target target(context.target);
  cli::Section section{"idle", {{"node", "NODE"}, {"cpu_percent", "CPU %"}, {"rss_mb", "RSS MB"}}, {}, ""};
  std::size_t number = 0;
  for (const IdleNode& node : measure_idle(target, settle, length))
    section.rows.push_back({{"node", target.own() != nullptr ? "n" + std::to_string(++number)
                                                             : std::to_string(context.target.pids[number++])},
                            {"cpu_percent", rounded(node.cpu_percent)},
                            {"rss_mb", rounded(node.rss_mb)}});
  context.show({section});
  return cli::Exit::ok;
}

}  // namespace

void add_idle_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("idle", kAbout);
  auto typed = std::make_shared<Typed>();
  command->add_option("--for", typed->length, "How long is measured")->capture_default_str()->type_name("DURATION");
  command->add_option("--warm-up", typed->settle, "How long they settle before")
      ->capture_default_str()
      ->type_name("DURATION");
  add_cluster_options(*command, context, 5);
  command->callback([&context, typed] { context.action = [&context, typed] { return idle(context, *typed); }; });
}

}  // namespace gavel::bench
