// gavel-sim: the ordering protocol under virtual time, network and disks, one history a seed, every invariant checked
// after every step. Exit code 0 if all held, 1 if one was violated, 2 for a wrong call.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "common/order/mistakes.hpp"
#include "node/services/mistakes.hpp"
#include "tests/sim/scenario.hpp"
#include "tools/sim/report.hpp"

namespace gavel::sim {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  gavel-sim --seeds 1..2000 --jobs 4       two thousand histories\n"
    "  gavel-sim --seeds 17..17 --narrate       the story of one of them\n"
    "  gavel-sim --seeds 1..100 --mode damage   disks are lost all the time\n"
    "  gavel-sim --seeds 1..100 --faults none   how it looks when nothing goes wrong\n"
    "  gavel-sim --trace FILE                   the narration of a scenario (tests/trace)\n";

struct Arguments {
  std::string seeds = "1..100";
  std::string faults = "all";
  std::string mode = "by seed";
  std::string mistake;
  std::string output = "table";
  std::size_t nodes = 0;
  std::string trace;
  bool update = false;
  bool list = false;
  Campaign campaign;
};

Result<void> read_seeds(const std::string& text, Campaign& campaign) {
  const auto dots = text.find("..");
  try {
    std::size_t used = 0;
    campaign.first = std::stoull(text, &used);
    campaign.last = campaign.first;
    if (dots == std::string::npos && used == text.size()) return {};
    if (used == dots) {
      campaign.last = std::stoull(text.substr(dots + 2), &used);
      if (used == text.size() - dots - 2 && campaign.last >= campaign.first) return {};
    }
  } catch (const std::exception&) {
  }
  return fail("--seeds takes a number or A..B, not '" + text + "'");
}

Result<void> read_mistake([[maybe_unused]] const std::string& name) {
#ifdef GAVEL_MUTANTS
#define X(mistake, text) \
  if (name == #mistake) return order::active_mistake() = order::Mistake::mistake, Result<void>{};
  GAVEL_MISTAKES(X)
#undef X
#define X(mistake, text) \
  if (name == #mistake) return house::active_mistake() = house::Mistake::mistake, Result<void>{};
  GAVEL_HOUSE_MISTAKES(X)
#undef X
  return fail("no mistake is called '" + name + "'; --list tells them");
#else
  return fail("only gavel-sim-mutants can make mistakes");
#endif
}

Result<void> read(Arguments& arguments) {
  auto& campaign = arguments.campaign;
  if (auto seeds = read_seeds(arguments.seeds, campaign); !seeds) return seeds;
  const auto faults = parse_faults(arguments.faults);
  if (!faults) return tl::unexpected<Error>(faults.error());
  campaign.run.faults = *faults;
  if (arguments.mode != "by seed") {
    const auto mode = parse_mode(arguments.mode);
    if (!mode) return tl::unexpected<Error>(mode.error());
    campaign.run.mode = *mode;
  }
  if (arguments.nodes > 0) campaign.run.nodes = arguments.nodes;
  if (campaign.run.narrate) campaign.jobs = 1;
  return arguments.mistake.empty() ? Result<void>{} : read_mistake(arguments.mistake);
}

void list() {
  std::printf("modes\n");
  for (std::size_t i = 0; i < kModes; ++i)
    std::printf("  %-12s %s\n", name_of(static_cast<Mode>(i)), text_of(static_cast<Mode>(i)));
  std::printf("faults\n");
  for (std::size_t i = 0; i < kFaults; ++i)
    std::printf("  %-12s %s\n", std::string(name_of(static_cast<Fault>(i))).c_str(),
                std::string(text_of(static_cast<Fault>(i))).c_str());
#ifdef GAVEL_MUTANTS
  std::printf("mistakes\n");
#define X(mistake, text) std::printf("  %-30s %s\n", #mistake, text);
  GAVEL_MISTAKES(X)
  GAVEL_HOUSE_MISTAKES(X)
#undef X
#endif
}

int trace(const Arguments& arguments) {
  std::ifstream in(arguments.trace);
  if (!in) return std::cerr << "gavel-sim: cannot read " << arguments.trace << "\n", 2;
  const auto scenario = parse_scenario({std::istreambuf_iterator<char>(in), {}});
  const auto narration = play_scenario(scenario.script);
  if (!narration) return std::cerr << "gavel-sim: " << narration.error().message << "\n", 1;
  std::cout << *narration;
  if (arguments.update) {
    std::ofstream(arguments.trace) << with_narration(scenario, *narration);
    return 0;
  }
  if (*narration == scenario.expected) return 0;
  std::cerr << "gavel-sim: this is not what " << arguments.trace << " says (--update writes it there)\n";
  return 1;
}

int run(const Arguments& arguments) {
  const auto begun = std::chrono::steady_clock::now();
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  const auto total = arguments.campaign.last - arguments.campaign.first + 1;
  const auto result = run_all(arguments.campaign, [&](std::uint64_t done, std::size_t failed) {
    if (terminal && (done % 16 == 0 || done == total))
      std::fprintf(stderr, "\r%llu of %llu runs, %zu violations%s", static_cast<unsigned long long>(done),
                   static_cast<unsigned long long>(total), failed, done == total ? "\n" : "");
  });
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::cout << (arguments.output == "json" ? json_of(arguments.campaign, result, seconds)
                                           : table_of(arguments.campaign, result, seconds));
  return result.failures.empty() ? 0 : 1;
}
}  // namespace
}  // namespace gavel::sim

int main(int argc, char** argv) {
  gavel::sim::Arguments arguments;
  CLI::App app("Runs the ordering protocol under faults, and checks what must hold.", "gavel-sim");
  app.footer(gavel::sim::kExamples);
  app.add_option("--seeds", arguments.seeds, "the runs to make: A..B")->capture_default_str();
  app.add_option("--nodes", arguments.nodes, "founding voters, 1 to 7 (drawn from the seed otherwise)")
      ->check(CLI::Range(1, 7));
  app.add_option("--faults", arguments.faults, "all, none, or names with commas between them (see --list)")
      ->capture_default_str();
  app.add_option("--mode", arguments.mode, "what the faults aim at (see --list)")->capture_default_str();
  app.add_option("--jobs", arguments.campaign.jobs, "processes to run in")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  app.add_option("--mistake", arguments.mistake, "a deliberate mistake to make (gavel-sim-mutants only)");
  app.add_flag("--narrate", arguments.campaign.run.narrate, "tell the story of the runs");
  app.add_flag("--messages", arguments.campaign.run.show_messages, "with --narrate: tell of every message");
  app.add_flag("--stop", arguments.campaign.stop, "stop at the first violation");
  app.add_option("--trace", arguments.trace, "play this scenario instead, and compare its narration");
  app.add_flag("--update", arguments.update, "with --trace: write the narration into the file");
  app.add_flag("--list", arguments.list, "list modes and faults");
  app.add_option("-o,--output", arguments.output, "table or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (arguments.list) return gavel::sim::list(), 0;
  if (!arguments.trace.empty()) return gavel::sim::trace(arguments);
  if (const auto ok = gavel::sim::read(arguments); !ok) {
    std::cerr << "gavel-sim: " << ok.error().message << "\n";
    return 2;
  }
  return gavel::sim::run(arguments);
}
