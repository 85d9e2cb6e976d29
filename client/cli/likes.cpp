// like, likes.
#include <algorithm>

#include "client/cli/chat_rows.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/like_calls.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

/// How far it is, on stderr, if it takes longer.
constexpr Duration kTellProgress = 1s;

void like(Context& context, const std::string& typed, std::uint64_t count) {
  House& house = context.house();
  const std::string thing = find_thing(house, typed);
  const auto group = house.open_standing("likes").group;
  likes::Liked liked;
  TimePoint told = bus::steady_now();
  for (std::uint64_t done = 0; done < count;) {
    const auto now = static_cast<std::uint32_t>(std::min<std::uint64_t>(count - done, likes::kMostAtOnce));
    const std::string so_far =
        done == 0 ? "" : "; " + std::to_string(done) + " of " + std::to_string(count) + " were counted before that";
    try {
      liked = send_likes(house, group, thing, now).value;
    } catch (const Failure& failure) {
      fail_with(failure.code, failure.message + so_far);
    }
    if (liked.verdict != likes::Verdict::counted)
      fail_with(Exit::rejected, std::string(likes::words_for(liked.verdict)) + ": " + harmless(liked.message) + so_far);
    done += now;
    if (done < count && bus::steady_now() >= told + kTellProgress) {
      told = bus::steady_now();
      std::cerr << "gavel: " << done << " of " << count << " likes are counted\n";
    }
  }
  Row all{{"thing", thing}, {"count", count}, {"total", liked.total}};
  context.output().record(all, describe(likes::Count{thing, liked.total}).sentence);
}

void show_counts(Context& context, const std::string& typed) {
  House& house = context.house();
  if (typed.empty()) {
    Section section{"likes",
                    {{"thing", "THING"}, {"total", "LIKES"}},
                    {},
                    "nothing has been liked yet; be the first: "
                    "gavel like lot-7"};
    if (const auto group = likes_group(house))
      for (const auto& count : all_counts(house, *group))
        section.rows.push_back({{"thing", count.thing}, {"total", count.total}});
    return context.output().list(section);
  }
  const std::string thing = find_thing(house, typed);
  const auto group = likes_group(house);
  const auto count = group ? count_of(house, *group, thing).value : likes::Count{thing, 0};
  context.output().record({{"thing", thing}, {"total", count.total}}, describe(count).sentence);
}

void follow_count(Context& context, const std::string& typed) {
  context.settings.stays = true;
  House& house = context.house();
  const std::string thing = find_thing(house, typed);
  Output output = context.output();
  CountWatch watch(house, thing, [&output](const likes::Count& count) {
    const auto telling = describe(count);
    output.line(telling.row, telling.sentence);
  });
  // The likes may be opened only now: the directory tells. Then one reads as of a slot, and misses nothing.
  bool look = true;
  const auto from = house.nodes_told().outcome.slot;
  const auto opening =
      house.connection().watch(kDirectoryGroup, from, client::kWholeSlot, {},
                               {[&look](const client::Event& event) {
                                  const auto decoded = wire::decode_any<directory::Event>(event.body);
                                  if (decoded && std::holds_alternative<directory::StandingChanged>(*decoded))
                                    look = true;
                                },
                                [&look](const client::Resync& /*resync*/) { look = true; }});
  while (!interrupted()) {
    try {
      if (std::exchange(look, false) && !watch.is_watching()) watch.begin();
      watch.catch_up();
    } catch (const Failure& failure) {
      if (failure.code == Exit::interrupted) break;
      look = true;
    }
    if (watch.is_watching()) house.connection().unwatch(opening);
    house.connection().turn(kNever);
  }
  fail_with(Exit::interrupted, "");
}

}  // namespace

void add_like_commands(CLI::App& app, Context& context) {
  auto* give = app.add_subcommand("like",
                                  "Like an item or an auction, once or often\n\n"
                                  "Examples:\n"
                                  "  gavel like lot-7\n"
                                  "  gavel like lot-7 500");
  auto thing = std::make_shared<std::string>();
  auto count = std::make_shared<std::uint64_t>(1);
  constexpr std::uint64_t kMost = 1'000'000'000'000;
  give->add_option("THING", *thing, "An item's or auction's id, e.g. lot-7")->required();
  give->add_option("N", *count, "How often")
      ->check(CLI::Range(std::uint64_t{1}, kMost).description(""))
      ->capture_default_str();
  give->callback(
      [&context, thing, count] { context.action = [&context, thing, count] { like(context, *thing, *count); }; });

  auto* show = app.add_subcommand("likes",
                                  "How often things were liked\n\n"
                                  "Examples:\n"
                                  "  gavel likes              of everything\n"
                                  "  gavel likes lot-7\n"
                                  "  gavel likes lot-7 -f     and each new count, until Ctrl-C");
  auto follow = std::make_shared<bool>(false);
  auto* which = show->add_option("THING", *thing, "An item's or auction's id, e.g. lot-7");
  show->add_flag("-f,--follow", *follow, "Go on with each new count")->needs(which);
  show->callback([&context, thing, follow] {
    context.action = [&context, thing, follow] {
      *follow ? follow_count(context, *thing) : show_counts(context, *thing);
    };
  });
}

}  // namespace gavel::cli
