// The program `gavel-bench`: puts load on a cluster and measures it.
#include <sys/prctl.h>
#include <sys/resource.h>

#include <clocale>
#include <iostream>

#include "client/cli/commands.hpp"
#include "client/cli/connection.hpp"
#include "common/base/version.hpp"
#include "common/bus/scheduling.hpp"
#include "common/bus/standard_streams.hpp"
#include "tools/bench/commands/commands.hpp"

namespace {

using namespace gavel;
using namespace gavel::bench;

constexpr const char* kAbout =
    "Measures a Gavel cluster, one that runs or one of its own.\n\n"
    "Examples:\n"
    "  gavel-bench bids                               throughput, latencies and processor time of bids\n"
    "  gavel-bench bids --in-flight 1 --clients 1     one bid at a time\n"
    "  gavel-bench bids --sweep auto --plot bids.svg  latency over load\n"
    "  gavel-bench limits                             bids beside raw messages and syncs\n"
    "  gavel-bench failover                           kills leaders, and measures until the next bid\n"
    "  gavel-bench goals                              everything, briefly, beside what is wanted of it\n\n"
    "Exit codes: 0 ok, 1 internal, 2 usage, 3 a limit was passed, or with --strict a goal missed,\n"
    "4 not found, 5 no leader, no majority or no "
    "node,\n"
    "130 interrupted.";

/// A thousand connections need more descriptors than a process has at first, and their loop an exact sleep.
void prepare_process() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  bus::prefer_throughput();  // as nodes do
}

int refuse(const CLI::App& app, const std::string& what) {
  std::string see = "gavel-bench";
  for (const CLI::App* command : app.get_subcommands()) see += " " + command->get_name();
  std::cerr << "gavel-bench: " << cli::harmless(what) << "; see " << see << " --help\n";
  return static_cast<int>(cli::Exit::usage);
}

bool names_a_cluster(const CLI::App& app) {
  for (const char* option : {"--node", "--cluster", "--beacon-port", "--beacon-address", "--beacon-interface"})
    if (app.count(option) > 0) return true;
  return false;
}

int run(Context& context) {
  try {
    const auto cluster = wire::checked_cluster_name(context.target.settings.cluster);
    if (!cluster) cli::fail_with(cli::Exit::usage, "--cluster: " + cluster.error().message);
    const cli::Exit code = context.action();
    if (!std::cout.flush()) cli::fail_with(cli::Exit::internal, "the standard output takes nothing");
    return static_cast<int>(code);
  } catch (const cli::Failure& failure) {
    if (!failure.message.empty()) std::cerr << "gavel-bench: " << failure.message << '\n';
    return static_cast<int>(failure.code);
  } catch (const std::exception& error) {
    std::cerr << "gavel-bench: internal error: " << error.what() << '\n';
    return static_cast<int>(cli::Exit::internal);
  }
}

}  // namespace

int main(int argc, char** argv) {
  bus::keep_standard_streams();
  std::setlocale(LC_ALL, "");
  // Output goes to pipes and programs too: numbers look the same everywhere.
  std::setlocale(LC_NUMERIC, "C");
  prepare_process();

  Context context;
  CLI::App app(kAbout, "gavel-bench");
  app.set_version_flag("--version", std::string("gavel-bench ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  cli::add_global_options(app, context.target.settings);
  app.remove_option(app.get_option("--output"));
  add_output_option(app, context);
  add_bids_command(app, context);
  add_likes_command(app, context);
  add_limits_command(app, context);
  add_failover_command(app, context);
  add_idle_command(app, context);
  add_soak_command(app, context);
  add_growth_command(app, context);
  add_goals_command(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return refuse(app, error.what());
    return app.exit(error, std::cout, std::cout);
  }
  context.target.given = names_a_cluster(app);
  const CLI::App* command = app.get_subcommands().front();
  for (const char* option : {"--nodes", "--durability", "--policy", "--node-program", "--dir", "--keep"})
    if (context.target.given && command->get_option_no_throw(option) != nullptr && command->count(option) > 0)
      return refuse(app, std::string(option) + " is about a cluster of its own, and another one is named");
  cli::catch_interrupts();
  return run(context);
}
