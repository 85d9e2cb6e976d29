// log-level: how much a node says in its log, from now on; asked of the node itself.
#include "client/cli/commands.hpp"
#include "client/cli/survey.hpp"
#include "common/base/print.hpp"
#include "common/wire/log_levels.hpp"

namespace gavel::cli {
namespace {

struct Asking {
  directory::NodeRecord node;
  bool answered = false;
  bool done = false;
  std::string message;
};

void check_level(const std::string& level) {
  if (log_level_of(level)) return;
  fail_with(Exit::usage,
            (level.empty() ? std::string("LEVEL is missing") : "'" + harmless(level.substr(0, 40)) + "' is no level") +
                "; " + std::string(kLogLevelList) + " are, e.g. gavel log-level n3 debug");
}

void ask_one(const Settings& settings, const std::string& level, Asking& asking) {
  try {
    Connection connection(settings_for_one_node(settings), asking.node.endpoints.client);
    const auto outcome = connection.set_log_level(level);
    require_ok(outcome, "");
    const auto operated = wire::decode<wire::Operated>(outcome.body);
    if (!operated) fail_with(Exit::internal, "its answer is not understood: " + operated.error().message);
    asking.answered = true;
    asking.done = operated->done;
    asking.message = operated->message;
  } catch (const Failure& failure) {
    asking.message = failure.message;
  }
}

void set_level(Context& context, const std::string& whom, const std::string& level) {
  check_level(level);
  const auto nodes = context.house().nodes();
  std::vector<Asking> all;
  if (whom == "all") {
    for (const auto& node : nodes)
      if (node.life == directory::Life::up)
        all.push_back({node, false, false, {}});
      else
        std::cerr << "gavel: " << harmless(node.name) << " is not up, and will log as its options say\n";
  } else {
    all.push_back({find_node(nodes, whom), false, false, {}});
  }
  at_once(all.size(), [&](std::size_t i) { ask_one(context.settings, level, all[i]); });
  if (interrupted()) fail_with(Exit::interrupted, "");
  std::sort(all.begin(), all.end(), [](const Asking& a, const Asking& b) { return a.node.name < b.node.name; });

  Section section{"log levels", {{"node", "NODE"}, {"level", "LEVEL"}}, {}, ""};
  Exit worst = Exit::ok;
  for (const Asking& one : all) {
    if (one.done) {
      section.rows.push_back({{"node", one.node.name}, {"uid", gavel::print(one.node.uid)}, {"level", level}});
      continue;
    }
    std::cerr << "gavel: " << harmless(one.node.name) << ": " << harmless(one.message) << '\n';
    if (worst != Exit::no_quorum) worst = one.answered ? Exit::rejected : Exit::no_quorum;
  }
  if (!section.rows.empty() || !context.output().for_people()) context.output().list(section);
  if (worst != Exit::ok) fail_with(worst, "");
}

}  // namespace

void add_log_level_command(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("log-level",
                         "Change how much a node logs, while it runs\n\n"
                         "Examples:\n"
                         "  gavel log-level n3 debug\n"
                         "  gavel log-level all info\n"
                         "Levels: trace, debug, info, warn, error. A node that is started again logs as its\n"
                         "options say.");
  auto node = std::make_shared<std::string>();
  auto level = std::make_shared<std::string>();
  command->add_option("NODE", *node, "Its name or uid, e.g. n3; or all")->required();
  command->add_option("LEVEL", *level, "trace, debug, info, warn or error");
  command->callback(
      [&context, node, level] { context.action = [&context, node, level] { set_level(context, *node, *level); }; });
}

}  // namespace gavel::cli
