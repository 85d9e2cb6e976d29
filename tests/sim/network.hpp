// The virtual network between numbered endpoints. It carries sealed frames and may lose, double, delay, reorder or hold
// them back, drop bursts at one subscriber, and cut any link in either direction. What it does is drawn from one
// generator.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/random.hpp"
#include "tests/sim/statistics.hpp"
#include "tests/sim/timeline.hpp"

namespace gavel::sim {

/// The place of a node (or of a client program) in a world; not its uid.
using Index = std::size_t;

/// On which socket a frame travels; only the PUB/SUB ones drop bursts. A client's connection keeps order and loses
/// nothing, until it breaks.
enum class Path : std::uint8_t { unicast, batch, order, ack, beat, client };
inline constexpr std::size_t kPaths = 6;

/// What all links do at present.
struct Weather {
  double loss = 0;
  double duplicate = 0;
  double tail = 0;  ///< share of messages that are delayed by up to `tail_most` more
  Duration least = 50us;
  Duration most = 400us;
  Duration tail_most = 30ms;
  std::array<double, kPaths> path_loss{};
};

class Network {
 public:
  using Deliver = std::function<void(Index from, Index to, const SharedBytes& frame)>;
  Network(Timeline& timeline, Random random, std::size_t endpoints, Statistics& statistics, Deliver deliver);

  Weather weather;

  /// A frame from one endpoint to another.
  void send(Index from, Index to, Path path, const SharedBytes& frame);

  void cut(Index from, Index to, bool on = true) { link(from, to).cut = on; }
  /// Both ways, between every node and `one`.
  void isolate(Index one, bool on = true);
  /// Everything between the two sides is cut, everything within them is not. `side[i]`: on which side endpoint i is.
  void split(const std::vector<bool>& side);
  /// What is sent on this link until then arrives then.
  void clog(Index from, Index to, TimePoint until) { link(from, to).clogged_until = until; }
  /// PUB/SUB frames on this link are dropped until then.
  void drop(Index from, Index to, TimePoint until) { link(from, to).dropped_until = until; }
  /// What `from` publishes on this path reaches nobody until then.
  void mute(Index from, Path path, TimePoint until) { muted_[from][static_cast<std::size_t>(path)] = until; }
  bool is_cut(Index from, Index to) const { return links_[from * endpoints_ + to].cut; }
  /// No link is cut, clogged, dropped or muted any more; the weather stays.
  void clear_links();

 private:
  struct Link {
    bool cut = false;
    TimePoint clogged_until = kLongAgo;
    TimePoint dropped_until = kLongAgo;
    TimePoint last_in_order = kLongAgo;
  };
  Link& link(Index from, Index to) { return links_[from * endpoints_ + to]; }
  bool lost(Index from, Index to, Path path);
  void send_in_order(Index from, Index to, const SharedBytes& frame);
  Duration delay();

  Timeline& timeline_;
  Random random_;
  std::size_t endpoints_;
  Statistics& statistics_;
  Deliver deliver_;
  std::vector<Link> links_;
  std::vector<std::array<TimePoint, kPaths>> muted_;
};

}  // namespace gavel::sim
