#include "tools/bench/load/likes_run.hpp"

#include "common/wire/services/likes.hpp"
#include "tools/bench/cluster/target.hpp"

namespace gavel::bench {
namespace {

std::uint64_t count_of(Target& target, const LikingOptions& what) {
  const auto outcome =
      target.house().connection().query(what.group, wire::encode_any(likes::Question(likes::AskCount{what.thing})));
  const auto counts = cli::expect<likes::Counts, likes::Answer>(outcome, "").counts;
  return counts.empty() ? 0 : counts.front().total;
}

double per_second(std::uint64_t count, Duration time) {
  return time.count() == 0 ? 0 : static_cast<double>(count) / static_cast<double>(time.count()) * 1e6;
}

}  // namespace

double LikesFigures::likes_per_second() const { return per_second(measured.load.counted, measured.load.measured); }
double LikesFigures::entries_per_second() const { return per_second(entries, measured.load.measured); }

LikesFigures measure_likes(Target& target, const LikesOptions& options,
                           const std::function<void(const std::string&)>& say) {
  auto what = make_likeable(target);
  what.rate = options.rate;
  Liking liking(what, options.likers);
  CrowdOptions crowd;
  crowd.cluster = target.settings().cluster;
  crowd.gateways = target.gateways();
  crowd.clients = options.likers;
  crowd.timeout = target.settings().timeout;
  crowd.name = "liker";
  LoadOptions load;
  load.in_flight = options.likers;
  load.length = options.length;
  load.warm_up = options.warm_up;

  LikesFigures figures;
  MeasureHooks hooks;
  hooks.say = say;
  hooks.on_begin = [&] { liking.forget_entries(); };
  hooks.on_end = [&] { figures.entries = liking.entries(); };
  figures.measured = measure(crowd, load, liking, target.pids(), hooks);
  figures.total = count_of(target, what);
  figures.acknowledged = liking.acknowledged() + 1;  // the one that opened the group
  figures.uncertain = liking.uncertain();
  return figures;
}

}  // namespace gavel::bench
