// goals: everything, briefly, beside what is wanted of it.
#include "tools/bench/goals/goals.hpp"

#include "client/cli/commands.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/report/files.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAbout =
    "Measure everything, briefly, in clusters of its own, and tell which goals are reached\n\n"
    "Examples:\n"
    "  gavel-bench goals                              medians of five runs of a second each\n"
    "  gavel-bench goals --runs 1 -o json\n"
    "  gavel-bench goals --peers peers.json           with rows that another program measured";

struct Typed {
  std::size_t runs = 5;
  std::string length = "1s", peers;
  bool strict = false;
};

std::vector<Goal> read_peers(const std::string& file) {
  if (file.empty()) return {};
  auto goals = parse_goals(read_file("--peers", file));
  if (!goals) cli::fail_with(cli::Exit::usage, "--peers " + file + ": " + goals.error().message);
  return *std::move(goals);
}

cli::Exit goals(const Context& context, const Typed& typed) {
  if (context.target.given)
    cli::fail_with(cli::Exit::usage, "goals are measured in clusters of this program's own: name no other one");
  const auto peers = read_peers(typed.peers);
  GoalsOptions options;
  options.runs = typed.runs;
  options.length = length_option("--for", typed.length);
  options.cluster = context.target.own;
  auto all = measure_goals(options, [&](const std::string& text) { context.say(text); });
  all.insert(all.end(), peers.begin(), peers.end());
  cli::Section section{"goals",
                       {{"what", "WHAT"},
                        {"value", "MEASURED"},
                        {"unit", "UNIT"},
                        {"wanted", "WANTED"},
                        {"goal", "GOAL"},
                        {"verdict", ""}},
                       {},
                       ""};
  bool reached = true;
  for (const Goal& goal : all) {
    section.rows.push_back(row(goal));
    reached = reached && goal.reached();
  }
  context.show({section});
  return reached || !typed.strict ? cli::Exit::ok : cli::Exit::rejected;
}

}  // namespace

void add_goals_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("goals", kAbout);
  auto typed = std::make_shared<Typed>();
  command->add_option("--runs", typed->runs, "How often each thing is measured; the medians are told")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--for", typed->length, "How long each time")->capture_default_str()->type_name("DURATION");
  command->add_option("--peers", typed->peers, "Rows of other programs, as JSON, to be put below")->type_name("FILE");
  command->add_flag("--strict", typed->strict, "Exit code 3 if a goal is missed");
  add_cluster_options(*command, context, 3);
  command->callback([&context, typed] { context.action = [&context, typed] { return goals(context, *typed); }; });
}

}  // namespace gavel::bench
