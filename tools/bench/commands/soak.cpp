// soak: full load for long, and what the nodes' memory does meanwhile.
#include <cmath>

#include "client/cli/commands.hpp"
#include "common/bus/clock.hpp"
#include "tools/bench/cluster/usage.hpp"
#include "tools/bench/commands/commands.hpp"
#include "tools/bench/commands/load_options.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kAbout =
    "Put full load on a cluster for long, and tell what the nodes' memory does; exit code 3 if it passes --limit\n\n"
    "Examples:\n"
    "  gavel-bench soak --for 10m --limit 300         the largest node may have 300 MB\n"
    "  gavel-bench soak --for 1h --every 1m --amounts rising -o jsonl";

struct Typed {
  TypedLoad load;
  std::string every = "10s";
  double limit_mb = 0;
};

/// The largest node's memory, and how many bids were answered, every now and then.
class Record {
 public:
  Record(std::vector<pid_t> nodes, Duration every)
      : nodes_(std::move(nodes)), every_(every), begun_(bus::steady_now()), next_(begun_ + every) {}

  void count() { ++answered_; }
  void look(TimePoint now) {
    if (now < next_) return;
    const double seconds = static_cast<double>((now - begun_).count()) / 1e6;
    const double rss = static_cast<double>(largest_resident(nodes_)) / 1e6;
    largest_ = std::max(largest_, rss);
    const double rate =
        static_cast<double>(answered_ - before_) / static_cast<double>((now - next_ + every_).count()) * 1e6;
    rows_.push_back(
        {{"seconds", std::llround(seconds)}, {"node_rss_mb", rounded(rss)}, {"per_second", std::llround(rate)}});
    before_ = answered_;
    next_ = now + every_;
  }

  double largest_mb() const { return largest_; }
  const std::vector<cli::Row>& rows() const { return rows_; }

 private:
  std::vector<pid_t> nodes_;
  Duration every_;
  TimePoint begun_, next_;
  std::uint64_t answered_ = 0, before_ = 0;
  double largest_ = 0;
  std::vector<cli::Row> rows_;
};

cli::Exit soak(const Context& context, const Typed& typed) {
  BidsOptions options = understand(typed.load);
  const Duration every = std::min(length_option("--every", typed.every), options.load.length);
  Target target(context.target);
  if (target.pids().empty())
    cli::fail_with(cli::Exit::usage, "the nodes' processes are not known: name them with --pid, or name no cluster");
  BidsRun run(target, options);
  Record record(target.pids(), every);
  run.say = [&context](const std::string& text) { context.say(text); };
  run.on_answer = [&record](const Load::Answered&) { record.count(); };
  run.on_beat = [&record](TimePoint now) { record.look(now); };
  const Measured measured = run.measure(options.load);
  context.show({{"memory",
                 {{"seconds", "SECONDS"}, {"node_rss_mb", "LARGEST NODE MB"}, {"per_second", "BIDS/S"}},
                 record.rows(),
                 ""},
                {"load", measured_columns(), {row(measured)}, ""}});
  const double largest = std::max(record.largest_mb(), static_cast<double>(measured.node_rss.value_or(0)) / 1e6);
  if (typed.limit_mb == 0 || largest <= typed.limit_mb) return cli::Exit::ok;
  std::cerr << "gavel-bench: the largest node had " << rounded(largest) << " MB, and --limit is " << typed.limit_mb
            << '\n';
  return cli::Exit::rejected;
}

}  // namespace

void add_soak_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("soak", kAbout);
  auto typed = std::make_shared<Typed>();
  typed->load.length = "10m";
  add_load_options(*command, typed->load);
  add_bid_options(*command, typed->load);
  command->add_option("--every", typed->every, "Between two looks at the memory")
      ->capture_default_str()
      ->type_name("DURATION");
  command->add_option("--limit", typed->limit_mb, "Megabytes that the largest node may have")
      ->check(CLI::Range(1.0, 1e6).description(""))
      ->type_name("MB");
  add_cluster_options(*command, context, 3);
  command->callback([&context, typed] { context.action = [&context, typed] { return soak(context, *typed); }; });
}

}  // namespace gavel::bench
