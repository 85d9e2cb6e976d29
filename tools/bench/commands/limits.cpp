// limits: bids beside the raw messages and syncs that they are made of.
#include "tools/bench/limits/limits.hpp"

#include <cmath>

#include "tools/bench/commands/commands.hpp"
#include "tools/bench/report/figures.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAbout =
    "Measure bids beside the limits of this machine: raw ZeroMQ round trips and fan-out, raw syncs of a block\n\n"
    "Examples:\n"
    "  gavel-bench limits                             three turns of a second each\n"
    "  gavel-bench limits --turns 5 --for 3s --dir DIR -o json";

struct Typed {
  std::size_t turns = 3, size = 128;
  std::string length = "1s";
};

cli::Row figure(const std::vector<LimitsTurn>& turns, const std::string& what, LimitsFigure LimitsTurn::*which) {
  const auto median = [&](double LimitsFigure::*value) -> cli::Row {
    const double middle = median_of(turns, [&](const LimitsTurn& turn) { return turn.*which.*value; });
    return middle == 0 ? cli::Row() : cli::Row(rounded(middle));
  };
  return {{"what", what},
          {"per_second", median(&LimitsFigure::per_second)},
          {"p50_us", median(&LimitsFigure::p50_us)},
          {"p99_us", median(&LimitsFigure::p99_us)},
          {"cpu_us", median(&LimitsFigure::cpu_us)},
          {"node_cpu_us", median(&LimitsFigure::node_cpu_us)}};
}

cli::Section figures_section(const std::vector<LimitsTurn>& turns, std::size_t deep) {
  const std::string many = std::to_string(deep) + " under way";
  return {"figures",
          {{"what", "WHAT"},
           {"per_second", "A SECOND"},
           {"p50_us", "P50 us"},
           {"p99_us", "P99"},
           {"cpu_us", "CPU us EACH"},
           {"node_cpu_us", "OF THAT NODES"}},
          {figure(turns, "raw round trip, 1 under way", &LimitsTurn::trip),
           figure(turns, "raw round trips, " + many, &LimitsTurn::trips),
           figure(turns, "raw delivery, PUB to 3 SUB", &LimitsTurn::fan_out),
           figure(turns, "fdatasync of 4 KiB, growing file", &LimitsTurn::append),
           figure(turns, "fdatasync of 4 KiB, recycled file", &LimitsTurn::recycle),
           figure(turns, "fdatasync of 4 KiB, three files at once", &LimitsTurn::together),
           figure(turns, "bid, 1 under way", &LimitsTurn::bid), figure(turns, "bids, " + many, &LimitsTurn::bids)},
          ""};
}

cli::Section ratios_section(const std::vector<LimitsTurn>& turns) {
  const auto ratio = [&](const char* key, const char* what, double (LimitsTurn::*of)() const) {
    return cli::Row{{"ratio", key},
                    {"what", what},
                    {"value", rounded(median_of(turns, [of](const LimitsTurn& turn) { return (turn.*of)(); }))}};
  };
  return {
      "ratios",
      {{"what", "RATIO"}, {"value", "MEDIAN OF TURNS"}},
      {ratio("throughput", "bids a second, of raw round trips a second at that depth", &LimitsTurn::throughput_ratio),
       ratio("latency", "one bid at a time, of 2 raw round trips and a sync (medians)", &LimitsTurn::latency_ratio),
       ratio("cpu", "processor time of a bid, of that of a raw round trip at that depth", &LimitsTurn::cpu_ratio)},
      ""};
}

cli::Exit limits(const Context& context, const Typed& typed) {
  LimitsOptions options;
  options.turns = typed.turns;
  options.size = typed.size;
  options.length = length_option("--for", typed.length);
  options.directory =
      context.target.own.place.empty() ? std::filesystem::temp_directory_path().string() : context.target.own.place;
  Target target(context.target);
  const auto turns = measure_limits(target, options, [&](const std::string& text) { context.say(text); });
  context.output().lists({figures_section(turns, options.deep), ratios_section(turns)});
  return cli::Exit::ok;
}

}  // namespace

void add_limits_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("limits", kAbout);
  auto typed = std::make_shared<Typed>();
  command->add_option("--turns", typed->turns, "How often each is measured; the medians are told")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--for", typed->length, "How long each time")->capture_default_str()->type_name("DURATION");
  command->add_option("--size", typed->size, "Bytes of a raw message, and of a bid's command")
      ->check(CLI::Range(1, 65'536).description(""))
      ->capture_default_str()
      ->type_name("BYTES");
  add_cluster_options(*command, context, 3);
  command->callback([&context, typed] { context.action = [&context, typed] { return limits(context, *typed); }; });
}

}  // namespace gavel::bench
