// The options that every command understands, how a line is parsed, and the completion script.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "client/cli/commands.hpp"
#include "client/cli/rows.hpp"

namespace gavel::cli {

void add_output_option(CLI::App& app, Settings& settings) {
  static const std::map<std::string, Format> kFormats{
      {"table", Format::table}, {"json", Format::json}, {"jsonl", Format::jsonl}};
  app.add_option("-o,--output", settings.format, "table, json or jsonl (one line a row)")
      ->transform([](const std::string& text) {
        const auto at = kFormats.find(text);
        // CLI11 takes what a validator throws for what is wrong with the option.
        if (at == kFormats.end())
          throw CLI::ValidationError("'" + harmless(text.substr(0, 40)) + "' is no format; table, json or jsonl are");
        return std::to_string(static_cast<int>(at->second));
      })
      ->default_str("table")
      ->type_name("FORMAT");
}

namespace {

/// CLI11's help, but in a list of commands each has one line; the examples stand in its own help.
class ShortList final : public CLI::Formatter {
 public:
  std::string make_subcommand(const CLI::App* command) const override {
    const std::string about = command->get_description();
    std::ostringstream out;
    CLI::detail::format_help(out, command->get_name(), about.substr(0, about.find('\n')), column_width_);
    return out.str();
  }
};

}  // namespace

void add_global_options(CLI::App& app, Settings& settings) {
  app.add_option("--cluster", settings.cluster, "Which cluster")
      ->envname("GAVEL_CLUSTER")
      ->capture_default_str()
      ->type_name("NAME");
  app.add_option("--node", settings.nodes,
                 "A node to go through, again for each further one (default: whoever is heard)")
      ->envname("GAVEL_NODE")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("HOST:PORT");
  app.add_option("--as", settings.as, "Who you are (default: your user name)")->envname("GAVEL_AS")->type_name("NAME");
  add_output_option(app, settings);
  app.add_option_function<double>(
         "--timeout", [&settings](double seconds) { settings.timeout = Duration(std::llround(seconds * 1e6)); },
         "Seconds that a call may take, all attempts together (default: 5)")
      ->check(CLI::Range(0.001, 86400.0).description(""))
      ->check([](const std::string& text) {
        return std::isfinite(std::strtod(text.c_str(), nullptr)) ? std::string()
                                                                 : "'" + text + "' is no number of seconds";
      })
      ->type_name("S");
  app.add_option("--beacon-port", settings.beacon_port, "UDP port of the nodes' beacons")
      ->envname("GAVEL_BEACON_PORT")
      ->check(CLI::Range(1, 65535).description(""))
      ->capture_default_str()
      ->type_name("PORT");
  app.add_option("--beacon-address", settings.beacon_address,
                 "Broadcast or multicast address of the beacons (default: the interface's)")
      ->envname("GAVEL_BEACON_ADDRESS")
      ->type_name("ADDRESS");
  app.add_option("--beacon-interface", settings.beacon_interface, "Own address to hear beacons at")
      ->envname("GAVEL_BEACON_INTERFACE")
      ->capture_default_str()
      ->type_name("ADDRESS");
  app.add_flag("-v,--verbose", settings.verbose, "Tell on stderr which gateways and sessions are used");
}

void add_commands(CLI::App& app, Context& context) {
  app.formatter(std::make_shared<ShortList>());
  add_item_commands(app, context);
  add_auction_commands(app, context);
  add_bid_commands(app, context);
  add_chat_command(app, context);
  add_talk_commands(app, context);
  add_room_commands(app, context);
  add_like_commands(app, context);
  add_status_command(app, context);
  add_health_command(app, context);
  add_ring_command(app, context);
  add_find_command(app, context);
  add_node_commands(app, context);
  add_operator_commands(app, context);
  add_log_level_command(app, context);
  add_members_command(app, context);
  add_replicas_command(app, context);
  add_verify_command(app, context);
  add_backup_commands(app, context);
  add_restore_command(app, context);
  add_bidders_command(app, context);
  add_talkers_command(app, context);
  add_likers_command(app, context);
}

Duration duration_option(const std::string& option, const std::string& text) {
  const auto length = parse_duration(text);
  if (!length) fail_with(Exit::usage, option + " " + length.error().message);
  return *length;
}

Exit parse(CLI::App& app, const std::function<void()>& parse_it) {
  try {
    parse_it();
    return Exit::ok;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      app.exit(error, std::cout, std::cout);
      return Exit::ok;
    }
    std::string command = app.get_name();
    for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
      at = at->get_subcommands().front();
      command += (command.empty() ? "" : " ") + at->get_name();
    }
    const std::string see = command.empty() ? "; see help\n" : "; see " + command + " --help\n";  // empty: in the shell
    const auto extra = app.remaining();
    if (app.get_subcommands().empty() && !extra.empty() && !app.get_subcommands(nullptr).empty())
      std::cerr << "gavel: there is no command '" << extra.front() << "'" << see;
    else
      std::cerr << "gavel: " << error.what() << see;
    return Exit::usage;
  }
}

namespace {

std::vector<std::string> names_of(std::vector<CLI::App*> commands) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// Commands and options from their declarations; ids of items and auctions from the cluster, if one answers quickly.
std::string bash_completion(CLI::App& app) {
  std::string cases;
  for (CLI::App* command : app.get_subcommands({})) {
    auto words = options_of(*command);
    for (const std::string& name : names_of(command->get_subcommands({}))) words.push_back(name);
    cases += "    " + command->get_name() + ") words=\"" + joined(words, " ") + "\" ;;\n";
  }
  return "# bash completion for gavel: source <(gavel completion bash)\n"
         "_gavel() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} command= words= i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac\n"
         "  done\n"
         "  case $command in\n"
         "    '') words=\"" +
         joined(names_of(app.get_subcommands({})), " ") + " " + joined(options_of(app), " ") + "\" ;;\n" + cases +
         "  esac\n"
         "  case $command in\n"
         "    start) words+=\" $(gavel --timeout 1 items list -o jsonl 2>/dev/null | sed -n "
         "'s/^{\"id\":\"\\([^\"]*\\)\".*/\\1/p')\" ;;\n"
         "    "
         "bid|join|leave|show|history|watch|result|replicas|bidders|members|verify|backup|transfer-leader|ring|like|"
         "likes|"
         "likers)\n"
         "      words+=\" $(gavel --timeout 1 auctions -o jsonl 2>/dev/null | sed -n "
         "'s/^{\"id\":\"\\([^\"]*\\)\".*/\\1/p')\" ;;\n"
         "  esac\n"
         "  case $command in members|verify|backup|transfer-leader|ring) words+=\" directory lobby likes\" ;; esac\n"
         "  case $command in\n"
         "    chat|say|who|room|talkers)\n"
         "      words+=\" $(gavel --timeout 1 rooms -o jsonl 2>/dev/null | sed -n "
         "'s/^{\"room\":\"\\([^\"]*\\)\".*/\\1/p')\" ;;\n"
         "  esac\n"
         "  case $command in\n"
         "    drain|undrain|remove|clients|transfer-leader|log-level)\n"
         "      words+=\" $(gavel --timeout 1 servers -o jsonl 2>/dev/null | sed -n "
         "'s/^{\"node\":\"\\([^\"]*\\)\".*/\\1/p')\" ;;\n"
         "  esac\n"
         "  case $command in log-level) words+=\" all trace debug info warn error\" ;; esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -F _gavel gavel\n";
}

}  // namespace

void add_completion_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("completion",
                                     "Print a completion script\n\n"
                                     "Examples:\n"
                                     "  source <(gavel completion bash)");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash")->required()->check(CLI::IsMember({"bash"}).description(""));
  command->callback([&app, &context] { context.action = [&app] { std::cout << bash_completion(app); }; });
}

}  // namespace gavel::cli
