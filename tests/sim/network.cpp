#include "tests/sim/network.hpp"

#include <utility>

namespace gavel::sim {

Network::Network(Timeline& timeline, Random random, std::size_t endpoints, Statistics& statistics, Deliver deliver)
    : timeline_(timeline),
      random_(random),
      endpoints_(endpoints),
      statistics_(statistics),
      deliver_(std::move(deliver)),
      links_(endpoints * endpoints),
      muted_(endpoints) {
  for (auto& paths : muted_) paths.fill(kLongAgo);
}

bool Network::lost(Index from, Index to, Path path) {
  const auto& state = link(from, to);
  if (state.cut) return true;
  if (muted_[from][static_cast<std::size_t>(path)] > timeline_.now()) return true;
  const bool published = path != Path::unicast;
  if (published && state.dropped_until > timeline_.now()) return statistics_.count(Fault::drop), true;
  const double rate = weather.path_loss[static_cast<std::size_t>(path)];
  if ((rate > 0 && random_.chance(rate)) || (weather.loss > 0 && random_.chance(weather.loss)))
    return statistics_.count(Fault::loss), true;
  return false;
}

Duration Network::delay() {
  Duration out = random_.between(weather.least, weather.most);
  if (weather.tail > 0 && random_.chance(weather.tail)) {
    statistics_.count(Fault::reorder);
    out += random_.between(Duration(0), weather.tail_most);
  }
  return out;
}

void Network::send_in_order(Index from, Index to, const SharedBytes& frame) {
  auto& last = link(from, to).last_in_order;
  last = std::max(last, timeline_.now() + delay());
  timeline_.at(last, [this, from, to, frame] { deliver_(from, to, frame); });
}

void Network::send(Index from, Index to, Path path, const SharedBytes& frame) {
  ++statistics_.messages;
  statistics_.bytes += frame->size();
  if (path == Path::client) return send_in_order(from, to, frame);
  if (lost(from, to, path)) return;
  int copies = 1;
  if (weather.duplicate > 0 && random_.chance(weather.duplicate)) {
    statistics_.count(Fault::duplicate);
    copies = 2;
  }
  for (; copies > 0; --copies) {
    const auto when = std::max(timeline_.now(), link(from, to).clogged_until) + delay();
    timeline_.at(when, [this, from, to, frame] {
      // What was under way when a link was cut may still get through, or not.
      if (is_cut(from, to) && random_.chance(0.5)) return;
      deliver_(from, to, frame);
    });
  }
}

void Network::isolate(Index one, bool on) {
  for (Index other = 0; other < endpoints_; ++other)
    if (other != one) cut(one, other, on), cut(other, one, on);
}

void Network::split(const std::vector<bool>& side) {
  for (Index a = 0; a < side.size(); ++a)
    for (Index b = 0; b < side.size(); ++b)
      if (a != b) cut(a, b, side[a] != side[b]);
}

void Network::clear_links() {
  for (auto& state : links_) state = Link{false, kLongAgo, kLongAgo, state.last_in_order};
  for (auto& paths : muted_) paths.fill(kLongAgo);
}

}  // namespace gavel::sim
