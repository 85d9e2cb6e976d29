// likers: several who like the same thing at once. Each prints every answer, so that a test can add up what was
// counted. Who is told to like while its last like is under way gathers: at most one command is under way, and its
// count is what fell due meanwhile.
#include <algorithm>
#include <cmath>

#include "client/cli/commands.hpp"
#include "client/cli/crowd.hpp"
#include "client/cli/like_calls.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

struct LikersOptions {
  std::string thing, duration = "10s";
  std::size_t likers = 3;
  std::uint32_t each = 1;
  double rate = 0;
};

class Liker {
 public:
  Liker(const Settings& settings, GroupId group, const LikersOptions& options, std::size_t index)
      : house_(settings_in_crowd(settings, "liker", index)),
        group_(group),
        options_(options),
        began_(bus::steady_now()),
        until_(began_ + duration_option("--for", options.duration)) {}

  void run() {
    while (bus::steady_now() < until_ && !interrupted()) {
      if (const auto due = due_now(); due > 0)
        like(due);
      else
        house_.connection().turn(std::min(until_, bus::steady_now() + Duration(std::llround(0.5e6 / options_.rate))));
    }
  }

 private:
  /// What is to be liked now: the next likes, or those that fell due since the last ones went out.
  std::uint32_t due_now() {
    if (options_.rate <= 0) return options_.each;
    const double seconds = static_cast<double>((bus::steady_now() - began_).count()) / 1e6;
    const auto due = static_cast<std::uint64_t>(seconds * options_.rate) * options_.each;
    const auto now = std::min<std::uint64_t>(due - gathered_, likes::kMostAtOnce);
    gathered_ += now;
    return static_cast<std::uint32_t>(now);
  }

  void like(std::uint32_t count) {
    const TimePoint sent = bus::steady_now();
    const auto outcome =
        house_.connection().command(group_, wire::encode_any(likes::Command(likes::Like{options_.thing, count})));
    const TimePoint answered = bus::steady_now();
    const auto reply = outcome.kind == client::OutcomeKind::ok ? wire::decode_any<likes::Reply>(outcome.body)
                                                               : Result<likes::Reply>(fail(outcome.message));
    const auto* liked = reply ? std::get_if<likes::Liked>(&*reply) : nullptr;
    const std::string verdict(liked != nullptr ? likes::words_for(liked->verdict) : client::print(outcome.kind));
    Row line{{"thing", options_.thing},
             {"liker", house_.settings().as},
             {"count", count},
             {"verdict", verdict},
             {"acknowledged", liked != nullptr},
             {"counted", liked != nullptr && liked->verdict == likes::Verdict::counted},
             {"total", liked != nullptr ? Row(liked->total) : Row()}};
    line.update(audit_row(outcome, sent, answered));
    if (house_.settings().format != Format::table) return print_line(line);
    print_line(house_.settings().as + " +" + std::to_string(count) + ": " + verdict +
               (liked != nullptr ? ", " + std::to_string(liked->total) : "") + " (" +
               std::to_string((answered - sent).count() / 1000) + " ms, via " + harmless(outcome.gateway_name) + ")");
  }

  House house_;
  GroupId group_;
  const LikersOptions& options_;
  TimePoint began_;
  TimePoint until_;
  std::uint64_t gathered_ = 0;
};

void likers(Context& context, LikersOptions options) {
  duration_option("--for", options.duration);
  options.thing = find_thing(context.house(), options.thing);
  const auto group = context.house().open_standing("likes").group;
  const Exit code =
      run_crowd(options.likers, "liker", [&](std::size_t i) { Liker(context.settings, group, options, i).run(); });
  if (code != Exit::ok) fail_with(code, "");
}

}  // namespace

void add_likers_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("likers",
                                     "Let several like a thing as fast as they can, and print every answer\n\n"
                                     "Examples:\n"
                                     "  gavel likers lot-7 --likers 3 --for 10s -o jsonl\n"
                                     "  gavel likers lot-7 --rate 500        likes a second of each, gathered");
  auto options = std::make_shared<LikersOptions>();
  constexpr double kFastest = 1e6;
  command->add_option("THING", options->thing, "An item's or auction's id, e.g. lot-7")->required();
  command->add_option("--likers", options->likers, "How many")->check(CLI::Range(1, 64))->capture_default_str();
  command->add_option("--for", options->duration, "How long")->capture_default_str();
  command->add_option("--each", options->each, "Likes at a time")
      ->check(CLI::Range(1U, likes::kMostAtOnce).description(""))
      ->capture_default_str();
  command->add_option("--rate", options->rate, "Times a second (default: when the last was answered)")
      ->check(CLI::Range(0.001, kFastest).description(""))
      ->check([](const std::string& text) {
        return text.find_first_of("nN") == std::string::npos ? "" : text + " is no rate";
      });
  command->callback([&context, options] { context.action = [&context, options] { likers(context, *options); }; });
}

}  // namespace gavel::cli
