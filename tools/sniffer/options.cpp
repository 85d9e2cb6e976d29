#include "tools/sniffer/options.hpp"

#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>

#include "client/cli/output.hpp"
#include "client/cli/rows.hpp"
#include "common/base/version.hpp"
#include "common/wire/envelope.hpp"
#include "tools/sniffer/completion.hpp"
#include "tools/sniffer/message/nearest.hpp"

namespace gavel::sniffer {
namespace {

constexpr const char* kAbout =
    "Shows every message of a Gavel cluster: between nodes, and between nodes and clients.\n\n"
    "Examples:\n"
    "  gavel-sniff                                 everything, one line a message\n"
    "  gavel-sniff -q group=directory              the directory's, without the beats\n"
    "  gavel-sniff lane=order,ack node!=n3 auction=lot-7 slot=10..20\n"
    "  gavel-sniff type=Token,TokenAck --for 10s   elections, for ten seconds\n"
    "  gavel-sniff --top                           messages and bytes a second, by lane, node and type\n"
    "  gavel-sniff --follow next                   the way of the next command (a bid, a join, ...), hop by hop\n"
    "  gavel-sniff --ladder=svg --story election --out election.svg\n"
    "  gavel-sniff --record bus.gsniff             all of it into a file, until Ctrl-C\n"
    "  gavel-sniff --read bus.gsniff lane=unicast -o jsonl\n"
    "  gavel-sniff --check --for 60s               exit code 1 if an invariant was seen broken";

constexpr const char* kFooter =
    "\nFilters are KEY=VALUE[,VALUE...] or KEY!=VALUE[,VALUE...]; a message is shown if all of them hold.\n"
    "  node, from, to     a node, by name or uid; node: at either end\n"
    "  group, auction     an auction's id, `directory`, or a group's number\n"
    "  lane               batch, order, ack, beat, unicast, client, beacon, tap\n"
    "  type               the message's name, or its number: Order, Token, Answer, ...\n"
    "  slot               17, 10..20, 10.. or ..20\n"
    "  client             the first digits of its id\n\n"
    "Exit codes: 0 ok, also after Ctrl-C, 1 a violation was seen with --check, or the file is damaged, 2 usage,\n"
    "4 no such file, or what --follow or --ladder look for was not seen, 5 no node was heard, or nothing that --check\n"
    "could check, 130 interrupted before --follow or --ladder had seen anything.";

/// Says what is wrong and where to read what would be right; the exit code.
int refuse(const std::string& what) {
  std::cerr << "gavel-sniff: " << what << "; see gavel-sniff --help\n";
  return 2;
}

/// As typed; what it means is looked at when all of it is there.
struct Typed {
  std::vector<std::string> terms;
  std::string format = "table";
  std::string colour = "auto";
  std::string follow;
  std::string ladder;
  std::string story = "election";
  std::string time_limit;
  std::string completion;
  double timeout = 5;
};

void declare(CLI::App& app, SniffOptions& options, Typed& typed) {
  app.footer(kFooter);
  app.add_option("FILTER", typed.terms, "What is shown; without any: everything");

  const auto flag = [&app](const char* group, const char* name, bool& value, const char* about) {
    return app.add_flag(name, value, about)->group(group);
  };
  const auto option = [&app](const char* group, const char* name, auto& value, const char* about, const char* type) {
    return app.add_option(name, value, about)->type_name(type)->group(group);
  };

  const char* what = "What is shown";
  option(what, "-o,--output", typed.format, "table (lines), json or jsonl (one object a line)", "FORMAT");
  flag(what, "--hex", options.hex, "Each frame below its line, in hexadecimal");
  flag(what, "--raw", options.raw, "Each frame at the end of its line, in hexadecimal");
  flag(what, "-q,--quiet", options.quiet, "Without beats and beacons");
  option(what, "--color", typed.colour, "always, never or auto (default: at a terminal, unless NO_COLOR is set)",
         "WHEN");
  flag(what, "--top", options.top, "Rates by lane, node and type, every second");
  option(what, "--follow", typed.follow, "The way of one request: SESSION/NUMBER, or `next`", "REQUEST");
  app.add_flag("--ladder{text}", typed.ladder, "A ladder diagram: --ladder (text), --ladder=mermaid or --ladder=svg")
      ->type_name("[=FORM]")
      ->group(what);
  option(what, "--story", typed.story, "Of what: election, recovery, bid or all (default: election)", "STORY");
  option(what, "--out", options.out, "Where the ladder goes (default: standard output)", "FILE");
  flag(what, "--check", options.check, "Exit code 1 if an invariant was seen broken");

  const char* when = "Until when";
  option(when, "-n,--count", options.most, "So many messages shown", "COUNT")
      ->check(CLI::PositiveNumber.description(""));
  option(when, "--for", typed.time_limit, "So long since the first one, e.g. 10s, 1m30s", "DURATION");

  const char* files = "Files";
  option(
      files, "--record", options.record,
      "Record everything that comes, whatever the filters;\nprints nothing unless asked for something above or --lines",
      "FILE");
  flag(files, "--lines", options.lines, "Print lines, though it records");
  option(files, "--read", options.read, "Read a recording instead of a cluster", "FILE");

  const char* where = "Which cluster";
  auto& settings = options.settings;
  option(where, "--cluster", settings.cluster, "Its name", "NAME")->envname("GAVEL_CLUSTER")->capture_default_str();
  option(where, "--node", settings.nodes, "One of its nodes, where beacons do not reach; may be repeated", "HOST:PORT")
      ->envname("GAVEL_NODE")
      ->delimiter(',')
      ->allow_extra_args(false);
  option(where, "--timeout", typed.timeout, "Seconds until it must be found (default: 5)", "S")
      ->check(CLI::Range(0.001, 86400.0).description(""));
  option(where, "--beacon-port", settings.beacon_port, "UDP port of the beacons", "PORT")
      ->envname("GAVEL_BEACON_PORT")
      ->check(CLI::Range(1, 65535).description(""))
      ->capture_default_str();
  option(where, "--beacon-address", settings.beacon_address, "Broadcast or multicast address of the beacons", "ADDRESS")
      ->envname("GAVEL_BEACON_ADDRESS");
  option(where, "--beacon-interface", settings.beacon_interface, "Own address to hear beacons at", "ADDRESS")
      ->envname("GAVEL_BEACON_INTERFACE")
      ->capture_default_str();

  app.set_version_flag("--version", std::string("gavel-sniff ") + kVersion);
  app.add_option("--completion", typed.completion, "Print a completion script: bash")->type_name("SHELL");
}

std::vector<std::string> names_of_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// Error: what is wrong, and what would be right.
Result<void> understand(const Typed& typed, SniffOptions& options) {
  auto filter = Filter::parse(typed.terms);
  if (!filter) return tl::unexpected<Error>(filter.error());
  options.filter = *std::move(filter);

  if (typed.format != "table" && typed.format != "json" && typed.format != "jsonl")
    return fail("-o: " + no_such(typed.format, "format", {"table", "json", "jsonl"}));
  options.jsonl = typed.format != "table";
  if (typed.colour == "always")
    options.colour = Colour::always;
  else if (typed.colour == "never")
    options.colour = Colour::never;
  else if (typed.colour != "auto")
    return fail("--color: " + no_such(typed.colour, "choice", {"always", "never", "auto"}));
  if (!typed.follow.empty()) {
    const auto request = parse_follow(typed.follow);
    if (!request) return fail("--follow: " + request.error().message);
    options.follow = *request;
  }
  if (!typed.ladder.empty()) {
    options.ladder = ladder_format_of(typed.ladder);
    if (!options.ladder) return fail("--ladder: " + no_such(typed.ladder, "form", {"text", "mermaid", "svg"}));
  }
  const auto story = story_kind_of(typed.story);
  if (!story) return fail("--story: " + no_such(typed.story, "story", {"election", "recovery", "bid", "all"}));
  options.story = *story;
  if (!typed.time_limit.empty()) {
    const auto limit = cli::parse_duration(typed.time_limit);
    if (!limit) return fail("--for: " + limit.error().message);
    if (*limit <= 0s) return fail("--for: more than nothing is needed, e.g. --for 10s");
    options.time_limit = *limit;
  }
  if (!std::isfinite(typed.timeout)) return fail("--timeout: a number of seconds is needed");
  options.settings.timeout = Duration(std::llround(typed.timeout * 1e6));
  const auto cluster = wire::checked_cluster_name(options.settings.cluster);
  if (!cluster) return fail("--cluster: " + cluster.error().message);
  return {};
}

Result<void> check_together(const SniffOptions& options, const CLI::App& app) {
  const auto given = [&app](const char* name) { return app.count(name) > 0; };
  if ((options.top ? 1 : 0) + (options.follow ? 1 : 0) + (options.ladder ? 1 : 0) > 1)
    return fail("--top, --follow and --ladder are different views: choose one");
  const bool lines = !options.top && !options.follow && !options.ladder;
  if ((options.hex || options.raw) && !lines)
    return fail("--hex and --raw go with lines, not with --top, --follow or --ladder");
  if (options.hex && options.jsonl) return fail("--hex is for people; with -o jsonl, --raw adds the frame");
  if (options.ladder && options.jsonl)
    return fail("a ladder is no JSON; without --ladder, -o jsonl gives the messages");
  if ((given("--story") || given("--out")) && !options.ladder) return fail("--story and --out go with --ladder");
  if (options.most > 0 && (options.follow || options.ladder))
    return fail("-n counts messages; --follow and --ladder end by themselves, or after --for");
  if (!options.record.empty() && !options.read.empty()) return fail("--record and --read do not go together");
  if (options.record == "-" && options.shows() && options.out.empty())
    return fail("a recording and a view cannot both go to the standard output");
  return {};
}

}  // namespace

bool SniffOptions::shows() const {
  return record.empty() || lines || jsonl || hex || raw || quiet || top || follow || ladder;
}

std::variant<SniffOptions, int> parse_options(int argc, char** argv) {
  SniffOptions options;
  Typed typed;
  CLI::App app(kAbout, "gavel-sniff");
  declare(app, options, typed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return refuse(error.what());
    return app.exit(error, std::cout, std::cout);
  }
  if (!typed.completion.empty()) {
    if (typed.completion != "bash")
      return refuse("--completion: " + no_such(typed.completion, "shell known here", {"bash"}));
    std::cout << bash_completion(names_of_options(app));
    return 0;
  }
  auto understood = understand(typed, options);
  if (understood) understood = check_together(options, app);
  if (!understood) return refuse(understood.error().message);
  return options;
}

}  // namespace gavel::sniffer
