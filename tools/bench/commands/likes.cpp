// likes: one item, many who like it, through all nodes.
#include <cmath>

#include "client/cli/commands.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/load/likes_run.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAbout =
    "Measure likes of one item through five nodes: each client gathers while its last command is under way\n\n"
    "Examples:\n"
    "  gavel-bench likes                              50 clients, 20,000 likes a second each\n"
    "  gavel-bench likes --likers 200 --each 2000 --for 30s -o json";

struct Typed {
  std::size_t likers = 50;
  double each = 20'000;
  std::string length = "10s", warm_up = "500ms";
};

cli::Exit likes(const Context& context, const Typed& typed) {
  LikesOptions options;
  options.likers = typed.likers;
  options.rate = typed.each;
  options.length = length_option("--for", typed.length);
  options.warm_up = cli::duration_option("--warm-up", typed.warm_up);
  Target target(context.target);
  const auto figures = measure_likes(target, options, [&](const std::string& text) { context.say(text); });
  cli::Row all{{"nodes", target.own() != nullptr ? cli::Row(target.own()->size()) : cli::Row()},
               {"likers", options.likers},
               {"each_per_second", options.rate},
               {"likes_per_second", std::llround(figures.likes_per_second())},
               {"entries_per_second", std::llround(figures.entries_per_second())},
               {"acknowledged", figures.acknowledged},
               {"total", figures.total},
               {"exact", figures.exact()}};
  all.update(row(figures.measured));
  std::vector<cli::Column> columns{
      {"likers", "LIKERS"}, {"likes_per_second", "LIKES/S"}, {"entries_per_second", "ENTRIES/S"}, {"exact", "EXACT"}};
  for (auto& column : measured_columns())
    if (column.key != "refused" && column.key != "accepted") columns.push_back(column);
  context.output().list({"likes", columns, {all}, ""});
  return figures.exact() ? cli::Exit::ok : cli::Exit::internal;
}

}  // namespace

void add_likes_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("likes", kAbout);
  auto typed = std::make_shared<Typed>();
  command->add_option("--likers", typed->likers, "How many clients")
      ->check(CLI::Range(1, 10'000).description(""))
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--each", typed->each, "Likes a second of each of them")
      ->check(CLI::Range(0.01, 1e6).description(""))
      ->capture_default_str()
      ->type_name("R");
  command->add_option("--for", typed->length, "How long is measured")->capture_default_str()->type_name("DURATION");
  command->add_option("--warm-up", typed->warm_up, "How long before that")
      ->capture_default_str()
      ->type_name("DURATION");
  add_cluster_options(*command, context, 5);
  command->callback([&context, typed] { context.action = [&context, typed] { return likes(context, *typed); }; });
}

}  // namespace gavel::bench
