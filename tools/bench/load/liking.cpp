#include "tools/bench/load/liking.hpp"

#include <algorithm>

#include "common/bus/clock.hpp"
#include "common/wire/services/likes.hpp"
#include "tools/bench/cluster/target.hpp"

namespace gavel::bench {
namespace {

Bytes like(const std::string& thing, std::uint32_t count) {
  return wire::encode_any(likes::Command(likes::Like{thing, count}));
}

}  // namespace

Liking::Liking(const LikingOptions& options, std::size_t clients)
    : options_(options), began_(bus::steady_now()), likers_(clients) {}

std::uint32_t Liking::due(const Liker& liker) const {
  const double seconds = static_cast<double>((bus::steady_now() - began_).count()) / 1e6;
  const auto all = static_cast<std::uint64_t>(seconds * options_.rate);
  const std::uint64_t now = all > liker.gathered ? all - liker.gathered : 0;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(now, 1, likes::kMostAtOnce));
}

Work::Request Liking::next(std::size_t client) {
  Liker& liker = likers_[client];
  liker.under_way = due(liker);
  liker.gathered += liker.under_way;
  return {options_.group, like(options_.thing, liker.under_way)};
}

Judged Liking::judge(std::size_t client, const client::Outcome& outcome) {
  const std::uint32_t count = likers_[client].under_way;
  const auto reply = outcome.kind == client::OutcomeKind::ok ? wire::decode_any<likes::Reply>(outcome.body)
                                                             : Result<likes::Reply>(fail(outcome.message));
  const auto* liked = reply ? std::get_if<likes::Liked>(&*reply) : nullptr;
  if (liked == nullptr) {
    uncertain_ += count;
    return Judged::failed;
  }
  slots_.insert(outcome.slot);
  const bool good = liked->verdict == likes::Verdict::counted;
  counted_ = good ? count : 0;
  acknowledged_ += counted_;
  return good ? Judged::accepted : Judged::refused;
}

LikingOptions make_likeable(Target& target) {
  directory::AddItem item;
  item.title = "liked by gavel-bench";
  item.seller = "gavel-bench-seller";
  item.start_price = {100, {}};
  item.increment = {1, {}};
  LikingOptions options;
  options.thing = target.house().add(item).id;
  options.group = target.house().open_standing("likes").group;
  cli::require_ok(target.house().connection().command(options.group, like(options.thing, 1)), "");
  return options;
}

}  // namespace gavel::bench
