// The program `gavel`: a client of the house, for people and for scripts.
#include <pwd.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>

#include "client/cli/commands.hpp"
#include "common/base/version.hpp"
#include "common/bus/standard_streams.hpp"

namespace {

using namespace gavel::cli;

constexpr const char* kAbout =
    "Talks to a Gavel cluster.\n\n"
    "Examples:\n"
    "  gavel items add \"A lamp\" --start 20.00 --id lot-7\n"
    "  gavel start lot-7 --for 60s\n"
    "  gavel bid lot-7 25.00 --as ann\n"
    "  gavel watch lot-7 -f\n"
    "  gavel chat lobby --as ann\n"
    "  gavel like lot-7\n"
    "  gavel result lot-7 -o json\n"
    "  gavel status\n"
    "  gavel shell\n\n"
    "Exit codes: 0 ok, 1 internal, 2 usage, 3 rejected, 4 not found, 5 no leader, no majority or no node,\n"
    "6 outcome unknown (the message names the command that finds out), 7 not authorised, 130 interrupted.";

std::string user_name() {
  const passwd* user = getpwuid(getuid());
  return user != nullptr ? user->pw_name : "anonymous";
}

}  // namespace

int main(int argc, char** argv) {
  gavel::bus::keep_standard_streams();
  std::setlocale(LC_ALL, "");
  // Output goes to pipes and programs too: numbers look the same everywhere.
  std::setlocale(LC_NUMERIC, "C");

  Context context;
  CLI::App app(kAbout, "gavel");
  app.set_version_flag("--version", std::string("gavel ") + gavel::kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  add_global_options(app, context.settings);
  add_commands(app, context);
  add_shell_command(app, context);
  add_completion_command(app, context);

  const Exit parsed = parse(app, [&] { app.parse(argc, argv); });
  if (parsed != Exit::ok || !context.action) return static_cast<int>(parsed);
  if (context.settings.as.empty()) context.settings.as = user_name();
  catch_interrupts();
  try {
    const auto cluster = gavel::wire::checked_cluster_name(context.settings.cluster);
    if (!cluster) fail_with(Exit::usage, "--cluster: " + cluster.error().message);
    context.action();
  } catch (const Failure& failure) {
    if (!failure.message.empty()) std::cerr << "gavel: " << failure.message << '\n';
    return static_cast<int>(failure.code);
  } catch (const std::exception& error) {
    std::cerr << "gavel: internal error: " << error.what() << '\n';
    return static_cast<int>(Exit::internal);
  }
  if (!std::cout.flush()) {
    std::cerr << "gavel: what there was to say could not be written to the standard output\n";
    return static_cast<int>(Exit::internal);
  }
  return 0;
}
