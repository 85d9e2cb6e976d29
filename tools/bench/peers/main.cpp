// The program `gavel-bench-peers`: Gavel and other systems under the same loads on this machine.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "client/cli/commands.hpp"
#include "common/base/version.hpp"
#include "common/bus/standard_streams.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/peers/rounds.hpp"
#include "tools/bench/peers/waiting.hpp"

namespace {

using namespace gavel;
using namespace gavel::peers;

constexpr const char* kAbout =
    "Measures other systems and Gavel in turn, three nodes each on this machine, and compares them.\n\n"
    "Examples:\n"
    "  gavel-bench-peers                              all peers that are installed, five rounds\n"
    "  gavel-bench-peers --only etcd,nats --runs 1 --for 3s\n"
    "  gavel-bench-peers -o json > peers.json\n"
    "  gavel-bench-peers alone zookeeper --in-flight 64\n"
    "  gavel-bench-peers alone etcd --rate 5000       latencies from the intended start\n\n"
    "Peers: etcd, zookeeper, nats, corosync (as root). `make deps-peers` installs them.\n"
    "Exit codes: 0 every goal was reached, 1 something could not be measured, 2 usage, 3 a goal was missed,\n"
    "130 interrupted (what was measured until then is printed).";

struct Typed {
  RunOptions run;
  cli::Settings settings;
  std::string measured = "5s", warm_up = "1s";
  std::string alone;  ///< a peer
  std::string turn;   ///< the same
  std::size_t alone_in_flight = 512;
  double rate = 0;
};

std::string temporary_directory() {
  const char* place = std::getenv("TMPDIR");
  return place != nullptr && *place != '\0' ? place : "/tmp";
}

void declare(CLI::App& app, Typed& typed) {
  app.set_version_flag("--version", std::string("gavel-bench-peers ") + kVersion);
  app.add_option("--only", typed.run.only, "These peers")->delimiter(',')->type_name("PEER,...");
  app.add_option("--runs", typed.run.rounds, "Rounds; the median of their ratios counts")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--in-flight", typed.run.in_flight, "Writes under way in a full load, on both sides")
      ->check(CLI::Range(2, 65'536).description(""))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--for", typed.measured, "How long each load is measured")
      ->capture_default_str()
      ->type_name("DURATION");
  app.add_option("--warm-up", typed.warm_up, "How long before that")->capture_default_str()->type_name("DURATION");
  app.add_option("--dir", typed.run.directory, "Where all data is, until the end: on the disk that is to be measured")
      ->capture_default_str()
      ->type_name("DIR");
  bench::add_placement_option(app, typed.run.spread);
  app.add_option("--bench", typed.run.bench, "gavel-bench (default: the one beside this program)")->type_name("FILE");
  cli::add_output_option(app, typed.settings);

  auto* alone = app.add_subcommand("alone", "One peer, one load, nothing to compare it with");
  alone->fallthrough();
  alone->add_option("peer", typed.alone, "Which")->required()->type_name("PEER");
  auto* in_flight = alone->add_option("--in-flight", typed.alone_in_flight, "Closed loop: so many under way")
                        ->check(CLI::Range(1, 65'536).description(""))
                        ->capture_default_str()
                        ->type_name("N");
  alone->add_option("--rate", typed.rate, "Open loop: so many a second; latencies count from the intended start")
      ->check(CLI::Range(1.0, 1e6).description(""))
      ->excludes(in_flight)
      ->type_name("R");
}

/// For rounds.cpp alone: what a child of this program is to do.
void declare_turn(CLI::App& app, Typed& typed) {
  auto* turn = app.add_subcommand("turn", "")->group("");
  turn->fallthrough();
  turn->add_option("peer", typed.turn)->required();
}

Duration length(const std::string& option, const std::string& text) {
  const Duration length = cli::duration_option(option, text);
  if (length < 1ms || length > 1h) cli::fail_with(cli::Exit::usage, option + ": from a millisecond to an hour");
  return length;
}

void tell(const std::string& line) { std::cerr << line << std::endl; }

cli::Exit alone(const Typed& typed, const Scratch& scratch) {
  const Known& known = find_peer(typed.alone);
  cli::Row row{{"peer", known.name}};
  row.update(measure_alone(known, {scratch.path(), typed.run.spread},
                           {typed.alone_in_flight, typed.rate, typed.run.warm_up, typed.run.measured}));
  cli::Output(std::cout, typed.settings.format, cli::wants_colour())
      .list({"alone",
             {{"peer", "PEER"},
              {"per_second", "WRITES/S"},
              {"p50_us", "P50 us"},
              {"p99_us", "P99"},
              {"p999_us", "P99.9"},
              {"max_us", "MAX"},
              {"client_cpu_us", "CLIENT CPU us/op"},
              {"node_cpu_us", "NODE CPU us/op"}},
             {row},
             ""});
  return cli::Exit::ok;
}

cli::Exit compare(const Typed& typed, const Scratch& scratch) {
  if (::access(typed.run.bench.c_str(), X_OK) != 0)
    cli::fail_with(cli::Exit::usage, "there is no " + typed.run.bench + "; `make bench-peers` builds it");
  Comparison comparison(typed.run.in_flight);
  cli::Exit code = cli::Exit::ok;
  try {
    if (!run_rounds(typed.run, scratch, comparison, tell)) code = cli::Exit::internal;
  } catch (const cli::Failure& failure) {
    if (failure.code != cli::Exit::interrupted) throw;
    code = failure.code;
  }
  cli::Output output(std::cout, typed.settings.format, cli::wants_colour());
  output.lists(comparison.sections(output.for_people()));
  if (code == cli::Exit::ok && !comparison.all_reached()) code = cli::Exit::rejected;
  return code;
}

cli::Exit run(Typed& typed) {
  typed.run.measured = length("--for", typed.measured);
  typed.run.warm_up = length("--warm-up", typed.warm_up);
  const Scratch scratch(std::filesystem::absolute(typed.run.directory).lexically_normal().string());
  if (!typed.turn.empty()) return run_turn(find_peer(typed.turn), typed.run, scratch, tell, std::cout);
  if (!scratch.on_a_disk())
    tell(typed.run.directory + " is in memory, where a sync costs nothing: --dir names a place on a disk");
  return typed.alone.empty() ? compare(typed, scratch) : alone(typed, scratch);
}

/// Where Debian has some of the servers, and what not every user has in PATH.
void look_for_servers_too() {
  const char* path = std::getenv("PATH");
  ::setenv("PATH", (std::string(path != nullptr ? path : "/usr/bin:/bin") + ":/usr/sbin:/sbin").c_str(), 1);
}

int refuse(const std::string& why, cli::Exit code) {
  if (!why.empty()) std::cerr << "gavel-bench-peers: " << why << '\n';
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  bus::keep_standard_streams();
  std::setlocale(LC_ALL, "");
  // Output goes to pipes and programs too: numbers look the same everywhere.
  std::setlocale(LC_NUMERIC, "C");

  Typed typed;
  typed.run.directory = temporary_directory();
  std::error_code ignored;
  typed.run.bench = (std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "gavel-bench").string();
  CLI::App app(kAbout, "gavel-bench-peers");
  declare(app, typed);
  declare_turn(app, typed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, std::cout, std::cout);
    return refuse(cli::harmless(error.what()) + "; see gavel-bench-peers --help", cli::Exit::usage);
  }
  hold_interrupts();
  look_for_servers_too();
  std::signal(SIGPIPE, SIG_IGN);  // of connections to nodes that are ended
  try {
    return static_cast<int>(run(typed));
  } catch (const cli::Failure& failure) {
    return refuse(failure.message, failure.code);
  } catch (const std::exception& error) {
    return refuse(std::string("internal error: ") + error.what(), cli::Exit::internal);
  }
}
