// The program's commands, each declared to CLI11 in a file of its own. What is to be done stands in Context::action,
// and runs when the whole line has been understood; it returns the exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <memory>

#include "client/cli/failure.hpp"
#include "client/cli/output.hpp"
#include "tools/bench/cluster/target.hpp"

namespace gavel::bench {

struct Context {
  TargetOptions target;
  std::function<cli::Exit()> action;
  /// As comma-separated values, whatever the format.
  bool csv = false;

  /// One list, or several under their names.
  void show(const std::vector<cli::Section>& sections) const;
  cli::Output output() const { return cli::Output(std::cout, target.settings.format, cli::wants_colour()); }
  /// A line on stderr about what is under way: at a terminal, or with --verbose.
  void say(const std::string& text) const;
};

/// -o, with csv as one more format than `gavel` has.
void add_output_option(CLI::App& app, Context& context);
/// `--placement spread` or `any`; as it stands by default.
CLI::Option* add_placement_option(CLI::App& app, bool& spread);
/// --nodes, --durability and what else there is to choose about a cluster of one's own.
void add_cluster_options(CLI::App& command, Context& context, std::size_t nodes);
/// A length of time as it was typed for that option; more than nothing. Throws Failure{usage}.
Duration length_option(const std::string& option, const std::string& text);

void add_bids_command(CLI::App& app, Context& context);
void add_likes_command(CLI::App& app, Context& context);
void add_limits_command(CLI::App& app, Context& context);
void add_failover_command(CLI::App& app, Context& context);
void add_idle_command(CLI::App& app, Context& context);
void add_soak_command(CLI::App& app, Context& context);
void add_growth_command(CLI::App& app, Context& context);
void add_goals_command(CLI::App& app, Context& context);

}  // namespace gavel::bench
