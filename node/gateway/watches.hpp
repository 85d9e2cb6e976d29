// Who watches which group, and up to where each was told. From here every watcher gets every event once and in order;
// one that is behind what the history still holds is told of the gap. What one watcher costs at a time is bounded.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

#include "common/wire/client_messages.hpp"
#include "node/gateway/event_history.hpp"

namespace gavel::gateway {

class Watches {
 public:
  static constexpr std::size_t kMostOfOne = 64;  ///< groups that one client watches
  static constexpr std::size_t kAtOnce = 64;     ///< events pushed to one watcher at a time

  /// Replaces the client's earlier watch of the group. False: it watches too many groups.
  bool watch(BytesView routing_id, GroupId group, EventPlace after);
  void unwatch(BytesView routing_id, GroupId group);
  void forget(BytesView routing_id);
  /// Nobody watches the group any more; returns who did.
  std::vector<Bytes> end(GroupId group);
  bool any_of(GroupId group) const { return watches_.contains(group); }
  /// The groups that this client watches, ascending.
  std::vector<GroupId> of(BytesView routing_id) const;
  const auto& all() const { return watches_; }
  /// A client and a group count one.
  std::size_t size() const;

  /// Pushes what is new in the group's history. True: somebody is still behind, so call again soon.
  bool pump(GroupId group, const EventHistory& history,
            const std::function<void(const Bytes& routing_id, const wire::ToClient& message)>& push);

 private:
  std::map<GroupId, std::map<Bytes, EventPlace, std::less<>>> watches_;
};

}  // namespace gavel::gateway
