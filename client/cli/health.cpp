// health: is the cluster well? Every finding is a line, and the exit code says how bad it is.
#include <iostream>

#include "client/cli/commands.hpp"
#include "client/cli/findings.hpp"
#include "client/cli/rows.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

struct HealthOptions {
  std::string wait;
  std::uint64_t most_lag = kUsualLag;
};

struct Verdict {
  std::vector<Finding> findings;
  Row summary;
};

Verdict examine(Context& context, const HealthOptions& options) {
  Sight sight;
  std::string why;
  try {
    sight = look_around(context.house());
  } catch (const Failure& failure) {
    if (failure.code != Exit::no_quorum) throw;
    why = failure.message;
  }
  const auto groups = groups_in(sight);
  auto findings = findings_in(sight, groups, options.most_lag);
  if (!why.empty()) findings.front().what += ": " + why;
  Row summary = summary_row(sight, groups, findings);
  return {std::move(findings), std::move(summary)};
}

Exit exit_for(Health health) {
  return health == Health::healthy ? Exit::ok : health == Health::degraded ? Exit::internal : Exit::no_quorum;
}

void health(Context& context, const HealthOptions& options) {
  Duration patience{};
  if (!options.wait.empty()) {
    const auto wait = parse_duration(options.wait);
    if (!wait) fail_with(Exit::usage, "--wait " + wait.error().message);
    patience = *wait;
    // Somebody who is not there now may come: look again soon.
    if (!context.made) context.settings.timeout = std::min<Duration>(context.settings.timeout, 1s);
  }
  const TimePoint deadline = bus::steady_now() + patience;
  Verdict verdict = examine(context, options);
  for (std::string told; !verdict.findings.empty() && bus::steady_now() < deadline;) {
    const std::string now = cell(verdict.summary["summary"]) + "; " + harmless(verdict.findings.front().node) + " " +
                            harmless(verdict.findings.front().group) + " " + harmless(verdict.findings.front().what);
    if (now != told) std::cerr << "gavel: waiting: " << now << '\n';
    told = now;
    constexpr Duration kNextLook = 300ms;
    for (const TimePoint next = std::min(deadline, bus::steady_now() + kNextLook); bus::steady_now() < next;) {
      if (interrupted()) fail_with(Exit::interrupted, "");
      context.house().connection().turn(next);
    }
    verdict = examine(context, options);
  }
  Output output = context.output();
  const Health worst = worst_of(verdict.findings);
  if (output.for_people()) {
    output.text(cell(verdict.summary["summary"]));
    if (!verdict.findings.empty()) output.list(findings_section(verdict.findings));
  } else if (output.format() == Format::json) {
    Row all = verdict.summary;
    all["findings"] = findings_section(verdict.findings).rows;
    output.record(all, "");
  } else {
    output.lists({{"health", {}, {verdict.summary}, ""}, findings_section(verdict.findings)});
  }
  if (worst != Health::healthy) fail_with(exit_for(worst), "");
}

}  // namespace

void add_health_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "health",
      "Is the cluster well? A line for everything that is not, and an exit code for scripts\n\n"
      "Examples:\n"
      "  gavel health && echo well\n"
      "  gavel health --wait 30s     until it is, or the time is up\n"
      "  gavel health -o json\n"
      "Exit codes: 0 healthy; 1 degraded, everything is served; 5 a group has no leader or no majority,\n"
      "or no node answers.");
  auto options = std::make_shared<HealthOptions>();
  command->add_option("--wait", options->wait, "Look again until it is healthy, for so long at most: 30s, 2m")
      ->type_name("DURATION");
  command->add_option("--lag", options->most_lag, "A member may be so many slots behind its leader")
      ->check(CLI::Range(0, 1'000'000'000).description(""))
      ->capture_default_str()
      ->type_name("SLOTS");
  command->callback([&context, options] { context.action = [&context, options] { health(context, *options); }; });
}

}  // namespace gavel::cli
