// Who watches which topic of which group, and up to where each was told. From here every watcher gets every event once
// and in order; one that is behind what the history still holds is told of the gap. Of a topic whose events replace
// each other, every watcher gets the newest, and not more often than kPace. What one watcher costs at a time is
// bounded, and a watcher costs nothing while its topic is silent.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "common/base/time.hpp"
#include "common/wire/client_messages.hpp"
#include "node/gateway/event_history.hpp"

namespace gavel::gateway {

class Watches {
 public:
  static constexpr std::size_t kMostOfOne = 64;  ///< topics that one client watches
  static constexpr std::size_t kAtOnce = 64;     ///< events pushed to one watcher at a time
  static constexpr Duration kBehind = 2ms;       ///< until one that was pushed so many is pushed more
  static constexpr Duration kPace = 50ms;        ///< between two events of which the later replaces the earlier

  struct Topic {
    GroupId group;
    Bytes name;
    auto operator<=>(const Topic&) const = default;
  };
  using Push = std::function<void(const Bytes& routing_id, const wire::ToClient& message)>;

  /// Replaces the client's earlier watch of the topic. False: it watches too many.
  bool watch(BytesView routing_id, const Topic& topic, EventPlace after);
  void unwatch(BytesView routing_id, const Topic& topic);
  void forget(BytesView routing_id);
  /// Nobody watches the group any more; returns who did, and what.
  std::vector<std::pair<Bytes, Topic>> end(GroupId group);
  bool any_of(GroupId group) const;
  /// The groups that somebody watches, ascending.
  std::vector<GroupId> groups() const;
  /// The groups that this client watches, ascending.
  std::vector<GroupId> of(BytesView routing_id) const;
  /// A client and a topic count one.
  std::size_t size() const { return size_; }

  /// Pushes what is new in the group's history.
  void pump(TimePoint now, GroupId group, EventHistory& history, const Push& push);
  /// Pushes what one watcher lacks.
  void pump(TimePoint now, BytesView routing_id, const Topic& topic, const EventHistory& history, const Push& push);
  /// Pushes what is due of what was put off.
  void pump_due(TimePoint now, const std::function<const EventHistory*(GroupId)>& history_of, const Push& push);
  /// When something that was put off is due.
  TimePoint next_due() const;

 private:
  struct Seen {
    EventPlace place;
    /// Nothing of its topic that is older than what is fresh has not been pushed.
    bool caught_up = false;
  };
  struct Watched {
    std::map<Bytes, Seen, std::less<>> watchers;
    TimePoint paced_until = kLongAgo;
  };

  /// `lost`: up to there, fresh events are gone before they could be pushed.
  void pump(TimePoint now, const Topic& topic, Watched& watched, Slot lost, const EventHistory& history,
            const Push& push);
  /// False: it lacks more.
  bool pump(const Topic& topic, const Bytes& routing_id, Seen& seen, Slot lost, const EventHistory& history,
            const Push& push);
  /// A topic whose events replace each other was told of a moment ago: it is put off.
  bool is_paced(TimePoint now, const Topic& topic, const Watched& watched, const EventHistory& history);

  std::map<Topic, Watched> watches_;
  std::map<Bytes, std::set<Topic>, std::less<>> by_client_;
  /// Put off: topics until their pace allows more, and watchers that lack more than they were pushed at once.
  std::set<std::pair<TimePoint, Topic>> paced_;
  std::map<std::pair<Topic, Bytes>, TimePoint> behind_;
  std::size_t size_ = 0;
};

}  // namespace gavel::gateway
