#include <unistd.h>

#include "client/cli/commands.hpp"
#include "client/cli/rows.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/report/csv.hpp"

namespace gavel::bench {
namespace {

std::string check_policy(const std::string& name) {
  return name == "sequencer" ? std::string() : "there is no policy '" + name + "'; sequencer is the only one";
}

std::string check_durability(const std::string& name) {
  return name == "fsync" || name == "memory" ? std::string()
                                             : "there is no durability '" + name + "'; fsync and memory are";
}

}  // namespace

void Context::say(const std::string& text) const {
  if (target.settings.verbose || ::isatty(STDERR_FILENO) == 1) std::cerr << "gavel-bench: " << text << '\n';
}

void Context::show(const std::vector<cli::Section>& sections) const {
  if (csv) {
    for (std::size_t i = 0; i < sections.size(); ++i) std::cout << (i > 0 ? "\n" : "") << bench::csv(sections[i]);
  } else if (sections.size() == 1) {
    output().list(sections.front());
  } else {
    output().lists(sections);
  }
}

CLI::Option* add_placement_option(CLI::App& app, bool& spread) {
  return app
      .add_option_function<std::string>(
          "--placement", [&spread](const std::string& how) { spread = how == "spread"; },
          "spread: each node keeps to its share of the processors; any: it runs where the system puts it")
      ->check([](const std::string& how) {
        return how == "spread" || how == "any" ? std::string() : "it is spread or any, not '" + how + "'";
      })
      ->default_str(spread ? "spread" : "any")
      ->type_name("HOW");
}

void add_output_option(CLI::App& app, Context& context) {
  static const std::map<std::string, cli::Format> kFormats{{"table", cli::Format::table},
                                                           {"json", cli::Format::json},
                                                           {"jsonl", cli::Format::jsonl},
                                                           {"csv", cli::Format::jsonl}};
  app.add_option_function<std::string>(
         "-o,--output",
         [&context](const std::string& name) {
           context.target.settings.format = kFormats.at(name);
           context.csv = name == "csv";
         },
         "table, json, jsonl (one line a row) or csv")
      ->check([](const std::string& name) {
        return kFormats.contains(name)
                   ? std::string()
                   : "'" + cli::harmless(name.substr(0, 40)) + "' is no format; table, json, jsonl and csv are";
      })
      ->default_str("table")
      ->type_name("FORMAT");
}

void add_cluster_options(CLI::App& command, Context& context, std::size_t nodes) {
  auto& own = context.target.own;
  constexpr const char* kGroup = "A cluster of its own (unless --node, --cluster or a beacon's place names one)";
  command
      .add_option_function<std::size_t>(
          "--nodes", [&own](std::size_t count) { own.nodes = count; },
          "How many nodes (default: " + std::to_string(nodes) + ")")
      ->check(CLI::Range(1, 64).description(""))
      ->type_name("N")
      ->group(kGroup);
  command.add_option("--durability", own.durability, "fsync or memory")
      ->check(check_durability)
      ->capture_default_str()
      ->type_name("HOW")
      ->group(kGroup);
  command
      .add_option_function<std::string>(
          "--policy", [](const std::string&) {}, "By what bids are ordered: sequencer")
      ->check(check_policy)
      ->type_name("NAME")
      ->group(kGroup);
  add_placement_option(command, own.spread)->group(kGroup);
  command.add_option("--node-program", own.program, "gavel-node (default: the one beside this program)")
      ->type_name("FILE")
      ->group(kGroup);
  command
      .add_option("--dir", own.place, "Where its data are, until the end (default: the system's temporary directory)")
      ->type_name("DIR")
      ->group(kGroup);
  command.add_option("--node-option", own.extra, "A further option of gavel-node, as --node-option=--heartbeat=20")
      ->allow_extra_args(false)
      ->type_name("OPTION")
      ->group(kGroup);
  command.add_flag("--keep", own.keep, "Leave its data and logs where they are")->group(kGroup);
  command.add_option("--pid", context.target.pids, "Of a given cluster: a node's process here, whose use is counted")
      ->allow_extra_args(false)
      ->type_name("PID");
  command.preparse_callback([&own, nodes](std::size_t) { own.nodes = nodes; });
}

Duration length_option(const std::string& option, const std::string& text) {
  const Duration length = cli::duration_option(option, text);
  if (length <= 0s) cli::fail_with(cli::Exit::usage, option + ": more than nothing is needed, e.g. " + option + " 10s");
  return length;
}

}  // namespace gavel::bench
