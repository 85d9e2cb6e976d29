// What the house's clients watch, and whether they were told that they may have missed something.
#pragma once

#include <map>
#include <tuple>
#include <utility>

#include "tests/sim/house/house_world.hpp"

namespace gavel::sim {

class HouseWatches {
 public:
  struct Watch {
    bool gap = false;  ///< told since the last event that some may be missed
    bool ever_gap = false;
  };
  /// Client, group, topic.
  using Key = std::tuple<std::size_t, GroupId, Bytes>;

  explicit HouseWatches(HouseWorld& world) : world_(world) {}

  /// From the topic's first event on, in a moment; once.
  void watch(HouseClient& client, GroupId group, const Bytes& topic) {
    if (!all_.try_emplace({client.index, group, topic}).second) return;
    world_.timeline.after(Duration(1us), [this, &client, group, topic] {
      world_.use(client, [&](client::Client& core) { core.watch(world_.timeline.now(), group, Slot{1}, 0, topic); });
    });
  }
  /// Those who watch what there is to hear and see; the others only talk, sell, or look after the house.
  void watch_all(GroupId group, const Bytes& topic) {
    for (auto& client : world_.clients)
      if (is_watcher(client)) watch(client, group, topic);
  }
  void on_resync(const HouseClient& client, const client::Resync& resync) {
    auto& watch = all_[{client.index, resync.group, resync.topic}];
    watch.gap = watch.ever_gap = true;
  }
  /// An event came: whether some before it may have been missed.
  bool take_gap(const HouseClient& client, const client::Event& event) {
    return std::exchange(all_[{client.index, event.group, event.topic}].gap, false);
  }
  const std::map<Key, Watch>& all() const { return all_; }

 private:
  static bool is_watcher(const HouseClient& client) {
    return client.index >= kHouseSellers && client.index + 1 < kHouseClients;
  }

  HouseWorld& world_;
  std::map<Key, Watch> all_;
};

}  // namespace gavel::sim
