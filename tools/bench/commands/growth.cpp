// growth: what a bid costs at once and at ten times the auctions, the clients, the log.
#include "tools/bench/runs/growth.hpp"

#include "client/cli/commands.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/report/figures.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAbout =
    "Measure whether a bid costs more processor time with ten times the auctions, the clients, or the log\n\n"
    "Examples:\n"
    "  gavel-bench growth\n"
    "  gavel-bench growth --turns 5 --for 5s --rate 2000 -o json";

struct Typed {
  GrowthOptions options;
  std::string length = "3s";
};

cli::Exit growth(const Context& context, const Typed& typed) {
  GrowthOptions options = typed.options;
  options.length = length_option("--for", typed.length);
  Target target(context.target);
  cli::Section section{"growth",
                       {{"what", "WHAT"},
                        {"small", "SMALL"},
                        {"large", "LARGE"},
                        {"small_cpu_us", "CPU us A BID"},
                        {"large_cpu_us", "AT LARGE"},
                        {"ratio", "RATIO"}},
                       {},
                       ""};
  for (const Growth& one : measure_growth(target, options, [&](const std::string& text) { context.say(text); }))
    section.rows.push_back({{"what", one.what},
                            {"small", one.small},
                            {"large", one.large},
                            {"small_cpu_us", rounded(one.small_cpu_us)},
                            {"large_cpu_us", rounded(one.large_cpu_us)},
                            {"ratio", rounded(one.ratio())}});
  context.show({section});
  return cli::Exit::ok;
}

}  // namespace

void add_growth_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("growth", kAbout);
  auto typed = std::make_shared<Typed>();
  command->add_option("--turns", typed->options.turns, "How often each is measured; the medians are compared")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--for", typed->length, "How long each time")->capture_default_str()->type_name("DURATION");
  command->add_option("--rate", typed->options.rate, "Bids a second")
      ->check(CLI::Range(1.0, 1e7).description(""))
      ->capture_default_str()
      ->type_name("R");
  command->add_option("--log", typed->options.log, "Bids in the shorter log")
      ->check(CLI::Range(1, 10'000'000).description(""))
      ->capture_default_str()
      ->type_name("N");
  add_cluster_options(*command, context, 3);
  command->callback([&context, typed] { context.action = [&context, typed] { return growth(context, *typed); }; });
}

}  // namespace gavel::bench
